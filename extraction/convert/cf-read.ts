/**
 * CF datasets → FST: every field variable plane by plane, keys from the return ticket or inferred. What has no place in records
 * is reported, variable by variable (docs/conversions.md#back).
 */
import { type CfNumbers, type CfVariable, sizeOf } from '../../formats/cf.js';
import type { CfSource } from '../../formats/cf-source.js';
import { nativeParam } from '../../schemas/params.js';
import { FeatureError } from '../../schemas/problem.js';
import type { FstField } from '../fst/field.js';
import { gridOfField, type ReadGrid, travellingDescriptors } from './cf-grids.js';
import { keyReader, type RecordKeys } from './cf-keys.js';
import { numberOf, type Scope, scopesOf, textOf } from './cf-scope.js';
import { parameterOf } from './cf-units.js';
import { counted, keepsIntegers, recordValues } from './cf-values.js';
import { windTurn } from './cf-winds.js';
import type { ConvertOptions, ConvertProgress, ConvertReport, FstTarget, LostKey, SkippedRecord } from './formats.js';
import { FstSink, packingOption } from './fst-sink.js';
import { choice } from './options.js';
import type { DescriptorKeys } from './ticket.js';

export const READ_OPTIONS = ['datyp', 'nbits', 'exact', 'missing', 'intervals', 'units', 'etiket'] as const;

/** One field variable, and its other half where it lies in two panels. */
interface Field {
  readonly scope: Scope;
  readonly variable: CfVariable;
  readonly panel?: CfVariable;
  /** trailing dimensions of a plane, with the depth of legacy records */
  readonly planeDims: number;
  readonly nk: number;
}

const isNumeric = ({ dtype }: CfVariable): boolean => dtype !== 'string';

/** Names that other variables give to something that is no field: coordinates, bounds, mappings, masks of panels. */
function helpers(scopes: readonly Scope[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { group } of scopes) {
    for (const variable of group.variables) {
      for (const key of ['coordinates', 'bounds', 'grid_mapping', 'ancillary_variables', 'mesh']) {
        for (const name of (textOf(variable, key) ?? '').split(/[ :]+/)) if (name !== '') names.add(name);
      }
    }
  }
  return names;
}

/** Whether the last two dimensions, whatever their names, are those of two-dimensional latitudes and longitudes. */
function isCurvilinear(scope: Scope, variable: CfVariable): boolean {
  const plane = variable.dims.slice(-2).join(' ');
  return (['y', 'x'] as const).every((role) =>
    scope.beside(variable, role).some(({ dims }) => dims.join(' ') === plane),
  );
}

/** How a variable's last dimensions make a plane; undefined for what is no field. */
function planeOf(scope: Scope, variable: CfVariable): { planeDims: number; nk: number } | undefined {
  const roles = variable.dims.map((dim) => scope.role(dim));
  const rank = roles.length;
  if (roles.at(-1) === 'point') return { planeDims: 1, nk: 1 };
  if (rank < 2 || ((roles[rank - 1] !== 'x' || roles[rank - 2] !== 'y') && !isCurvilinear(scope, variable))) {
    const [last] = variable.dims.slice(-1);
    const listed =
      last !== undefined && scope.beside(variable, 'y').some(({ dims }) => dims.length === 1 && dims[0] === last);
    return listed && scope.beside(variable, 'x').length > 0 && scope.coordinate(last) === undefined
      ? { planeDims: 1, nk: 1 }
      : undefined;
  }
  return roles[rank - 3] === 'depth' ? { planeDims: 3, nk: variable.shape[rank - 3]! } : { planeDims: 2, nk: 1 };
}

/** Fields of a dataset; those of two panels are found in the first. */
function fieldsOf(scopes: readonly Scope[], onOther: (variable: CfVariable, scope: Scope) => void): Field[] {
  const names = helpers(scopes);
  const fields: Field[] = [];
  for (const scope of scopes) {
    if (scope.group.name === 'yang') continue;
    const parent = scope.above.at(-1);
    const other = scope.group.name === 'yin' ? parent?.groups.find(({ name }) => name === 'yang') : undefined;
    for (const variable of scope.group.variables) {
      const ours = variable.attributes['fst_nomvar'] !== undefined;
      if (
        !isNumeric(variable) ||
        (!ours && names.has(variable.name)) ||
        variable.attributes['fst_record'] !== undefined ||
        variable.attributes['fst_derived'] !== undefined
      )
        continue;
      if (scope.coordinate(variable.name) === variable || variable.dims.length === 0) continue;
      const plane = planeOf(scope, variable);
      if (plane === undefined) {
        if (!ours && variable.dims.length >= 2 && !/_fst_/.test(variable.name)) onOther(variable, scope);
        continue;
      }
      const panel = other?.variables.find(({ name }) => name === variable.name);
      fields.push({ scope, variable, ...plane, ...(panel === undefined ? {} : { panel }) });
    }
  }
  return fields;
}

/** Index tuples of the leading dimensions. */
function* indices(shape: readonly number[]): Generator<number[]> {
  const count = sizeOf(shape);
  for (let cell = 0; cell < count; cell++) {
    const at = new Array<number>(shape.length);
    let rest = cell;
    for (let dim = shape.length - 1; dim >= 0; dim--) {
      at[dim] = rest % shape[dim]!;
      rest = Math.floor(rest / shape[dim]!);
    }
    yield at;
  }
}

function joined(one: CfNumbers, other: CfNumbers): CfNumbers {
  const out = new (one.constructor as new (length: number) => CfNumbers)(one.length + other.length);
  out.set(one as never);
  out.set(other as never, one.length);
  return out;
}

class CfImport {
  readonly skipped: SkippedRecord[] = [];
  readonly lost: LostKey[] = [];
  readonly #packing: ReturnType<typeof packingOption>;
  #descriptors: readonly DescriptorKeys[] = [];

  constructor(
    readonly path: string,
    readonly source: CfSource,
    readonly sink: FstSink,
    readonly options: ConvertOptions,
  ) {
    this.#packing = packingOption(options);
  }

  #skip(name: string, error: FeatureError): void {
    this.skipped.push({ file: this.path, row: -1, code: error.code, detail: `${name}: ${error.message}` });
  }

  async run(progress?: ConvertProgress): Promise<void> {
    const scopes = scopesOf(this.source.dataset);
    const descriptors = await travellingDescriptors(scopes);
    this.#descriptors = descriptors.map(({ keys }) => keys);
    const fields = fieldsOf(scopes, (variable) =>
      this.#skip(
        variable.name,
        new FeatureError(
          'unsupported_grid',
          'rows and columns are not its last dimensions; transpose it, or leave it out.',
        ),
      ),
    );
    for (const { field } of descriptors) await this.sink.descriptor(field);
    const leading = ({ variable, planeDims }: Field): number[] =>
      variable.shape.slice(0, variable.shape.length - planeDims);
    const total = fields.reduce((sum, field) => sum + sizeOf(leading(field)), 0);
    let done = 0;
    for (const field of fields) {
      try {
        await this.#field(field, leading(field));
      } catch (error) {
        if (!(error instanceof FeatureError)) throw error;
        this.#skip(field.variable.name, error);
      }
      done += sizeOf(leading(field));
      progress?.(done, total);
    }
  }

  async #field(field: Field, leading: readonly number[]): Promise<void> {
    const { scope, variable, planeDims, nk } = field;
    const parameter = parameterOf(variable, this.options.get('units') === 'ignore');
    const shape = variable.shape.slice(-planeDims);
    const [nj, ni] = planeDims === 1 ? [1, shape[0]!] : [shape.at(-2)!, shape.at(-1)!];
    const grid = await gridOfField(scope, variable, [nj, ni], this.#descriptors);
    const wind = await windTurn(scope, variable, grid, [nj, ni]);
    const partner = wind && parameterOf(wind.partner, this.options.get('units') === 'ignore');
    const keysAt = await keyReader(scope, variable, {
      intervals: choice(this.options, 'intervals', ['length', 'ip'], 'length'),
      etiket: this.options.get('etiket') ?? 'POLYFST',
    });
    if (grid.grid !== undefined) await this.sink.grid(grid.grid);
    this.#noteUnits(variable, parameter.nomvar);
    const before = this.sink.records;
    const expected = numberOf(variable.attributes, 'fst_records');
    const isFull = expected === sizeOf(leading);
    for (const at of indices(leading)) {
      this.sink.signal.throwIfAborted();
      const raw = await this.#plane(field, at);
      if (raw === undefined) continue;
      const keys = await keysAt(at);
      const own = recordValues(variable, grid.arrange(raw), parameter, keys.packing);
      const beside = wind && (await this.source.slice(wind.partner, at));
      if (wind !== undefined && beside === undefined) continue;
      const { values, missing } =
        wind === undefined
          ? own
          : counted(
              await wind.turned(
                own.values as Float32Array,
                recordValues(wind.partner, grid.arrange(beside!), partner!, undefined).values as Float32Array,
              ),
            );
      // a cell that no record filled
      if (missing === values.length && !isFull) continue;
      await this.#record(field, grid, { ...keys, nomvar: parameter.nomvar }, values, missing, nk);
    }
    const wrote = this.sink.records - before;
    if (expected === undefined ? wrote < sizeOf(leading) : wrote < Math.min(expected, sizeOf(leading))) {
      this.lost.push({
        key: variable.name,
        detail: `${variable.name}: ${sizeOf(leading) - wrote} of ${sizeOf(leading)} planes hold no value and became no record.`,
      });
    }
  }

  /** Values without units are taken as those of the record; whoever converts must know. */
  #noteUnits(variable: CfVariable, nomvar: string): void {
    const { unit } = nativeParam(nomvar);
    if (variable.attributes['units'] !== undefined || ['unknown', '1'].includes(unit)) return;
    if (this.options.get('units') === 'ignore') return;
    this.lost.push({
      key: variable.name,
      detail: `${variable.name} has no units; its values are taken as ${unit}, the unit of ${nomvar}.`,
    });
  }

  async #plane({ variable, panel }: Field, at: readonly number[]): Promise<CfNumbers | undefined> {
    const one = await this.source.slice(variable, at);
    if (one === undefined || panel === undefined) return one;
    const other = await this.source.slice(panel, at);
    return other === undefined ? undefined : joined(one, other);
  }

  async #record(
    { variable }: Field,
    { keys: gridKeys }: ReadGrid,
    { packing, ...keys }: RecordKeys & { nomvar: string },
    values: FstField['values'],
    missing: number,
    nk: number,
  ): Promise<void> {
    const masked =
      textOf(variable, 'fst_missing') === 'mask' || (missing > 0 && this.options.get('missing') === 'mask');
    const { datyp, nbits } = this.#packingOf(variable, values, packing);
    const common: Omit<FstField, 'values'> = { ...keys, ...gridKeys, nk, nomvar: keys.nomvar };
    if (!masked || missing === 0) {
      await this.sink.add({
        ...common,
        values,
        datyp: missing > 0 ? datyp | 64 : datyp & ~64,
        nbits,
        ...this.#metadata(variable),
      });
      return;
    }
    const mask = Uint32Array.from(values as Float32Array, (value) => (Number.isNaN(value) ? 0 : 1));
    const plain = Float32Array.from(values as Float32Array, (value) => (Number.isNaN(value) ? 0 : value));
    const typvar = `${(keys.typvar ?? 'P')[0]}@`;
    await this.sink.add({ ...common, typvar, values: plain, datyp: datyp & ~64, nbits });
    await this.sink.descriptor({ ...common, typvar: '@@', values: mask, datyp: 2, nbits: 1 });
  }

  #metadata(variable: CfVariable): { readonly metadata?: string } {
    const metadata = textOf(variable, 'fst_extended_metadata');
    return metadata === undefined || this.sink.target.container !== 'rsf' ? {} : { metadata };
  }

  #packingOf(
    variable: CfVariable,
    values: FstField['values'],
    packing: number | undefined,
  ): { datyp: number; nbits: number } {
    if (packing !== undefined && keepsIntegers(variable, values as CfNumbers, packing))
      return { datyp: packing >> 8, nbits: packing & 255 };
    if (this.#packing !== undefined) return this.#packing;
    if (packing !== undefined) return { datyp: packing >> 8, nbits: packing & 255 };
    if (values instanceof Float64Array) return { datyp: 5, nbits: 64 };
    return { datyp: 134, nbits: 16 };
  }
}

/** Writes the fields of a dataset as records. Throws FeatureError when none can be written. */
export async function importCf(
  path: string,
  source: CfSource,
  out: FstTarget,
  options: ConvertOptions,
  signal: AbortSignal,
  progress?: ConvertProgress,
): Promise<ConvertReport> {
  const sink = new FstSink(out, signal);
  const work = new CfImport(path, source, sink, options);
  try {
    await work.run(progress);
    await sink.flush();
  } finally {
    await source.close();
  }
  if (sink.records === 0) {
    const [first] = work.skipped;
    throw new FeatureError(
      first?.code ?? 'record_not_found',
      first?.detail ?? `${path}: no variable lies on a grid of latitudes and longitudes.`,
    );
  }
  return { records: sink.records, skipped: work.skipped, lost: work.lost, bytes: await sink.bytes() };
}
