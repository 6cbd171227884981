/**
 * Vertical coordinates: the `!!` descriptor (a table of coefficients by ip1) and the older `HY` record, and the pressure or
 * height of every level over given surface values. Formulas by vcode: docs/formats/encoding.md#vertical.
 */
import { FeatureError } from '../../schemas/problem.js';
import { decodeIp, encodeIp, KIND } from './ip.js';

/** How a level's value follows from its coefficients and the surface field. */
type Formula = 'constant' | 'linear' | 'logarithmic' | 'height';

export interface VerticalTable {
  /** kind * 1000 + version */
  readonly vcode: number;
  /** Pa for pressure coordinates, m for heights */
  readonly unit: 'Pa' | 'm';
  readonly formula: Formula;
  /** nomvar of the surface field that the levels follow (`P0`, `ME`); undefined when they follow none */
  readonly reference?: string;
  /** nomvar of its large-scale companion (`P0LS`, `MELS`) */
  readonly referenceLarge?: string;
  /** Pa; NaN where the coordinate has none */
  readonly pref: number;
  readonly ptop: number;
  readonly ip1: Int32Array;
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly c: Float64Array;
}

/** Where a vcode keeps what: flat indices into the header, -1 for absent. */
interface Layout {
  readonly formula: Formula;
  readonly ptop: number;
  readonly pref: number;
  readonly reference: number;
  readonly large: number;
}

function layout(formula: Formula, ptop = -1, pref = -1, reference = -1, large = -1): Layout {
  return { formula, ptop, pref, reference, large };
}

const LAYOUTS: ReadonlyMap<number, Layout> = new Map([
  [1, layout('constant')],
  [1001, layout('linear', -1, -1, 3)],
  [1002, layout('linear', 3, -1, 4)],
  [1003, layout('linear', 3, 4, 6)],
  [2001, layout('constant')],
  [4001, layout('constant')],
  [5001, layout('linear', 3, 4, 6)],
  [5002, layout('logarithmic', 3, 4, 7)],
  [5003, layout('logarithmic', 3, 4, 7)],
  [5004, layout('logarithmic', 3, 4, 7)],
  [5005, layout('logarithmic', 3, 4, 7)],
  [5100, layout('logarithmic', 3, 4, 9, 10)],
  [5999, layout('linear', -1, -1, 3)],
  [21001, layout('height', -1, -1, 7, 8)],
  [21002, layout('height', -1, -1, 7, 8)],
]);

/** Vcodes whose levels are heights. */
const HEIGHTS: ReadonlySet<number> = new Set([1, 4001, 21001, 21002]);

function refuse(why: string): never {
  throw new FeatureError('grid_error', `vertical descriptor "!!": ${why}; write the record again or leave it out.`);
}

/** A name kept in the low-order 4 bytes of a double: a denormal number that arithmetic may flush, so bits are read. */
function nameAt(values: Float64Array, index: number): string | undefined {
  if (index < 0) return undefined;
  const bits = new DataView(values.buffer, values.byteOffset + 8 * index, 8).getUint32(0, true);
  const letters = [0, 8, 16, 24].map((shift) => String.fromCharCode((bits >>> shift) & 0xff)).join('');
  const name = letters.replaceAll('\0', ' ').trim();
  return /^[A-Z0-9]{1,4}$/.test(name) ? name : undefined;
}

/**
 * Reads the values of a `!!` record: `ni` (3 or 4) doubles a row, `nj` rows. Throws FeatureError `grid_error` for a table
 * that does not hold together or whose vcode is not known.
 */
export function parseVertical(values: Float64Array, ni: number, nj: number): VerticalTable {
  if ((ni !== 3 && ni !== 4) || values.length < ni * nj || nj < 2) refuse(`${ni} by ${nj} is no table of coefficients`);
  const vcode = values[0]! * 1000 + values[1]!;
  const skip = values[2]!;
  const found = LAYOUTS.get(vcode);
  if (found === undefined) refuse(`the coordinate ${vcode} is not known`);
  if (!Number.isInteger(skip) || skip < 1 || skip >= nj) refuse(`it says ${skip} header rows of ${nj}`);
  const last = Math.max(found.ptop, found.pref, found.reference, found.large);
  if (last >= skip * ni) refuse(`its header of ${skip} rows is too short for the coordinate ${vcode}`);
  const rows = levelRows(vcode, skip, nj);
  const column = (offset: number): Float64Array => Float64Array.from(rows, (row) => values[row * ni + offset]!);
  const reference = nameAt(values, found.reference);
  const referenceLarge = nameAt(values, found.large);
  return {
    vcode,
    unit: HEIGHTS.has(vcode) ? 'm' : 'Pa',
    formula: found.formula,
    ...(reference === undefined ? {} : { reference }),
    ...(referenceLarge === undefined ? {} : { referenceLarge }),
    ptop: found.ptop < 0 ? Number.NaN : values[found.ptop]!,
    pref: found.pref < 0 ? Number.NaN : values[found.pref]!,
    ip1: Int32Array.from(rows, (row) => values[row * ni]!),
    a: column(1),
    b: column(2),
    c: ni === 4 ? column(3) : new Float64Array(rows.length),
  };
}

/** Rows of levels, momentum before thermodynamic before vertical motion: a level is the first that has its ip1. */
function levelRows(vcode: number, skip: number, nj: number): number[] {
  const rows = Array.from({ length: nj - skip }, (_, index) => skip + index);
  if (vcode !== 21002) return rows;
  // momentum rows, as many rows of vertical motion, one thermodynamic row at the end
  const momentum = Math.floor((rows.length - 1) / 2);
  return [...rows.slice(0, momentum), ...rows.slice(2 * momentum), ...rows.slice(momentum, 2 * momentum)];
}

/** Index of a level in the table: the same ip1, or one that stands for the same level; -1 when there is none. */
export function levelIndex(table: VerticalTable, ip1: number): number {
  const exact = table.ip1.indexOf(ip1);
  if (exact >= 0) return exact;
  const wanted = decodeIp(ip1);
  if (wanted === null) return -1;
  return table.ip1.findIndex((other) => {
    const level = decodeIp(other);
    if (level === null || level.kind !== wanted.kind) return false;
    return Math.abs(level.value - wanted.value) <= 1e-5 * Math.max(Math.abs(level.value), Math.abs(wanted.value));
  });
}

/** Whether a level is the surface itself, where the value is that of the surface field without rounding. */
function isSurface(table: VerticalTable, ip1: number): boolean {
  const level = decodeIp(ip1);
  if (level === null) return false;
  if (table.formula === 'logarithmic') return level.kind === KIND.hybrid && level.value === 1;
  if (table.formula === 'height') return level.kind === KIND.galChen && level.value === 0;
  return (table.vcode === 1003 || table.vcode === 5001) && level.kind === KIND.sigma && level.value === 1;
}

/** Surface fields under a column: Pa for pressures, m for heights; one entry a point. */
export interface SurfaceFields {
  readonly surface: ArrayLike<number>;
  /** the large-scale companion; absent: the surface field itself */
  readonly large?: ArrayLike<number>;
}

/**
 * Pressure (Pa) or height (m) of levels over points: [level][point], float64. A level that the table has not is all NaN.
 * Tables that follow no surface field ignore it.
 */
export function levelValues(
  table: VerticalTable,
  ip1s: ArrayLike<number>,
  { surface, large }: SurfaceFields,
): Float64Array {
  const points = surface.length;
  const values = new Float64Array(ip1s.length * points).fill(Number.NaN);
  for (let level = 0; level < ip1s.length; level++) {
    const at = levelIndex(table, ip1s[level]!);
    if (at < 0) continue;
    const start = level * points;
    const exact = isSurface(table, ip1s[level]!);
    for (let point = 0; point < points; point++) {
      const s = surface[point]!;
      values[start + point] = exact ? s : valueAt(table, at, s, large?.[point] ?? s);
    }
  }
  return values;
}

function valueAt(table: VerticalTable, at: number, s: number, large: number): number {
  const a = table.a[at]!;
  const b = table.b[at]!;
  switch (table.formula) {
    case 'constant':
      return a;
    case 'linear':
      return a + b * s;
    case 'logarithmic': {
      const c = table.c[at]!;
      const exponent = a + b * Math.log(s / table.pref);
      return Math.exp(c === 0 ? exponent : exponent + c * Math.log(large / table.pref));
    }
    case 'height':
      return a + b * s + table.c[at]! * (table.referenceLarge === undefined ? s : large);
  }
}

const PASCALS = 100;

/**
 * The table that an `HY` record stands for, over the given levels: normalised hybrid for levels coded as sigma, hybrid for
 * levels coded as hybrid. `ip1` of the record holds the top in hPa, `ig1` the reference in hPa, `ig2` a thousand times rcoef.
 */
export function verticalFromHy(
  record: { ip1: number; ig1: number; ig2: number },
  levels: readonly number[],
): VerticalTable {
  const top = decodeIp(record.ip1);
  const pref = record.ig1 * PASCALS;
  if (top === null || !(pref > 0)) refuse('the record HY gives no top or no reference pressure');
  const ptop = top.value * PASCALS;
  const rcoef = record.ig2 / 1000;
  const used = levels.filter((ip1) => [KIND.sigma, KIND.hybrid].includes(decodeIp(ip1)?.kind as 1 | 5));
  const normalised = used.length > 0 && decodeIp(used[0]!)!.kind === KIND.sigma;
  const ratio = ptop / pref;
  const ht = normalised ? ratio : decodeIp(encodeIp(ratio, KIND.hybrid))!.value;
  const a = new Float64Array(used.length);
  const b = new Float64Array(used.length);
  used.forEach((ip1, at) => {
    const coded = decodeIp(ip1)!.value;
    if (normalised && coded === 0) {
      a[at] = ptop;
      return;
    }
    const h = normalised ? coded + (1 - coded) * ratio : coded;
    b[at] = Math.max(0, (h - ht) / (1 - ht)) ** rcoef;
    a[at] = pref * (h - b[at]!);
  });
  const vcode = normalised ? 1003 : 5001;
  return {
    vcode,
    unit: 'Pa',
    formula: 'linear',
    reference: 'P0',
    pref,
    ptop,
    ip1: Int32Array.from(used),
    a,
    b,
    c: new Float64Array(used.length),
  };
}
