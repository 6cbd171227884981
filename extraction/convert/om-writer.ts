/**
 * A CF dataset as an OM file: groups as groups, fields as arrays with time last and fastest, coordinates without loss,
 * attributes as scalars below their variable, scalars as groups of those (docs/conversions.md#om).
 */
import {
  bytesOf,
  type CfAttribute,
  type CfAttributes,
  type CfDataset,
  type CfGroup,
  type CfNumbers,
  type CfVariable,
  groupsOf,
  loadValues,
  planeSize,
} from '../../formats/cf.js';
import type { OmValues } from '../../formats/om/values.js';
import { type OmRef, OmWriter } from '../../formats/om/write.js';
import type { PlaneWriter } from './cf-write.js';
import { type Accuracy, QuantumMeter } from './om-accuracy.js';
import { type Cube, SpoolFile } from './plane-spool.js';
import { rotatedWkt, SPHERE_WKT } from './raster-place.js';

/** Points along each side of a chunk, and steps: a short series of a few neighbours. */
const SIDE = 6;
const STEPS = 240;
/** Of coordinates, a piece of a row: readers of the field do not agree on float64 chunks of several rows that are read in part. */
const COORDINATE_CHUNK = 4096;
const BAND_BYTES = 96 * 2 ** 20;

/** The attribute that tells dimensions to readers; what CF calls `coordinates` stands under another name. */
const DIMENSIONS = 'coordinates';
export const AUXILIARY = 'auxiliary_coordinates';

interface Field {
  readonly cube: Cube;
  readonly meter: QuantumMeter;
}

export interface OmOptions {
  readonly accuracy: Accuracy;
  packingOf(row: number): { readonly datyp: number; readonly nbits: number };
}

const numeric = (variable: CfVariable) => variable.dtype as Exclude<CfVariable['dtype'], 'string'>;

/** Text of the projection of a dataset's root, for readers that go by it. */
function crsOf({ variables }: CfDataset): string | undefined {
  const mapping = variables.find(({ attributes }) => attributes['grid_mapping_name'] !== undefined)?.attributes;
  if (mapping === undefined) return undefined;
  const of = (name: string): number => Number(mapping[name]);
  if (mapping['grid_mapping_name'] === 'latitude_longitude') return SPHERE_WKT;
  if (mapping['grid_mapping_name'] !== 'rotated_latitude_longitude') return undefined;
  return rotatedWkt(of('grid_north_pole_latitude'), of('grid_north_pole_longitude'));
}

export class OmDatasetWriter implements PlaneWriter {
  readonly #fields = new Map<CfVariable, Field>();

  private constructor(
    private readonly om: OmWriter,
    private readonly spool: SpoolFile,
    private readonly dataset: CfDataset,
    private readonly options: OmOptions,
  ) {
    for (const { group } of groupsOf(dataset)) {
      for (const variable of group.variables) {
        if (variable.data.kind !== 'planes') continue;
        const { cells, plane } = planeSize(variable, variable.data);
        const rows = variable.data.planeDims === 1 ? plane : plane / variable.shape.at(-1)!;
        const cube = spool.cube(numeric(variable), cells, rows, plane / rows, variable.fill);
        this.#fields.set(variable, { cube, meter: new QuantumMeter() });
      }
    }
  }

  static async create(path: string, dataset: CfDataset, options: OmOptions): Promise<OmDatasetWriter> {
    return new OmDatasetWriter(await OmWriter.create(path), await SpoolFile.create(), dataset, options);
  }

  put = async (variable: CfVariable, cell: number, values: CfNumbers): Promise<void> => {
    const { cube, meter } = this.#fields.get(variable)!;
    const { data } = variable;
    if (data.kind === 'planes') {
      const { datyp, nbits } = this.options.packingOf(data.rows[cell]!);
      meter.add(values, datyp, nbits, data.scale !== undefined || data.offset !== undefined);
    }
    await cube.putPlane(cell, values);
  };

  async close(signal: AbortSignal): Promise<number> {
    const crs = crsOf(this.dataset);
    const root = await this.#group({ ...this.dataset, name: '' }, signal, crs === undefined ? {} : { crs_wkt: crs });
    const bytes = await this.om.finish(root);
    await this.spool[Symbol.asyncDispose]();
    return bytes;
  }

  async abandon(): Promise<void> {
    await this.om[Symbol.asyncDispose]();
    await this.spool[Symbol.asyncDispose]();
  }

  async #group(group: CfGroup, signal: AbortSignal, more: CfAttributes): Promise<OmRef> {
    const children: OmRef[] = [];
    for (const variable of group.variables) children.push(await this.#variable(variable, signal));
    for (const child of group.groups) children.push(await this.#group(child, signal, {}));
    children.push(...(await this.#attributes({ ...group.attributes, ...more })));
    return this.om.group(group.name, children);
  }

  async #attributes(attributes: CfAttributes): Promise<OmRef[]> {
    const refs: OmRef[] = [];
    for (const [name, value] of Object.entries(attributes)) {
      const plain = scalarOf(value);
      if (name !== '_FillValue' || !Number.isNaN(plain)) refs.push(await this.om.scalar(name, plain));
    }
    return refs;
  }

  async #variable(variable: CfVariable, signal: AbortSignal): Promise<OmRef> {
    signal.throwIfAborted();
    const field = this.#fields.get(variable);
    if (field !== undefined) return this.#field(variable, field);
    const values = await loadValues(variable, signal);
    if (variable.dtype === 'string') {
      const texts = { ...variable.attributes, [DIMENSIONS]: variable.dims.join(' '), value: JSON.stringify(values) };
      return this.om.group(variable.name, await this.#attributes(texts));
    }
    if (variable.shape.length === 0) {
      const value = scalarOf((values as CfNumbers).subarray(0, 1) as CfNumbers);
      return this.om.group(
        variable.name,
        await this.#attributes({ ...variable.attributes, value: asAttribute(value) }),
      );
    }
    return this.#coordinate(variable, values as CfNumbers);
  }

  async #children(variable: CfVariable, dims: readonly string[]): Promise<OmRef[]> {
    const { [DIMENSIONS]: auxiliary, ...attributes } = variable.attributes;
    const named = auxiliary === undefined ? attributes : { ...attributes, [AUXILIARY]: auxiliary };
    return [await this.om.scalar(DIMENSIONS, dims.join(' ')), ...(await this.#attributes(named))];
  }

  async #coordinate(variable: CfVariable, values: CfNumbers): Promise<OmRef> {
    const children = await this.#children(variable, variable.dims);
    const isReal = values instanceof Float32Array || values instanceof Float64Array;
    const chunks = variable.shape.map((extent, dim) =>
      dim === variable.shape.length - 1 ? Math.min(extent, COORDINATE_CHUNK) : 1,
    );
    const row = values.length / variable.shape[0]!;
    const slabs = function* (): Generator<OmValues> {
      for (let at = 0; at < variable.shape[0]!; at += chunks[0]!) {
        yield values.slice(at * row, (at + chunks[0]!) * row) as OmValues;
      }
    };
    const { name, shape } = variable;
    const compression = isReal ? 'fpx_xor_2d' : 'pfor_delta_2d';
    return this.om.array({ name, type: numeric(variable), shape, chunks, compression, children }, slabs());
  }

  async #field(variable: CfVariable, { cube, meter }: Field): Promise<OmRef> {
    if (variable.data.kind !== 'planes') throw new TypeError(`${variable.name} is no field`);
    const at = variable.shape.length - variable.data.planeDims;
    const turned = <T>(list: readonly T[]): T[] => [...list.slice(at), ...list.slice(0, at)];
    const children = await this.#children(variable, turned(variable.dims));
    const shape = turned(variable.shape);
    const planeDims = variable.data.planeDims;
    const bandRow = cube.columns * Math.max(1, cube.cells) * 8;
    const rows = Math.max(1, Math.min(SIDE, Math.floor(BAND_BYTES / bandRow)));
    const isWide = variable.dtype === 'float64';
    const chunks = shape.map((extent, dim) => {
      if (isWide && dim < shape.length - 1) return 1;
      if (dim === 0) return Math.min(extent, planeDims === 1 ? SIDE : rows);
      if (dim < planeDims) return Math.min(extent, SIDE);
      return dim === shape.length - 1 ? Math.min(extent, STEPS) : 1;
    });
    const isReal = variable.dtype === 'float32';
    const coding = isReal
      ? meter.coding(this.options.accuracy, textAttribute(variable.attributes['units']))
      : { compression: isWide ? ('fpx_xor_2d' as const) : ('pfor_delta_2d' as const) };
    // the rows of a cube are all dimensions of the plane but the last; a step of the first holds some of them
    const each = cube.rows / shape[0]!;
    const slabs = async function* (): AsyncGenerator<OmValues> {
      for (let from = 0; from < shape[0]!; from += chunks[0]!) {
        const to = Math.min(shape[0]!, from + chunks[0]!);
        yield (await cube.band(from * each, to * each)) as OmValues;
      }
    };
    return this.om.array({ name: variable.name, type: numeric(variable), shape, chunks, ...coding, children }, slabs());
  }
}

const textAttribute = (value: CfAttribute | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

const asAttribute = (value: string | number | bigint): CfAttribute =>
  typeof value === 'bigint' ? BigInt64Array.of(value) : value;

/** An attribute as a scalar; lists of numbers become text. */
function scalarOf(value: CfAttribute): string | number | bigint {
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (value.length !== 1 || bytesOf(value).length === 0)
    return Array.from(value as ArrayLike<number>, String).join(' ');
  const [only] = value;
  if (value instanceof Float32Array || value instanceof Float64Array) return Number(only);
  return BigInt(only!);
}
