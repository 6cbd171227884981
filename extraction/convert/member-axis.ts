/** Members of an ensemble as the dimension `realization`, with their untouched labels. */
import type { CfDimension, CfVariable } from '../../formats/cf.js';
import { textAt } from '../catalogue/fixed-text.js';
import type { RunColumns } from '../run-index.js';
import type { Series } from './series.js';
import { numbers, scalar, texts } from './variables.js';

export interface MemberAxis {
  readonly dims: readonly CfDimension[];
  readonly variables: readonly CfVariable[];
  readonly coordinates: readonly string[];
  indexOf(number: number): number;
}

const ATTRIBUTES = { standard_name: 'realization', long_name: 'member of the ensemble', units: '1' };

/** The axis of all members of some series; undefined when none of them is a member. */
export function memberAxis(columns: RunColumns, series: readonly Series[]): MemberAxis | undefined {
  const labels = new Map<number, Set<string>>();
  for (const { places } of series) {
    for (const { row, number } of places) {
      if (number < 0) continue;
      const known = labels.get(number) ?? new Set<string>();
      labels.set(number, known.add(textAt(columns.etiket, 12, row)));
    }
  }
  const members = [...labels.keys()].sort((one, other) => one - other);
  if (members.length === 0) return undefined;
  const values = Int32Array.from(members);
  if (members.length === 1) {
    return {
      dims: [],
      variables: [scalar('realization', values, ATTRIBUTES)],
      coordinates: ['realization'],
      indexOf: () => 0,
    };
  }
  const unique = members.every((member) => labels.get(member)!.size === 1);
  const index = new Map(members.map((member, n) => [member, n]));
  return {
    dims: [{ name: 'realization', size: members.length }],
    variables: [
      numbers('realization', ['realization'], [members.length], values, ATTRIBUTES),
      ...(unique
        ? [
            texts(
              'etiket',
              'realization',
              members.map((member) => [...labels.get(member)!][0]!),
              { long_name: 'label of the records' },
            ),
          ]
        : []),
    ],
    coordinates: unique ? ['etiket'] : [],
    indexOf: (number) => index.get(number)!,
  };
}
