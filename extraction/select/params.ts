/** Which parameters and level type a request means, and the blocks of fields that can serve it in each of its runs. */
import { matchesGlob, valuesOf } from '../../schemas/mars.js';
import { type LookupOptions, nomvarRef, resolveParams } from '../../schemas/param-lookup.js';
import { type ParamTable, paramTable } from '../../schemas/params.js';
import { FeatureError } from '../../schemas/problem.js';
import { noData, onlyValue } from '../../schemas/request-keys.js';
import type { FeatureRequest, Levtype, ParamRef } from '../../schemas/vocabulary.js';
import { type BlockFilter, blockOf, type FieldBlock, rowsOfVariable, variablesOf } from '../catalogue/field-block.js';
import type { CubeRun, Datacube } from '../datacube.js';
import { LEVTYPES, type RunIndex } from '../run-index.js';
import { type AskedBase, selectBases } from './bases.js';
import { explainAbsence } from './errors.js';
import { allowedLabels, LABEL_KEYS, levtypeTest, type RawFilter, rawFilters, unmatchedValues } from './filter.js';

/** What a request selects, before its axes are looked at. */
export interface ChosenFields {
  readonly request: FeatureRequest;
  readonly cube: Datacube;
  readonly levtype: Levtype | null;
  readonly params: readonly ParamRef[];
  readonly bases: readonly AskedBase[];
  /** [base][param]; undefined where a run has none of the fields */
  readonly blocks: readonly (readonly (FieldBlock | undefined)[])[];
  /** the same fields of another variable, for partners of wind components */
  readonly blockFor: (run: CubeRun, nomvar: string, name: string) => FieldBlock | undefined;
  /** the same fields with their lead times read from ip2 */
  readonly byIp2: () => ChosenFields;
}

const variables = new WeakMap<Datacube, ReadonlySet<string>>();
const tables = new WeakMap<object, ParamTable>();

function variablesIn(cube: Datacube): ReadonlySet<string> {
  const known = variables.get(cube) ?? new Set(cube.runs.flatMap(({ index }) => variablesOf(index)));
  variables.set(cube, known);
  return known;
}

/** The parameter table of a collection. */
export function tableOf(cube: Datacube): ParamTable {
  const table = tables.get(cube.collection) ?? paramTable(cube.collection.params);
  tables.set(cube.collection, table);
  return table;
}

/** Names asked for: parameters, nomvars and patterns of them, or every variable when only other record keys are given. */
function readParams(request: FeatureRequest, cube: Datacube, levtype: Levtype | undefined): readonly ParamRef[] {
  const known = variablesIn(cube);
  const { units } = request;
  const options: LookupOptions = { table: tableOf(cube), known, ...(units === undefined ? {} : { units }) };
  const param = request.keys.get('param');
  if (param !== undefined) return resolveParams((valuesOf('param', param) ?? []).map(String), levtype, options);
  const nomvar = request.keys.get('nomvar');
  if (nomvar === undefined) return [...known].sort().map((name) => nomvarRef(name, levtype, options));
  if (nomvar.kind !== 'glob') {
    const names = (valuesOf('nomvar', nomvar) ?? []).map((name) => String(name).trimEnd());
    const missing = names.filter((name) => !known.has(name));
    if (missing.length > 0 && !request.expectAny) throw noData('nomvar', missing, `there are ${listed(known)}`);
    return names.map((name) => nomvarRef(name, levtype, options));
  }
  const matched = [...known].filter((name) => nomvar.patterns.some((pattern) => matchesGlob(pattern, name))).sort();
  if (matched.length === 0) throw noData('nomvar', nomvar.patterns, `there are ${listed(known)}`);
  return matched.map((name) => nomvarRef(name, levtype, options));
}

function listed(names: Iterable<string>): string {
  const sorted = [...names].sort();
  return sorted.slice(0, 20).join(', ') + (sorted.length > 20 ? ' …' : '');
}

/** Level types that have fields for the request, by number. */
function levtypesOf(request: FeatureRequest, bases: readonly AskedBase[], params: readonly ParamRef[]): number[] {
  const filters = rawFilters(request);
  const found = new Set<number>();
  for (const { run } of bases) {
    const labels = allowedLabels(run.index, request.keys);
    for (const { nomvar } of params) {
      for (const row of rowsOfVariable(run.index, nomvar)) {
        if (found.has(run.index.columns.levtype[row]!) || !labels[run.index.columns.labels[row]!]) continue;
        if (filters.every((filter) => filter.test(run.index, row))) found.add(run.index.columns.levtype[row]!);
      }
    }
  }
  if (found.size > 1 && request.keys.has('levelist')) found.delete(LEVTYPES.indexOf('sfc'));
  return [...found].sort((one, other) => one - other);
}

/** The level type asked for, or the one that the record keys lead to. */
function settleLevtype(request: FeatureRequest, bases: readonly AskedBase[], cube: Datacube): Levtype | null {
  const asked = onlyValue(request.keys, 'levtype');
  if (asked !== undefined) return asked as Levtype;
  const found = levtypesOf(request, bases, readParams(request, cube, undefined));
  if (found.length <= 1) return LEVTYPES[found[0] ?? 0] ?? null;
  const kinds = found.map((number) => LEVTYPES[number] ?? 'no level type').join(', ');
  throw new FeatureError(
    'under_specified',
    `"levtype" is under-specified: the request selects fields on ${kinds}; add "levtype" or "ip1".`,
  );
}

type Filters = (index: RunIndex, nomvar: string, name: string) => BlockFilter;

/** Filter of a run's rows: labels, level type and record keys. Equal filters have equal keys, so blocks are found again. */
function filterMaker(
  request: FeatureRequest,
  levtype: Levtype | null,
  raw: readonly RawFilter[],
  ip2: boolean,
): Filters {
  const number = LEVTYPES.indexOf(levtype);
  const rawKey = raw.map(({ key, selector }) => `${key}=${JSON.stringify(selector)}`).join(' ');
  const labelsOf = new Map<RunIndex, readonly boolean[]>();
  const hasLabels = LABEL_KEYS.some((key) => request.keys.has(key));
  return (index, nomvar, name) => {
    const labels = labelsOf.get(index) ?? allowedLabels(index, request.keys);
    labelsOf.set(index, labels);
    const allowed = hasLabels ? labels.map(Number).join('') : '';
    const near = /^\d*/.exec(name)?.[0] ?? '';
    const onLevtype = levtypeTest(index, nomvar, name, number);
    return {
      key: `${number} ${near} ${allowed} ${ip2} ${rawKey}`,
      flat: levtype === null || levtype === 'sfc',
      stepFromIp2: ip2,
      accepts: (run, row) =>
        labels[run.columns.labels[row]!]! && onLevtype(run, row) && raw.every((filter) => filter.test(run, row)),
    };
  };
}

/** Chooses runs, parameters and blocks. Throws FeatureError where a parameter has no data for the request at all. */
export function chooseFields(request: FeatureRequest, cube: Datacube): ChosenFields {
  const asked = selectBases(request, cube);
  const levtype = settleLevtype(request, asked, cube);
  const wanted = readParams(request, cube, levtype ?? undefined);
  return choose(request, cube, asked, levtype, wanted, false);
}

function choose(
  request: FeatureRequest,
  cube: Datacube,
  asked: readonly AskedBase[],
  levtype: Levtype | null,
  wanted: readonly ParamRef[],
  ip2: boolean,
): ChosenFields {
  const raw = rawFilters(request);
  const filters = filterMaker(request, levtype, raw, ip2);
  const blockFor = ({ index }: CubeRun, nomvar: string, name: string): FieldBlock | undefined =>
    blockOf(index, nomvar, filters(index, nomvar, name));
  const all = asked.map(({ run }) => wanted.map(({ nomvar, name }) => blockFor(run, nomvar, name)));
  const isNamed = request.keys.has('param') || request.keys.get('nomvar')?.kind === 'values';
  // Variables that were not asked for by name take part when they have fields.
  const used = wanted.map((_, at) => isNamed || all.some((blocks) => blocks[at] !== undefined));
  const params = wanted.filter((_, at) => used[at]);
  const rows = all.map((blocks) => blocks.filter((_, at) => used[at]));
  const kept = asked.map(({ optional }, at) => {
    const has = rows[at]!.map((block) => block !== undefined);
    return !optional || (request.expectAny ? has.some(Boolean) : has.length > 0 && has.every(Boolean));
  });
  const bases = asked.filter((_, at) => kept[at]);
  const blocks = rows.filter((_, at) => kept[at]);
  const nowhere = wanted.find((_, at) => used[at] && all.every((found) => found[at] === undefined));
  if (nowhere !== undefined && !(request.expectAny && blocks.flat().some(Boolean))) {
    throw explainAbsence(request, cube, asked, nowhere, levtype, raw);
  }
  if (blocks.flat().every((block) => block === undefined)) {
    throw explainAbsence(request, cube, asked, wanted[0], levtype, raw);
  }
  refuseMissing(request, bases, blocks, params, (base, param) =>
    explainAbsence(request, cube, [base], param, levtype, raw),
  );
  refuseUnmatched(request, raw, blocks);
  refuseSeveralBases(request, bases);
  const byIp2 = (): ChosenFields => choose(request, cube, asked, levtype, wanted, true);
  return { request, cube, levtype, params, bases, blocks, blockFor, byIp2 };
}

function refuseMissing(
  request: FeatureRequest,
  bases: readonly AskedBase[],
  blocks: readonly (readonly (FieldBlock | undefined)[])[],
  params: readonly ParamRef[],
  explain: (base: AskedBase, param: ParamRef) => FeatureError,
): void {
  if (request.expectAny) return;
  for (const [at, base] of bases.entries()) {
    const missing = blocks[at]!.indexOf(undefined);
    if (missing >= 0) throw explain(base, params[missing]!);
  }
}

/** Each listed value of a record key must have selected something. */
function refuseUnmatched(
  request: FeatureRequest,
  raw: readonly RawFilter[],
  blocks: readonly (readonly (FieldBlock | undefined)[])[],
): void {
  if (request.expectAny) return;
  for (const filter of raw) {
    if (filter.selector.kind !== 'values' || filter.selector.values.length === 1) continue;
    const found = blocks
      .flat()
      .flatMap((block) => (block === undefined ? [] : [...block.rows].map((row) => ({ run: block.run, row }))));
    const missing = unmatchedValues(filter, found);
    if (missing.length > 0) throw noData(filter.key, missing, 'leave these values out or send "expect": "any"');
  }
}

/** Without date, datetime or dateo the base time must follow from the other keys. */
function refuseSeveralBases(request: FeatureRequest, bases: readonly AskedBase[]): void {
  const given = (['date', 'datetime', 'dateo'] as const).some((key) => request.keys.has(key));
  if (given || bases.length <= 1) return;
  const ids = bases.slice(0, 10).map(({ run }) => run.index.id);
  throw new FeatureError(
    'under_specified',
    `"date" is under-specified: fields of ${bases.length} base times match (${ids.join(', ')}); give "date" and "time".`,
  );
}
