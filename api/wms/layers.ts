/** Layers by name (`{EDR collection id}/{parameter key}`) and the values of their dimensions over all runs. */
import type { Catalogue } from '../../extraction/catalogue.js';
import { type EdrCollection, type EdrRun, findEdrCollection } from '../ogc/edr-collections.js';
import type { EdrField, FieldAxes } from '../ogc/edr-fields.js';
import type { EdrParameter } from '../ogc/edr-parameters.js';
import { WmsException } from './exceptions.js';

export interface MapLayer {
  readonly name: string;
  readonly collection: EdrCollection;
  readonly parameter: EdrParameter;
}

/** Values of the dimensions of a layer. */
export interface LayerAxes {
  /** runs that have the parameter, ascending base time */
  readonly runs: readonly EdrRun[];
  /** valid times, ms, ascending */
  readonly times: readonly number[];
  /** hPa, hybrid, m …: the lowest in the atmosphere first; empty for surface fields */
  readonly levels: readonly number[];
  /** members, ascending; empty without any */
  readonly numbers: readonly number[];
  /** whether fields exist that are no member */
  readonly single: boolean;
}

export const layerName = ({ id }: EdrCollection, { key }: EdrParameter): string => `${id}/${key}`;

export async function findLayer(
  catalogue: Catalogue,
  name: string,
  mayUse: (collection: string) => boolean,
): Promise<MapLayer> {
  const [id = '', key = ''] = name.split('/', 2);
  const collection = await findEdrCollection(catalogue, id, mayUse);
  const parameter = collection?.parameters.find((one) => one.key === key);
  if (collection === undefined || parameter === undefined) {
    throw new WmsException(
      'LayerNotDefined',
      `There is no layer "${name.slice(0, 120)}"; GetCapabilities lists those there are.`,
    );
  }
  return { name, collection, parameter };
}

const known = new WeakMap<EdrParameter, LayerAxes>();
const ascending = (one: number, other: number): number => one - other;

export function partsOf({ single, members }: EdrField): readonly FieldAxes[] {
  return [single, members].filter((axes) => axes !== undefined);
}

/** Level types whose numbers grow downwards. */
const DOWNWARDS: ReadonlySet<string> = new Set(['pl', 'ml']);

export function axesOf({ collection, parameter }: Pick<MapLayer, 'collection' | 'parameter'>): LayerAxes {
  const before = known.get(parameter);
  if (before !== undefined) return before;
  const runs = collection.runs.filter(({ fields }) => fields.has(parameter.nomvar));
  const [times, levels, numbers] = [new Set<number>(), new Set<number>(), new Set<number>()];
  let single = false;
  for (const { base, fields } of runs) {
    const field = fields.get(parameter.nomvar)!;
    single ||= field.single !== undefined;
    for (const part of partsOf(field)) {
      for (const step of part.steps) times.add(base + 1000 * step);
      for (const level of part.levels) levels.add(level);
      for (const number of part.numbers) numbers.add(number);
    }
  }
  const upwards = [...levels].sort(ascending);
  const axes: LayerAxes = {
    runs,
    times: [...times].sort(ascending),
    levels: collection.levtype === 'sfc' ? [] : DOWNWARDS.has(collection.levtype) ? upwards.reverse() : upwards,
    numbers: [...numbers].sort(ascending),
    single,
  };
  known.set(parameter, axes);
  return axes;
}
