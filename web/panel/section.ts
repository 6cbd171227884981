/** A cross-section: distance by pressure, filled with the bins of the map, with wind barbs, above the ground. Pure. */
import { binOf, deliveredBreaks, type Scale } from '../../schemas/styles.js';
import { barbOf } from '../charts/barb.js';
import { distanceKm } from '../geo/sphere.js';
import { windOf } from '../model/stats.js';
import type { AreaField } from './area-data.js';

/** height of the rows that a section is drawn in, pixels */
const ROW = 4;
const KNOT = 0.514444;
/** least distance of barbs, pixels */
const [BARB_X, BARB_Y] = [30, 24];

export interface Section {
  /** km along the path, one a point */
  readonly km: readonly number[];
  readonly lat: readonly number[];
  readonly times: readonly number[];
  /** from below */
  readonly levels: readonly number[];
  /** [level][point] */
  readonly values: readonly (readonly number[])[];
  /** [level][point], knots */
  readonly wind: { readonly u: readonly (readonly number[])[]; readonly v: readonly (readonly number[])[] } | undefined;
}

/** Points of one level after another, as the answer has them, made into rows. */
export function sectionOf(field: AreaField): Section {
  const levels = [...new Set(field.level)].sort((one, other) => other - one);
  const rows = levels.map((level) => [...field.level.keys()].filter((n) => Object.is(field.level[n], level)));
  const [first = []] = rows;
  let total = 0;
  const km = first.map((n, k) => {
    const before = first[k - 1];
    if (before !== undefined)
      total += distanceKm([field.lat[before]!, field.lon[before]!], [field.lat[n]!, field.lon[n]!]);
    return total;
  });
  const { wind } = field;
  const knots = wind?.unit === '[kn_i]' ? 1 : 1 / KNOT;
  const rowsOf = (values: ArrayLike<number>, scale = 1): number[][] =>
    rows.map((row) => row.map((n) => values[n]! * scale));
  return {
    km,
    lat: first.map((n) => field.lat[n]!),
    times: first.map((n) => field.times[n]!),
    levels,
    values: rowsOf(field.values),
    wind: wind && { u: rowsOf(wind.u, knots), v: rowsOf(wind.v, knots) },
  };
}

/** Where things are drawn: x of a distance, y of a level, and the level at a share of the height. */
export interface Frame {
  readonly x: (km: number) => number;
  readonly y: (level: number) => number;
  readonly levelAt: (share: number) => number;
  readonly top: number;
  readonly height: number;
}

export interface Place {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export function frameOf({ km, levels }: Section, { left, top, width, height }: Place, isLog: boolean): Frame {
  const total = km.at(-1) || 1;
  const [high, low] = [levels[0]!, levels.at(-1)!];
  const share = (level: number): number =>
    isLog ? Math.log(level / low) / (Math.log(high / low) || 1) : (level - low) / (high - low || 1);
  return {
    x: (at) => left + (Math.min(total, Math.max(0, at)) / total) * width,
    y: (level) => top + Math.min(1, Math.max(0, share(level))) * height,
    levelAt: (part) => (isLog ? low * (high / low) ** part : low + part * (high - low)),
    top,
    height,
  };
}

/** Values at a level between two of the section's, by pressure. */
function rowAt({ levels, values }: Section, level: number): readonly number[] {
  const upper = levels.findIndex((one) => one <= level);
  if (upper <= 0) return values[Math.max(0, upper)]!;
  const [low, high] = [values[upper - 1]!, values[upper]!];
  const share = (levels[upper - 1]! - level) / (levels[upper - 1]! - levels[upper]!);
  return low.map((value, n) => value + share * (high[n]! - value));
}

export interface Cell {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly colour: string;
}

/** Cells of one colour above each other, made one: few of them draw a smooth section. */
export function cellsOf(section: Section, scale: Scale, { x, levelAt, top, height }: Frame): Cell[] {
  const { km } = section;
  const breaks = deliveredBreaks(scale);
  const count = Math.ceil(height / ROW);
  const rows = Array.from({ length: count }, (_, n) => rowAt(section, levelAt((n + 0.5) / count)));
  const tall = height / count;
  return km.flatMap((_, n) => {
    const [from, to] = [x(((km[n - 1] ?? km[n]!) + km[n]!) / 2), x((km[n]! + (km[n + 1] ?? km[n]!)) / 2)];
    const cells: Cell[] = [];
    for (const [k, row] of rows.entries()) {
      const colour = Number.isNaN(row[n]!) ? 'none' : scale.colours[binOf(breaks, row[n]!)]!;
      const last = cells.at(-1);
      if (last?.colour === colour) cells[cells.length - 1] = { ...last, height: last.height + tall };
      else cells.push({ x: from, y: top + k * tall, width: to - from + 0.5, height: tall, colour });
    }
    return cells.filter(({ colour }) => colour !== 'none');
  });
}

export interface SectionBarb {
  readonly transform: string;
  readonly strokes: string;
  readonly pennants: string;
  readonly calm: boolean;
}

/** Barbs at the levels and along the way, as far apart as they have to be; none below the ground. */
export function barbsOf(
  section: Section,
  frame: Frame,
  isAbove: (km: number, level: number) => boolean,
): SectionBarb[] {
  const { wind, km, levels, lat } = section;
  if (wind === undefined) return [];
  const columns: number[] = [];
  for (const [n, at] of km.entries()) {
    const x = frame.x(at);
    const last = columns.at(-1);
    if (x < frame.x(0) + 12 || x > frame.x(km.at(-1)!) - 12) continue;
    if (last === undefined || x - frame.x(km[last]!) >= BARB_X) columns.push(n);
  }
  let lastY = Number.POSITIVE_INFINITY;
  return levels.flatMap((level, k) => {
    const y = frame.y(level);
    if (lastY - y < BARB_Y) return [];
    lastY = y;
    return columns.flatMap((n): SectionBarb[] => {
      const [u, v] = [wind.u[k]![n]!, wind.v[k]![n]!];
      if (Number.isNaN(u + v) || !isAbove(km[n]!, level)) return [];
      const { from, speed } = windOf(u, v);
      const middle = Math.min(frame.top + frame.height - 9, Math.max(frame.top + 9, y));
      const transform = `translate(${frame.x(km[n]!).toFixed(1)} ${middle.toFixed(1)}) rotate(${from.toFixed(1)}) translate(0 8)`;
      return [{ transform, ...barbOf(speed, 17, lat[n]! < 0) }];
    });
  });
}
