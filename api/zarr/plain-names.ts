/**
 * Names of arrays where members stand beside a field that is none: the field has the plain name of its variable (`TT`), the
 * members keep the name with their label. Without members nothing changes.
 */
import type { View } from '../../extraction/convert/dataset.js';
import type { Series } from '../../extraction/convert/series.js';
import type { CfAttributes, CfDataset, CfGroup } from '../../formats/cf.js';

const isMember = ({ places }: Series): boolean => places.some(({ number }) => number >= 0);

/** Plain names by name: of variables that have members and one series without. */
function plainNames(series: readonly Series[]): ReadonlyMap<string, string> {
  const byVariable = new Map<string, Series[]>();
  for (const one of series) {
    const key = `${one.grid} ${one.nomvar}`;
    byVariable.set(key, [...(byVariable.get(key) ?? []), one]);
  }
  const plain = new Map<string, string>();
  for (const all of byVariable.values()) {
    const [single, ...more] = all.filter((one) => !isMember(one));
    if (single === undefined || more.length > 0 || all.length === 1) continue;
    const suffix = `_${single.etiket.replace(/[^A-Za-z0-9]/g, '_')}`;
    if (single.name.endsWith(suffix)) plain.set(single.name, single.name.slice(0, -suffix.length));
  }
  return plain;
}

const TERMS = ['formula_terms', 'fst_formula_terms'];

/** Attributes that cite variables, with their new names. */
function citing(attributes: CfAttributes, names: ReadonlyMap<string, string>): CfAttributes {
  const cited = TERMS.flatMap((key) => {
    const text = attributes[key];
    return typeof text === 'string'
      ? [
          [
            key,
            text
              .split(' ')
              .map((word) => names.get(word) ?? word)
              .join(' '),
          ] as const,
        ]
      : [];
  });
  return cited.length === 0 ? attributes : { ...attributes, ...Object.fromEntries(cited) };
}

function renamed(group: CfGroup, plain: ReadonlyMap<string, string>): CfGroup {
  const taken = new Set(group.variables.map(({ name }) => name));
  const names = new Map([...plain].filter(([name, to]) => taken.has(name) && !taken.has(to)));
  return {
    ...group,
    variables: group.variables.map((variable) => ({
      ...variable,
      name: names.get(variable.name) ?? variable.name,
      attributes: citing(variable.attributes, names),
    })),
    groups: group.groups.map((child) => renamed(child, plain)),
  };
}

/** The dataset of a view with plain names. */
export function withPlainNames({ dataset, series }: Pick<View, 'dataset' | 'series'>): CfDataset {
  const plain = plainNames(series);
  return plain.size === 0 ? dataset : renamed(dataset, plain);
}
