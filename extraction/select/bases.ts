/** Which base times a request asks for: date and time, datetime, dateo, or what the other record keys leave. */
import { inRange, valuesOf } from '../../schemas/mars.js';
import { scanDay, scanTime } from '../../schemas/mars-scan.js';
import { FeatureError } from '../../schemas/problem.js';
import { noData } from '../../schemas/request-keys.js';
import type { FeatureRequest, KeySelector } from '../../schemas/vocabulary.js';
import type { CubeRun, Datacube } from '../datacube.js';
import { msToIso } from '../fst/time.js';

const MINUTE = 60_000;
const DAY = 86_400_000;

export interface AskedBase {
  readonly run: CubeRun;
  /** of an open range: dropped when a parameter has nothing there */
  readonly optional: boolean;
}

const dayOf = (ms: number): number => Math.floor(ms / DAY) * DAY;
const compactDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10).replace(/-/g, '');
const clock = (ms: number): string => new Date(ms).toISOString().slice(11, 16).replace(':', '');

function baseText(ms: number): string {
  return msToIso(ms) ?? 'undated';
}

/** First and last of the base times that there are, for a remedy. */
function available(cube: Datacube): string {
  const bases = cube.runs.map(({ index }) => index.base).filter((base) => !Number.isNaN(base));
  if (bases.length === 0) return 'the collection has no dated runs';
  const some = bases.length <= 4 ? bases : [bases[0]!, bases[bases.length - 1]!];
  return `base times are ${some.map(baseText).join(bases.length <= 4 ? ', ' : ' … ')}`;
}

const orAny = (text: string): string => `${text}; choose of these or send "expect": "any"`;

/** Runs of the request, ascending. Throws FeatureError `no_data` for a listed base time that there is not. */
export function selectBases(request: FeatureRequest, cube: Datacube): readonly AskedBase[] {
  const { keys } = request;
  const datetime = keys.get('datetime');
  if (datetime !== undefined) return byInstant(datetime, request, cube);
  const date = keys.get('date');
  if (date !== undefined) return byDate(date, keys.get('time'), request, cube);
  // Record keys choose the runs: those without a matching record drop out.
  return cube.runs.map((run) => ({ run, optional: true }));
}

function byInstant(selector: KeySelector, request: FeatureRequest, cube: Datacube): AskedBase[] {
  const values = valuesOf('datetime', selector);
  if (values === undefined) {
    const range = selector as Extract<KeySelector, { kind: 'range' }>;
    const found = dated(cube).filter((run) => inRange('datetime', range, run.index.base));
    if (found.length > 0) return found.map((run) => ({ run, optional: true }));
    throw noData('datetime', [range.from], `${available(cube)}; choose a range that holds one`);
  }
  const missing = values.filter((value) => runAt(cube, Number(value)) === undefined);
  if (missing.length > 0 && !request.expectAny) throw noData('datetime', missing, orAny(available(cube)));
  return toBases(cube, values.map(Number), missing.length === values.length ? 'datetime' : undefined);
}

function dated(cube: Datacube): CubeRun[] {
  return cube.runs.filter(({ index }) => !Number.isNaN(index.base));
}

function runAt(cube: Datacube, base: number): CubeRun | undefined {
  return cube.runs.find(({ index }) => index.base === base);
}

function toBases(
  cube: Datacube,
  instants: readonly number[],
  missingKey: 'date' | 'datetime' | undefined,
): AskedBase[] {
  if (missingKey !== undefined) throw noData(missingKey, [...instants], available(cube));
  return [...instants]
    .sort((one, other) => one - other)
    .flatMap((instant) => {
      const run = runAt(cube, instant);
      return run === undefined ? [] : [{ run, optional: false }];
    });
}

/** Listed dates × listed times must all exist; an open range on either takes what there is. */
function byDate(
  date: KeySelector,
  time: KeySelector | undefined,
  request: FeatureRequest,
  cube: Datacube,
): readonly AskedBase[] {
  const days = valuesOf('date', date);
  const runs = dated(cube);
  const onDay = (day: number): CubeRun[] => runs.filter(({ index }) => dayOf(index.base) === day);
  const asked =
    days?.map((day) => ({ day, at: scanDay(String(day))! })) ??
    [...new Set(runs.map(({ index }) => dayOf(index.base)))]
      .map((at) => ({ day: compactDay(at), at }))
      .filter(({ day }) => inRange('date', date as Extract<KeySelector, { kind: 'range' }>, day));
  const absent = asked.filter(({ at }) => onDay(at).length === 0).map(({ day }) => day);
  if (absent.length > 0 && (!request.expectAny || absent.length === asked.length)) {
    throw noData('date', absent, orAny(available(cube)));
  }
  if (asked.length === 0) {
    throw noData(
      'date',
      [(date as Extract<KeySelector, { kind: 'range' }>).from],
      `${available(cube)}; choose of these`,
    );
  }
  const times = time === undefined ? undefined : valuesOf('time', time);
  if (times !== undefined) return atTimes(asked, times, days !== undefined, request, cube);
  const range = time as Extract<KeySelector, { kind: 'range' }> | undefined;
  const found = asked.flatMap(({ at }) =>
    onDay(at).filter(({ index }) => range === undefined || inRange('time', range, clock(index.base))),
  );
  if (found.length === 0) throw noData('time', [range?.from ?? ''], `${available(cube)}; choose of these`);
  if (range === undefined && found.length > asked.length) {
    throw new FeatureError(
      'under_specified',
      `"time" is under-specified: ${found.length} runs are of the "date"; give "time", one of ${[...new Set(found.map(({ index }) => clock(index.base)))].join(', ')}.`,
    );
  }
  return found.map((run) => ({ run, optional: true }));
}

function atTimes(
  asked: readonly { readonly day: string | number; readonly at: number }[],
  times: readonly (string | number)[],
  strict: boolean,
  request: FeatureRequest,
  cube: Datacube,
): AskedBase[] {
  const found: AskedBase[] = [];
  const absent: string[] = [];
  for (const { day, at } of asked) {
    for (const time of times) {
      const run = runAt(cube, at + scanTime(String(time))! * MINUTE);
      if (run !== undefined) found.push({ run, optional: !strict });
      else absent.push(`${time} of date ${day}`);
    }
  }
  // On an open range of dates a time may be missing on some of them, not on all.
  const allOrNothing = strict && !request.expectAny;
  if ((allOrNothing && absent.length > 0) || found.length === 0) {
    throw noData('time', absent, orAny(available(cube)));
  }
  return found.sort((one, other) => one.run.index.base - other.run.index.base);
}
