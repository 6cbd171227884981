/** What the fields of a selection have in common, for the metadata of the answer. */
import { NONE } from '../catalogue/field-block.js';
import { textAt } from '../catalogue/fixed-text.js';
import type { LabelSet, RunIndex } from '../run-index.js';
import { LABEL_KEYS } from './filter.js';
import type { ChosenFields } from './params.js';
import type { ResolvedAxes } from './resolve.js';

export interface LevelTwins {
  readonly name: 'fst:hybrid' | 'fst:modelLevel';
  readonly values: Float64Array;
}

/** Hybrid values of ranks, ranks of hybrid values; undefined off model levels. */
export function levelTwins(axes: ResolvedAxes): LevelTwins | undefined {
  const { fields, levelist, places } = axes;
  const base = fields.blocks.findIndex((row) => row.some((block) => block !== undefined));
  const param = fields.blocks[base]?.findIndex((block) => block !== undefined) ?? -1;
  const block = fields.blocks[base]?.[param];
  const at = places[base]?.[param]?.levelist;
  if (fields.levtype !== 'ml' || block === undefined || at === undefined) return undefined;
  const byRank = levelist.values.every((value, index) => at[index]! < 0 || block.ranks[at[index]!] === value);
  const values = Float64Array.from(at, (place) =>
    place < 0 ? Number.NaN : byRank ? block.levels[place]! : block.ranks[place]!,
  );
  return { name: byRank ? 'fst:hybrid' : 'fst:modelLevel', values };
}

/** Keys of which the selected fields have one value, as text. */
export function metadataOf(fields: ChosenFields, rows: Uint32Array): Record<string, string> {
  const found = new Map<string, Set<string>>();
  const add = (key: string, value: string | undefined): void => {
    const values = found.get(key) ?? new Set<string>();
    values.add(value ?? '');
    found.set(key, values);
  };
  for (const { run, row } of oneOfEachVariant(fields, rows)) {
    const labels: LabelSet = run.labels[run.columns.labels[row]!]!;
    for (const key of LABEL_KEYS) add(key, labels[key] ?? askedFor(fields, key));
    add('fst:etiket', textAt(run.columns.etiket, 12, row));
    add('fst:typvar', textAt(run.columns.typvar, 2, row));
    add('fst:grtyp', textAt(run.columns.grtyp, 1, row));
  }
  const metadata: Record<string, string> = {};
  for (const [key, values] of found) {
    const [value] = values;
    if (values.size === 1 && value !== '') metadata[key] = value!;
  }
  if (fields.levtype !== null) metadata['levtype'] = fields.levtype;
  return metadata;
}

/** A label that the collection leaves open is what the request says it is. */
function askedFor(fields: ChosenFields, key: (typeof LABEL_KEYS)[number]): string | undefined {
  const selector = fields.request.keys.get(key);
  return selector?.kind === 'values' && selector.values.length === 1 ? String(selector.values[0]) : undefined;
}

/** Records of one variant share labels, typvar and grid; etikets of members differ, so each etiket counts once a variant. */
function oneOfEachVariant(fields: ChosenFields, rows: Uint32Array): { run: RunIndex; row: number }[] {
  const chosen: { run: RunIndex; row: number }[] = [];
  const perBase = rows.length / Math.max(1, fields.bases.length);
  for (const [base, { run }] of fields.bases.entries()) {
    const seen = new Set<string>();
    const { columns } = run.index;
    let last = -1;
    let lastNumber = -1;
    for (let at = base * perBase; at < (base + 1) * perBase; at++) {
      const row = rows[at]!;
      if (row === NONE) continue;
      const variant = columns.variant[row - run.firstRow]!;
      const number = columns.number[row - run.firstRow]!;
      if (variant === last && number === lastNumber) continue;
      last = variant;
      lastNumber = number;
      const key = `${variant} ${number}`;
      if (seen.has(key)) continue;
      seen.add(key);
      chosen.push({ run: run.index, row: row - run.firstRow });
    }
  }
  return chosen;
}
