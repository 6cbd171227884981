/** One series as a CF variable: dimensions, type, attributes, and the record of each cell. */
import type { CfAttribute, CfDimension, CfDtype, CfPlanes, CfVariable } from '../../formats/cf.js';
import { nativeParam } from '../../schemas/params.js';
import { FLAG, type RunColumns } from '../run-index.js';
import type { ViewOptions, ViewTable } from './dataset.js';
import type { Horizontal } from './horizontal.js';
import type { LevelAxis } from './level-axes.js';
import type { MemberAxis } from './member-axis.js';
import type { Series } from './series.js';
import { ticketOf } from './ticket.js';
import type { TimeAxis } from './time-axes.js';

/** Where the series of a group stand: their axes. */
export interface FieldPlace {
  readonly time: TimeAxis | undefined;
  readonly level: LevelAxis | undefined;
  readonly members: MemberAxis | undefined;
  readonly masks: ReadonlyMap<number, number>;
  readonly horizontal: Horizontal;
  /** a row whose tags stand on the grid mapping */
  readonly gridRow: number;
}

interface Leading {
  readonly dims: readonly CfDimension[];
  readonly rows: Int32Array;
}

/** Dimensions left of the plane, and the row of each of their cells. */
function leadingOf(series: Series, { time, level, members }: FieldPlace): Leading {
  const isMember = series.places[0]!.number >= 0 && members !== undefined && members.dims.length > 0;
  const dims: CfDimension[] = [
    ...(isMember ? members.dims : []),
    ...(time?.dims ?? []),
    ...(level?.isDimension ? [{ name: level.name, size: level.ip1.length }] : []),
  ];
  const times = (time?.dims ?? []).reduce((size, dim) => size * dim.size, 1);
  const levels = level?.isDimension ? level.ip1.length : 1;
  const rows = new Int32Array(dims.reduce((size, dim) => size * dim.size, 1)).fill(-1);
  for (const place of series.places) {
    const member = isMember ? members.indexOf(place.number) : 0;
    const at = time === undefined ? 0 : time.indexOf(place);
    const height = level?.isDimension ? level.indexOf(place) : 0;
    rows[(member * times + at) * levels + height] = place.row;
  }
  return { dims, rows };
}

const BITS = [8, 16, 32, 64] as const;

/** Type of the values, and the value of missing points where there are any. */
function typeOf(columns: RunColumns, series: Series, hasGaps: boolean): { dtype: CfDtype; fill?: number | bigint } {
  const rows = series.places.map(({ row }) => row);
  const kinds = new Set(rows.map((row) => columns.datyp[row]! & 63));
  const most = rows.reduce((bits, row) => Math.max(bits, columns.nbits[row]!), 0);
  const integers = [...kinds].every((kind) => kind === 2 || kind === 4);
  if (!integers) {
    const wide = rows.some((row) => (columns.datyp[row]! & 63) === 5 && columns.nbits[row]! > 32);
    const mixed = kinds.has(2) || kinds.has(4);
    return { dtype: wide || (mixed && most > 24) ? 'float64' : 'float32', fill: Number.NaN };
  }
  const gaps =
    hasGaps || rows.some((row) => (columns.datyp[row]! & 64) !== 0 || (columns.flags[row]! & FLAG.masked) !== 0);
  const signed = kinds.has(4);
  const needed = signed && kinds.has(2) ? most + 1 : most;
  // a value that no element can have is left for missing points
  const bits = BITS.find((width) => (gaps ? width > needed : width >= needed)) ?? 64;
  const dtype = `${signed ? 'int' : 'uint'}${bits}` as CfDtype;
  if (!gaps) return { dtype };
  if (bits === 64) return { dtype, fill: signed ? -(2n ** 63n) : 2n ** 64n - 1n };
  return { dtype, fill: signed ? -(2 ** (bits - 1)) : 2 ** bits - 1 };
}

/** Units as UDUNITS has them, where the table's spelling is another one. */
const UDUNITS: Readonly<Record<string, string>> = {
  PVU: '1e-6 K m2 kg-1 s-1',
  gpm: 'm',
  'm3 m-3': '1',
  degree_north: 'degrees_north',
  degree_east: 'degrees_east',
};

interface Described {
  readonly attributes: Record<string, CfAttribute>;
  readonly scale: number;
  readonly offset: number;
}

function describe(series: Series, place: FieldPlace, units: ViewOptions['units']): Described {
  const native = nativeParam(series.nomvar);
  const converts = units === 'si' && native.unit !== 'unknown';
  const unit = converts ? native.cf.unit : native.unit;
  const attributes: Record<string, CfAttribute> = {};
  if (native.standardName !== undefined) attributes['standard_name'] = native.standardName;
  attributes['long_name'] = native.description;
  if (unit !== 'unknown') attributes['units'] = UDUNITS[unit] ?? unit;
  if (['K', 'degC'].includes(unit)) {
    const difference = native.standardName === 'dew_point_depression';
    attributes['units_metadata'] = `temperature: ${difference ? 'difference' : 'on_scale'}`;
  }
  const { time, level, members, horizontal } = place;
  if (time !== undefined) {
    const method = series.interval === undefined ? 'point' : (series.method ?? undefined);
    if (method !== undefined) attributes['cell_methods'] = `${time.methodAxis}: ${method}`;
  }
  const coordinates = [
    ...(time?.coordinates ?? []),
    ...(level !== undefined && !level.isDimension ? [level.name] : []),
    ...(series.places[0]!.number >= 0 ? (members?.coordinates ?? []) : []),
    ...horizontal.coordinates,
  ];
  if (coordinates.length > 0) attributes['coordinates'] = coordinates.join(' ');
  if (horizontal.mapping !== undefined) attributes['grid_mapping'] = horizontal.mapping;
  return { attributes, scale: converts ? native.cf.scale : 1, offset: converts ? native.cf.offset : 0 };
}

export interface FieldParts {
  readonly variable: CfVariable;
  readonly more: readonly CfVariable[];
  readonly dims: readonly CfDimension[];
}

/** The variable of a series on its axes; `more`: arrays of keys that belong to it. */
export function fieldVariable(table: ViewTable, series: Series, place: FieldPlace, options: ViewOptions): FieldParts {
  const { columns } = table;
  const { horizontal } = place;
  const leading = leadingOf(series, place);
  const depth: CfDimension[] =
    series.nk > 1 ? [{ name: series.nk === 1 ? 'k' : `k${series.nk}`, size: series.nk }] : [];
  const plane = [...depth, ...horizontal.dims.filter(({ name }) => PLANE_DIMS.has(name))];
  const dims = [...leading.dims, ...plane];
  const { attributes, scale, offset } = describe(series, place, options.units);
  const full = (options.ticket ?? 'full') === 'full';
  const wantsTicket = options.ticket !== 'none';
  const cells = {
    rows: leading.rows,
    dims: leading.dims.map(({ name }) => name),
    shape: leading.dims.map(({ size }) => size),
  };
  const ticket = wantsTicket ? ticketOf(columns, series, place.gridRow, cells) : { attributes: {}, variables: [] };
  const type =
    scale === 1 && offset === 0
      ? typeOf(columns, series, leading.rows.includes(-1))
      : { dtype: 'float32' as const, fill: Number.NaN };
  const masks = Int32Array.from(leading.rows, (row) => place.masks.get(row) ?? -1);
  const data: CfPlanes = {
    kind: 'planes',
    planeDims: plane.length,
    rows: leading.rows,
    ...(masks.some((mask) => mask >= 0) ? { masks } : {}),
    window: { ...horizontal.window, rows: horizontal.window.rows * series.nk },
    ...(scale === 1 && offset === 0 ? {} : { scale, offset }),
  };
  const variable: CfVariable = {
    name: series.name,
    dims: dims.map(({ name }) => name),
    shape: dims.map(({ size }) => size),
    ...type,
    attributes: {
      ...(type.fill === undefined ? {} : { _FillValue: fillAttribute(type.dtype, type.fill) }),
      ...attributes,
      ...horizontal.fieldAttributes,
      ...ticket.attributes,
      ...(full ? extendedMetadata(table, series) : {}),
    },
    data,
  };
  return { variable, more: full ? ticket.variables : [], dims: depth };
}

/** Longest text that an attribute is given. */
const MOST_METADATA = 60_000;

/** Extended metadata of the first record that has any. */
function extendedMetadata(table: ViewTable, { places }: Series): Record<string, CfAttribute> {
  if (table.metadataOf === undefined) return {};
  for (const { row } of places) {
    const text = table.metadataOf(row);
    if (text !== '' && text.length <= MOST_METADATA) return { fst_extended_metadata: text };
  }
  return {};
}

const PLANE_DIMS = new Set(['lat', 'lon', 'rlat', 'rlon', 'y', 'x', 'station', 'node']);

function fillAttribute(dtype: CfDtype, fill: number | bigint): CfAttribute {
  switch (dtype) {
    case 'float32':
      return Float32Array.of(Number(fill));
    case 'int8':
      return Int8Array.of(Number(fill));
    case 'uint8':
      return Uint8Array.of(Number(fill));
    case 'int16':
      return Int16Array.of(Number(fill));
    case 'uint16':
      return Uint16Array.of(Number(fill));
    case 'int32':
      return Int32Array.of(Number(fill));
    case 'uint32':
      return Uint32Array.of(Number(fill));
    case 'int64':
      return BigInt64Array.of(BigInt(fill));
    case 'uint64':
      return BigUint64Array.of(BigInt(fill));
    default:
      return Number(fill);
  }
}
