/** Extents of collections and runs: box, times, levels and members, as the documents state them. */
import { isoTime } from '../../formats/float-text.js';
import { hasLevels, sortLevels } from '../edr/segments.js';
import { CRS84_WKT, TRS, vrsOf } from './crs.js';
import type { EdrCollection, EdrRun } from './edr-collections.js';
import type { FieldAxes } from './edr-fields.js';

/** Longitude within -180 to 180, where 180 stays. */
const wrapped = (lon: number): number => (lon > 180 ? lon - 360 : lon < -180 ? lon + 360 : lon);

const tidy = (value: number): number => Math.round(value * 1e6) / 1e6;

/** `[west, south, east, north]`; west is greater than east across the date line. */
export function bboxOf({ extent: { box } }: EdrCollection): readonly [number, number, number, number] {
  const whole = box.east - box.west >= 360 - 1e-9;
  const [west, east] = whole ? [-180, 180] : [wrapped(box.west), wrapped(box.east)];
  return [tidy(west), tidy(box.south), tidy(east), tidy(box.north)];
}

/** Runs that a document is about: one, or those that collection queries read. */
export function runsFor(collection: EdrCollection, run: EdrRun | undefined): readonly EdrRun[] {
  if (run !== undefined) return [run];
  const complete = collection.runs.filter((one) => one.complete);
  return complete.length > 0 ? complete : collection.runs;
}

function axesOf(runs: readonly EdrRun[]): readonly FieldAxes[] {
  return runs.flatMap(({ fields }) =>
    [...fields.values()].flatMap(({ single, members }) => [...(single ? [single] : []), ...(members ? [members] : [])]),
  );
}

/** Valid times, ms, ascending. */
export function validTimes(runs: readonly EdrRun[]): readonly number[] {
  const times = new Set(runs.flatMap(({ base, steps }) => steps.map((step) => base + 1000 * step)));
  return [...times].sort((one, other) => one - other);
}

function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds % 86_400 === 0) return `P${seconds / 86_400}D`;
  if (seconds % 3600 === 0) return `PT${seconds / 3600}H`;
  return seconds % 60 === 0 ? `PT${seconds / 60}M` : `PT${seconds}S`;
}

/** Times as one repeating interval where they are evenly spaced, else one by one. */
function timeValues(times: readonly number[]): readonly string[] {
  const [first, second] = times;
  if (first === undefined || second === undefined || times.length < 3) return times.map(isoTime);
  const even = times.every((time, n) => time === first + n * (second - first));
  return even ? [`R${times.length}/${isoTime(first)}/${durationText(second - first)}`] : times.map(isoTime);
}

/** Levels in the order of the collection. */
export function levelsOf(collection: EdrCollection, runs: readonly EdrRun[]): readonly number[] {
  if (!hasLevels(collection)) return [];
  return sortLevels(
    collection,
    axesOf(runs).flatMap(({ levels }) => levels),
  );
}

/** Members, ascending. */
export function membersOf(runs: readonly EdrRun[]): readonly number[] {
  return [...new Set(axesOf(runs).flatMap(({ numbers }) => numbers))].sort((one, other) => one - other);
}

function memberDimension(numbers: readonly number[]): object {
  const [first, last] = [numbers[0]!, numbers.at(-1)!];
  const even = numbers.every((number, n) => number === first + n);
  return {
    id: 'number',
    interval: [[String(first), String(last)]],
    values: even ? [`R${numbers.length}/${first}/1`] : numbers.map(String),
    reference: 'ensemble member',
  };
}

/** The `extent` member of a collection or an instance. */
export function extentDocument(collection: EdrCollection, run?: EdrRun): object {
  const runs = runsFor(collection, run);
  const times = validTimes(runs);
  const levels = levelsOf(collection, runs);
  const numbers = membersOf(runs);
  const vertical = {
    interval: [[String(levels[0]), String(levels.at(-1))]],
    values: levels.map(String),
    vrs: vrsOf(collection.levtype),
  };
  const temporal = {
    interval: [[isoTime(times[0] ?? 0), isoTime(times.at(-1) ?? 0)]],
    values: timeValues(times),
    trs: TRS,
  };
  return {
    spatial: { bbox: [bboxOf(collection)], crs: CRS84_WKT },
    temporal,
    ...(levels.length === 0 ? {} : { vertical }),
    ...(numbers.length === 0 ? {} : { custom: [memberDimension(numbers)] }),
  };
}
