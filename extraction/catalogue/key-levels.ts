/**
 * Level type, value and rank of every record of a run. A height above ground is a surface level (2 m temperature, 10 m
 * wind) when the variable has one such height, and a level of a column when it has several.
 */
import { shortestDecimal } from '../fst/decimal.js';
import { decodeIp, KIND } from '../fst/ip.js';
import type { RunNames } from '../keys.js';
import { type DerivedColumns, FLAG, LEVTYPES, type RawColumns } from '../run-index.js';

const SFC = LEVTYPES.indexOf('sfc');
const ML = LEVTYPES.indexOf('ml');
const HL = LEVTYPES.indexOf('hl');

const LEVTYPE_OF: ReadonlyMap<number, number> = new Map([
  [KIND.heightAboveSea, HL],
  [KIND.sigma, ML],
  [KIND.pressure, LEVTYPES.indexOf('pl')],
  [KIND.code, SFC],
  [KIND.heightAboveGround, HL],
  [KIND.hybrid, ML],
  [KIND.theta, LEVTYPES.indexOf('pt')],
  [KIND.depth, LEVTYPES.indexOf('o2d')],
  [KIND.galChen, ML],
]);

interface Level {
  /** float32 value as the shortest decimal that stands for it */
  readonly value: number;
  readonly kind: number;
}

function decoder(): (ip1: number) => Level | undefined {
  const levels = new Map<number, Level | undefined>();
  return (ip1) => {
    if (levels.has(ip1)) return levels.get(ip1);
    const decoded = decodeIp(ip1);
    const level = decoded === null ? undefined : { value: shortestDecimal(decoded.value), kind: decoded.kind };
    levels.set(ip1, level);
    return level;
  };
}

function isField(columns: DerivedColumns, row: number): boolean {
  return (columns.flags[row]! & (FLAG.descriptor | FLAG.mask)) === 0;
}

/** Fills levtype, level and rank. */
export function deriveLevels(raw: RawColumns, columns: DerivedColumns, names: RunNames, count: number): void {
  const levelOf = decoder();
  const heights = names.nomvar.texts.map(() => new Set<number>());
  for (let row = 0; row < count; row++) {
    const level = raw.ip1[row] === 0 ? undefined : levelOf(raw.ip1[row]!);
    if (level?.kind === KIND.heightAboveGround && isField(columns, row)) {
      heights[names.nomvar.ids[row]!]!.add(level.value);
    }
  }
  const columnsOfLevels = new Map<number, Map<number, number>>();
  for (let row = 0; row < count; row++) {
    const nomvar = names.nomvar.ids[row]!;
    const level = levelOf(raw.ip1[row]!);
    columns.level[row] = level?.value ?? Number.NaN;
    let levtype = LEVTYPE_OF.get(level?.kind ?? -1) ?? 0;
    if (raw.ip1[row] === 0) levtype = SFC;
    else if (level?.kind === KIND.heightAboveGround && heights[nomvar]!.size <= 1) levtype = SFC;
    columns.levtype[row] = levtype;
    if (levtype !== ML || level === undefined || !isField(columns, row)) continue;
    // Staggered sets of levels differ by grid descriptor: ranks are counted within one.
    const group = nomvar + names.nomvar.texts.length * columns.grid[row]!;
    const ranks = columnsOfLevels.get(group) ?? new Map<number, number>();
    columnsOfLevels.set(group, ranks);
    ranks.set(heightOrder(level), 0);
  }
  setRanks(raw, columns, names, count, columnsOfLevels, levelOf);
}

/** Ascends from the top down: hybrid and sigma as they are, heights negated. */
function heightOrder(level: Level): number {
  return level.kind === KIND.galChen ? -level.value : level.value;
}

function setRanks(
  raw: RawColumns,
  columns: DerivedColumns,
  names: RunNames,
  count: number,
  columnsOfLevels: ReadonlyMap<number, Map<number, number>>,
  levelOf: (ip1: number) => Level | undefined,
): void {
  for (const ranks of columnsOfLevels.values()) {
    const sorted = [...ranks.keys()].sort((one, other) => one - other);
    let rank = 0;
    let last = Number.NaN;
    for (const value of sorted) {
      // Old- and new-style encodings of one level may differ in the last digit.
      if (!(Math.abs(value - last) <= 1e-5 * Math.abs(value))) rank++;
      last = value;
      ranks.set(value, rank);
    }
  }
  for (let row = 0; row < count; row++) {
    if (columns.levtype[row] !== ML || !isField(columns, row)) continue;
    const group = names.nomvar.ids[row]! + names.nomvar.texts.length * columns.grid[row]!;
    columns.rank[row] = columnsOfLevels.get(group)!.get(heightOrder(levelOf(raw.ip1[row]!)!))!;
  }
}
