/** The sentences that say which value has no data, or which key would tell several fields apart, and what there is instead. */

import { noDataText } from '../../schemas/mars.js';
import { KINDS } from '../../schemas/mars-kinds.js';
import { FeatureError } from '../../schemas/problem.js';
import { noData } from '../../schemas/request-keys.js';
import type { AxisValue, FeatureRequest, KeyName, Levtype, ParamRef } from '../../schemas/vocabulary.js';
import { rowsOfVariable, variablesOf } from '../catalogue/field-block.js';
import { textAt } from '../catalogue/fixed-text.js';
import type { Datacube } from '../datacube.js';
import { LEVTYPES, type RunIndex } from '../run-index.js';
import type { AskedBase } from './bases.js';
import { LABEL_KEYS, labelMatches, type RawFilter } from './filter.js';

const MOST_SHOWN = 10;

function few(values: Iterable<string>, most = 20): string {
  const all = [...values];
  return all.slice(0, most).join(', ') + (all.length > most ? ` … (${all.length})` : '');
}

/** Every row of a variable in some runs. */
function* rowsIn(bases: readonly AskedBase[], nomvar: string): Generator<{ run: RunIndex; row: number }> {
  for (const { run } of bases) {
    for (const row of rowsOfVariable(run.index, nomvar)) yield { run: run.index, row };
  }
}

/** Why a parameter has no field at all for a request: the first key that excludes every record. */
export function explainAbsence(
  request: FeatureRequest,
  cube: Datacube,
  bases: readonly AskedBase[],
  param: ParamRef | undefined,
  levtype: Levtype | null,
  raw: readonly RawFilter[],
): FeatureError {
  const key: KeyName = request.keys.has('param') || !request.keys.has('nomvar') ? 'param' : 'nomvar';
  if (param === undefined) return noData(key, [''], 'the record keys select nothing; ask for other values');
  const rows = [...rowsIn(bases, param.nomvar)];
  if (rows.length === 0) {
    const there = new Set(
      (bases.length > 0 ? bases.map(({ run }) => run) : cube.runs).flatMap(({ index }) => variablesOf(index)),
    );
    const name = param.name === param.nomvar ? '' : ` (nomvar ${param.nomvar})`;
    const when = bases.length === 1 ? ` of base time ${bases[0]!.run.index.id}` : '';
    return noData(key, [param.name], `no record${when} has it${name}; there are ${few([...there].sort())}`);
  }
  for (const label of LABEL_KEYS) {
    const selector = request.keys.get(label);
    if (selector === undefined) continue;
    const labels = rows.map(({ run, row }) => run.labels[run.columns.labels[row]!]!);
    if (labels.some((set) => labelMatches(label, selector, set))) continue;
    const there = new Set(labels.flatMap((set) => set[label] ?? []));
    const asked = selector.kind === 'values' ? selector.values : [];
    return noData(
      label,
      asked,
      `${param.name} has ${there.size === 0 ? 'none' : few(there)}; correct it or leave it out`,
    );
  }
  for (const filter of raw) {
    if (rows.some(({ run, row }) => filter.test(run, row))) continue;
    const asked = filter.selector.kind === 'values' ? filter.selector.values : [];
    return noData(filter.key, asked, `no record of ${param.name} has it; polyfst ls shows the record keys`);
  }
  const levtypes = new Set(rows.map(({ run, row }) => LEVTYPES[run.columns.levtype[row]!] ?? 'no level type'));
  if (levtype !== null && !levtypes.has(levtype)) {
    return noData('levtype', [levtype], `${param.name} is on ${few(levtypes)}; ask for that`);
  }
  return noData(key, [param.name], 'no record has this combination of keys; ask for less or for other values');
}

/** One missing field, for messages. */
export interface MissingField {
  readonly param: string;
  readonly base: string;
  readonly number: AxisValue | undefined;
  readonly level: AxisValue | undefined;
  readonly step: AxisValue;
}

function describe(field: MissingField): string {
  const parts = [field.param, field.base];
  if (field.number !== undefined) parts.push(`number ${field.number}`);
  if (field.level !== undefined) parts.push(`level ${field.level}`);
  parts.push(`step ${KINDS.step.print(field.step)}`);
  return parts.join(' ');
}

/** Refusal of a request some of whose fields do not exist. `key` and `values`: the values to blame. */
export function missingFields(
  key: KeyName,
  values: readonly AxisValue[],
  missing: readonly MissingField[],
  count: number,
): FeatureError {
  const shown = missing.slice(0, MOST_SHOWN).map(describe).join('; ');
  const more = count > MOST_SHOWN ? ` and ${count - MOST_SHOWN} more` : '';
  return new FeatureError(
    'no_data',
    `${noDataText(key, values)}: missing are ${count} fields (${shown}${more}); leave them out or send "expect": "any".`,
    { data: { key, values: values.slice(0, 100), missing: missing.slice(0, MOST_SHOWN), count } },
  );
}

/** Values of an axis that a list asks for and no field has. */
export function absentValues(key: KeyName, values: readonly AxisValue[], there: readonly AxisValue[]): FeatureError {
  const printed = there.slice(0, 40).map((value) => KINDS[key].print(value));
  const shown = printed.length <= 12 ? printed.join(', ') : `${printed[0]}, ${printed[1]} … (${there.length} values)`;
  const last = printed.length <= 12 ? '' : ` to ${KINDS[key].print(there.at(-1)!)}`;
  const choice = there.length === 0 ? 'there is none' : `available are ${shown}${last}`;
  return noData(key, values, `${choice}; choose of these or send "expect": "any"`);
}

/** Several records answer for one field: says what tells them apart. */
export function ambiguous(run: RunIndex, rows: readonly number[], name: string): FeatureError {
  const { columns } = run;
  const grids = new Set(rows.map((row) => columns.grid[row]!));
  if (grids.size > 1) {
    const shown = [...grids].map((number) => {
      const { grtyp, ni, nj, ig } = run.grids[number]!;
      return `${grtyp} ${ni}x${nj} (ig1-4 ${ig.join(' ')})`;
    });
    return new FeatureError(
      'mixed_grids',
      `"param" ${name} is on several grids: ${few(shown, 6)}; choose one with "grtyp", "ig1" to "ig4".`,
    );
  }
  const candidates: readonly (readonly [KeyName, (row: number) => string | number])[] = [
    ...LABEL_KEYS.map((key) => [key, (row: number) => run.labels[columns.labels[row]!]![key] ?? 'none'] as const),
    ['typvar', (row) => textAt(columns.typvar, 2, row)],
    ['etiket', (row) => textAt(columns.etiket, 12, row)],
    ['ip1', (row) => columns.ip1[row]!],
    ['ip3', (row) => columns.ip3[row]!],
  ];
  for (const [key, read] of candidates) {
    const values = new Set(rows.map(read));
    if (values.size > 1) {
      return new FeatureError(
        'under_specified',
        `"${key}" is under-specified: ${name} has fields of ${few([...values].map(String), 10)}; give "${key}".`,
      );
    }
  }
  return new FeatureError(
    'under_specified',
    `"param" ${name} is under-specified: several records answer; add record keys.`,
  );
}
