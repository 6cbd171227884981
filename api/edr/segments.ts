/**
 * Which runs, steps, members and levels a query means. An instance is one run; the collection itself is, for each valid time,
 * the newest complete run that has it, so an answer may come from several runs.
 */
import type { KeyName, KeySelector } from '../../schemas/vocabulary.js';
import type { Choice } from '../ogc/choices.js';
import type { EdrCollection, EdrRun } from '../ogc/edr-collections.js';
import type { EdrField, FieldAxes } from '../ogc/edr-fields.js';
import type { AskedParameter } from '../ogc/edr-parameters.js';

/** What a query asks for beside its place. */
export interface EdrAsk {
  readonly collection: EdrCollection;
  /** absent: the newest complete run for each valid time */
  readonly run?: EdrRun;
  readonly parameters: readonly AskedParameter[];
  readonly time?: Choice;
  readonly level?: Choice;
  readonly number?: Choice;
  /** record and MARS keys that tell fields apart where the collection does not */
  readonly extra?: ReadonlyMap<KeyName, KeySelector>;
}

/** Fields of one run: every combination is asked for, those that do not exist are missing in the answer. */
export interface Segment {
  readonly run: EdrRun;
  /** seconds, ascending */
  readonly steps: readonly number[];
  /** absent on the surface */
  readonly levels?: readonly number[];
  /** absent: fields that are no member */
  readonly numbers?: readonly number[];
}

const FLAT = new Set<string>(['sfc']);

/** Whether a collection has a vertical axis. */
export const hasLevels = ({ levtype }: Pick<EdrCollection, 'levtype'>): boolean => !FLAT.has(levtype);

/** Levels by decreasing pressure or increasing height. */
export function sortLevels({ levtype }: Pick<EdrCollection, 'levtype'>, levels: Iterable<number>): number[] {
  const upwards = levtype === 'hl' || levtype === 'pt';
  return [...new Set(levels)].sort((one, other) => (upwards ? one - other : other - one));
}

/** Members are meant when they are asked for, or when a field has nothing else. */
function meansMembers(ask: EdrAsk, fields: readonly EdrField[]): boolean {
  const some = fields.some(({ members }) => members !== undefined);
  return some && (ask.number !== undefined || fields.some(({ single }) => single === undefined));
}

function axesOf(ask: EdrAsk, run: EdrRun): { axes: readonly FieldAxes[]; members: boolean } {
  const fields = ask.parameters.flatMap(({ nomvar }) => run.fields.get(nomvar) ?? []);
  const members = meansMembers(ask, fields);
  // a deterministic run is its own member 0
  const asControl = !members && ask.number !== undefined && !ask.number(0);
  const axes = fields.flatMap(({ single, members: own }) => (members ? own : asControl ? undefined : single) ?? []);
  return { axes, members };
}

/** The segment of one run whose valid times `accepts` lets through; undefined when nothing is left. */
function segmentOf(ask: EdrAsk, run: EdrRun, accepts: Choice): Segment | undefined {
  const { axes, members } = axesOf(ask, run);
  const steps = [...new Set(axes.flatMap((one) => one.steps))].filter((step) => accepts(run.base + 1000 * step));
  const levels = sortLevels(
    ask.collection,
    axes.flatMap((one) => one.levels),
  ).filter((level) => ask.level === undefined || ask.level(level));
  const all = [...new Set(axes.flatMap((one) => one.numbers))].sort((one, other) => one - other);
  const numbers = all.filter((number) => ask.number === undefined || ask.number(number));
  const isFlat = !hasLevels(ask.collection);
  if (steps.length === 0 || (!isFlat && levels.length === 0) || (members && numbers.length === 0)) return undefined;
  return {
    run,
    steps: steps.sort((one, other) => one - other),
    ...(isFlat ? {} : { levels }),
    ...(members ? { numbers } : {}),
  };
}

/** Segments of a query, ascending base time; none when nothing that exists is chosen. */
export function segmentsOf(ask: EdrAsk): readonly Segment[] {
  const wanted: Choice = ask.time ?? (() => true);
  if (ask.run !== undefined) {
    const one = segmentOf(ask, ask.run, wanted);
    return one === undefined ? [] : [one];
  }
  const complete = ask.collection.runs.filter((run) => run.complete);
  const runs = complete.length > 0 ? complete : ask.collection.runs;
  const taken = new Set<number>();
  const segments: Segment[] = [];
  for (const run of [...runs].reverse()) {
    const segment = segmentOf(ask, run, (ms) => wanted(ms) && !taken.has(ms));
    if (segment === undefined) continue;
    for (const step of segment.steps) taken.add(run.base + 1000 * step);
    segments.push(segment);
  }
  return segments.reverse();
}

/** Number of fields that segments ask for, at most. */
export function countFields(ask: EdrAsk, segments: readonly Segment[]): number {
  return segments.reduce(
    (sum, { steps, levels, numbers }) =>
      sum + ask.parameters.length * steps.length * (levels?.length ?? 1) * (numbers?.length ?? 1),
    0,
  );
}
