/** What the state means with the data at hand: the model, part, parameter, run, level and time that are shown. Pure. */
import type { State } from '../state/state.js';
import { findPart, firstChoice, type Model, newestRun, type Param, type Part, type Run } from './catalogue.js';
import { isoSecond, nearestIndex, timeOf } from './times.js';

export interface Selection {
  readonly model: Model;
  readonly part: Part;
  readonly param: Param;
  readonly level: number | undefined;
  readonly run: Run | undefined;
  readonly member: number;
}

/** The level of a part that is nearest to a wanted one, by ratio; 500 when none was wanted. */
export function nearestLevel(part: Part, wanted: number | undefined): number | undefined {
  if (part.levtype === 'sfc' || part.levels.length === 0) return undefined;
  const aim = Math.log(Math.max(1e-6, wanted ?? (part.levtype === 'pl' ? 850 : (part.levels[0] ?? 1))));
  const far = (level: number): number => Math.abs(Math.log(Math.max(1e-6, level)) - aim);
  return part.levels.reduce((best, level) => (far(level) < far(best) ? level : best));
}

/** Fields of a kind of level that go with what is shown: its own, else those on the same grid, else the first. */
export function partOf({ model, part }: Pick<Selection, 'model' | 'part'>, levtype: string): Part | undefined {
  if (part.levtype === levtype) return part;
  const all = model.parts.filter((one) => one.levtype === levtype);
  return all.find(({ grid }) => grid === part.grid) ?? all[0];
}

/** Undefined while nothing is known of the server's data. */
export function selectionOf(
  state: State,
  models: readonly Model[],
  runs: ReadonlyMap<string, readonly Run[]>,
): Selection | undefined {
  // a link may also name the Polytope collection alone
  const named = models.find(({ name }) => name === state.collection) ?? models[0];
  const first = named && firstChoice(named);
  const part = findPart(models, state.collection) ?? first?.part;
  const model = models.find(({ parts }) => part !== undefined && parts.includes(part));
  const own = part === first?.part ? first?.param : part?.params[0];
  const param = part?.params.find(({ key }) => key === state.param) ?? own;
  if (part === undefined || model === undefined || param === undefined) return undefined;
  const known = runs.get(part.id) ?? [];
  const run =
    state.run === 'latest' ? newestRun(known) : (known.find(({ id }) => id === state.run) ?? newestRun(known));
  const hasSingle = part.single !== undefined || part.numbers.length === 0;
  const member = part.numbers.includes(state.member) ? state.member : hasSingle ? -1 : (part.numbers[0] ?? -1);
  return { model, part, param, level: nearestLevel(part, state.level), run, member };
}

/** Index of the time that is shown; -1 without times. */
export function timeIndex(state: State, run: Run | undefined, times: readonly number[]): number {
  if (run === undefined) return -1;
  const wanted = state.time === '' ? run.base : timeOf(state.time, run.base);
  return nearestIndex(times, Number.isNaN(wanted) ? run.base : wanted);
}

/** Name of the layer and style of a map of the selection. */
export function layerOf({ part, param }: Selection): { readonly layer: string; readonly style: string } {
  const key = param.components?.[0] ?? param.key;
  return { layer: `${part.id}/${key}`, style: param.components === undefined ? 'fill' : 'speed' };
}

/** Dimensions of a GetMap or GetFeatureInfo, all of them stated. */
export function dimensionsOf(
  { part, run, member }: Pick<Selection, 'part' | 'run' | 'member'>,
  time: number,
  level: number | undefined,
): Record<string, string> {
  return {
    TIME: isoSecond(time),
    ...(run === undefined ? {} : { DIM_REFERENCE_TIME: isoSecond(run.base) }),
    ...(level === undefined ? {} : { ELEVATION: String(level) }),
    ...(member < 0 || part.numbers.length === 0 ? {} : { DIM_NUMBER: String(member) }),
  };
}
