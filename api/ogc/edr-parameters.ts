/**
 * Parameters of a collection, each field once: under its MARS short name where the collection has rules towards MARS, else
 * under its nomvar. Either name finds it; values come in the units that belong to the name that was asked for.
 */
import type { Datacube } from '../../extraction/datacube.js';
import { tableOf } from '../../extraction/select/params.js';
import { DEFAULT_COLLECTION } from '../../schemas/collection.js';
import { nomvarRef, resolveParam } from '../../schemas/param-lookup.js';
import { marsParam, nativeParam, type ParamTable } from '../../schemas/params.js';
import { FeatureError } from '../../schemas/problem.js';
import type { Levtype, ParamRef } from '../../schemas/vocabulary.js';
import type { EdrRun } from './edr-collections.js';

export interface EdrParameter {
  /** key of `parameter_names` */
  readonly key: string;
  readonly nomvar: string;
  readonly shortName: string | undefined;
  /** what is delivered under the key */
  readonly ref: ParamRef;
  /** units under the nomvar and under the short name */
  readonly nativeUnit: string;
  readonly marsUnit: string | undefined;
}

/** Whether a collection says how its records translate to MARS. */
function hasMarsRules({ collection }: Datacube): boolean {
  if (collection.name === DEFAULT_COLLECTION) return false;
  const constants = [collection.class, collection.stream, collection.type, collection.expver, collection.domain];
  return constants.some((value) => value !== undefined) || collection.rules.length > 0 || collection.params.length > 0;
}

/** MARS name of a nomvar, when its values can be delivered: a component needs its partner to be turned. */
function shortNameOf(
  nomvar: string,
  levtype: Levtype,
  table: ParamTable,
  present: ReadonlySet<string>,
): string | undefined {
  const partner = table.vectors.get(nomvar)?.partner;
  if (partner !== undefined && !present.has(partner)) return undefined;
  return marsParam(nomvar, levtype, table)?.shortName;
}

export function parametersOf(cube: Datacube, levtype: Levtype, runs: readonly EdrRun[]): readonly EdrParameter[] {
  const table = tableOf(cube);
  const present = new Set(runs.flatMap(({ fields }) => [...fields.keys()]));
  const useMars = hasMarsRules(cube);
  const taken = new Set<string>();
  return [...present].sort().map((nomvar): EdrParameter => {
    const shortName = shortNameOf(nomvar, levtype, table, present);
    const key = useMars && shortName !== undefined && !taken.has(shortName) ? shortName : nomvar;
    taken.add(key);
    const ref =
      key === nomvar
        ? nomvarRef(nomvar, levtype, { table, known: present })
        : resolveParam(key, levtype, { table, known: present });
    const nativeUnit = nativeParam(nomvar, table).unit;
    const marsUnit = shortName === undefined ? undefined : marsParam(nomvar, levtype, table)?.unit;
    return { key, nomvar, shortName, ref, nativeUnit, marsUnit };
  });
}

/** A parameter as asked for: the name as it will stand in the answer, and its variable. */
export interface AskedParameter {
  readonly name: string;
  readonly nomvar: string;
}

/** Parameters by key, nomvar or short name; absent: all. Throws FeatureError `bad_value` for a name that is none. */
export function chooseParameters(
  parameters: readonly EdrParameter[],
  names: readonly string[] | undefined,
): readonly AskedParameter[] {
  if (names === undefined) return parameters.map(({ key, nomvar }) => ({ name: key, nomvar }));
  const chosen = new Map<string, AskedParameter>();
  for (const name of names) {
    const found =
      parameters.find(({ key }) => key === name) ??
      parameters.find(({ nomvar }) => nomvar === name) ??
      parameters.find(({ shortName }) => shortName === name);
    if (found === undefined) {
      throw new FeatureError(
        'bad_value',
        `parameter-name: "${name.slice(0, 80)}" is not in this collection; choose of ${parameters.map(({ key }) => key).join(', ')}.`,
      );
    }
    chosen.set(name, { name, nomvar: found.nomvar });
  }
  return [...chosen.values()];
}
