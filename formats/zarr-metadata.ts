/**
 * Zarr metadata of a CF dataset, versions 2 and 3, with consolidated metadata: over HTTP nothing can be listed, so readers need
 * it. One record is one chunk; everything else is one chunk an array.
 */
import {
  type CfAttribute,
  type CfAttributes,
  type CfDataset,
  type CfGroup,
  type CfVariable,
  groupsOf,
  planeSize,
} from './cf.js';
import type { Deflate } from './deflate-chunk.js';
import { NUMPY_TYPES } from './npy.js';

export type ZarrVersion = 2 | 3;

export interface ZarrOptions {
  /** level of gzip of the chunks; undefined: stored as they are */
  readonly gzip?: number;
  /** absent: zlib */
  readonly deflate?: Deflate;
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = Readonly<Record<string, Json>>;

/** Longest text of a version 2 array of texts. */
export function textWidth(values: readonly string[]): number {
  return Math.max(1, ...values.map((text) => Buffer.byteLength(text)));
}

function attributeJson(value: CfAttribute): Json {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  const list = Array.from(value as ArrayLike<number | bigint>, Number);
  return list.length === 1 ? list[0]! : list;
}

/** Extents of a chunk. */
export function chunkShape(variable: CfVariable): readonly number[] {
  const { data, shape } = variable;
  if (data.kind === 'planes' && data.chunks !== undefined) return data.chunks;
  const leading = data.kind === 'planes' ? shape.length - data.planeDims : 0;
  return shape.map((extent, at) => (at < leading ? 1 : Math.max(1, extent)));
}

/** Names of dimensions that a reader of version 3 cannot be given: it has no stable type for their variables. */
const isText = (variable: CfVariable): boolean => variable.dtype === 'string';

/** Variables of a group as a version can hold them. Texts of version 3 are a list in the attributes of their dimension. */
export function zarrVariables(group: CfGroup, version: ZarrVersion): CfVariable[] {
  if (version === 2) return [...group.variables];
  const texts = group.variables.filter(isText);
  if (texts.length === 0) return [...group.variables];
  const gone = new Set(texts.map(({ name }) => name));
  return group.variables.filter((one) => !isText(one)).map((one) => withoutNames(one, gone));
}

function withoutNames(variable: CfVariable, gone: ReadonlySet<string>): CfVariable {
  const { coordinates } = variable.attributes;
  if (typeof coordinates !== 'string') return variable;
  const kept = coordinates.split(' ').filter((name) => !gone.has(name));
  if (kept.length === coordinates.split(' ').length) return variable;
  return { ...variable, attributes: { ...variable.attributes, coordinates: kept.join(' ') } };
}

/** Lists of texts that version 3 keeps in attributes, by dimension. */
function textLists(group: CfGroup, dim: string): JsonObject {
  const lists: Record<string, Json> = {};
  for (const { name, dims, data, dtype } of group.variables) {
    if (dtype === 'string' && data.kind === 'values' && dims.length === 1 && dims[0] === dim) {
      lists[name] = [...(data.values as readonly string[])];
    }
  }
  return lists;
}

/** Attributes; the fill value has a place of its own, except that readers of version 3 look for that of integers here. */
function attributesOf(variable: CfVariable, version: ZarrVersion): Record<string, Json> {
  const out: Record<string, Json> = {};
  for (const [key, value] of Object.entries(variable.attributes)) {
    if (key === '_FillValue' && (version === 2 || variable.dtype.startsWith('float'))) continue;
    out[key] = attributeJson(value);
  }
  return out;
}

const plainAttributes = (attributes: CfAttributes): JsonObject =>
  Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, attributeJson(value)]));

function fillOf({ fill, dtype }: CfVariable, version: ZarrVersion): Json {
  if (fill === undefined) return version === 2 ? null : 0;
  const value = Number(fill);
  return dtype.startsWith('float') ? (Number.isNaN(value) ? 'NaN' : value) : value;
}

function arrayV2(variable: CfVariable, { gzip }: ZarrOptions): JsonObject {
  const { dtype, data } = variable;
  const width = data.kind === 'values' && dtype === 'string' ? textWidth(data.values as readonly string[]) : 1;
  return {
    zarr_format: 2,
    shape: variable.shape,
    chunks: chunkShape(variable),
    dtype: dtype === 'string' ? `|S${width}` : NUMPY_TYPES[dtype],
    compressor: gzip === undefined ? null : { id: 'gzip', level: gzip },
    fill_value: dtype === 'string' ? null : fillOf(variable, 2),
    order: 'C',
    filters: null,
    dimension_separator: '.',
  };
}

function arrayV3(variable: CfVariable, group: CfGroup, { gzip }: ZarrOptions): JsonObject {
  return {
    zarr_format: 3,
    node_type: 'array',
    shape: variable.shape,
    data_type: variable.dtype,
    chunk_grid: { name: 'regular', configuration: { chunk_shape: chunkShape(variable) } },
    chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
    fill_value: fillOf(variable, 3),
    codecs: [
      { name: 'bytes', configuration: { endian: 'little' } },
      ...(gzip === undefined ? [] : [{ name: 'gzip', configuration: { level: gzip } }]),
    ],
    attributes: { ...attributesOf(variable, 3), ...textLists(group, variable.name) },
    dimension_names: variable.dims,
    storage_transformers: [],
  };
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}/${name}`);

/** Metadata documents by key. */
export function zarrMetadata(
  dataset: CfDataset,
  version: ZarrVersion,
  options: ZarrOptions = {},
): Map<string, JsonObject> {
  return version === 2 ? metadataV2(dataset, options) : metadataV3(dataset, options);
}

function metadataV2(dataset: CfDataset, options: ZarrOptions): Map<string, JsonObject> {
  const documents = new Map<string, JsonObject>();
  for (const { path, group } of groupsOf(dataset)) {
    documents.set(join(path, '.zgroup'), { zarr_format: 2 });
    documents.set(join(path, '.zattrs'), plainAttributes(group.attributes));
    for (const variable of group.variables) {
      const at = join(path, variable.name);
      documents.set(`${at}/.zarray`, arrayV2(variable, options));
      documents.set(`${at}/.zattrs`, { ...attributesOf(variable, 2), _ARRAY_DIMENSIONS: variable.dims });
    }
  }
  documents.set('.zmetadata', { zarr_consolidated_format: 1, metadata: Object.fromEntries(documents) });
  return documents;
}

function metadataV3(dataset: CfDataset, options: ZarrOptions): Map<string, JsonObject> {
  const nodes = new Map<string, JsonObject>();
  for (const { path, group } of groupsOf(dataset)) {
    nodes.set(path, { zarr_format: 3, node_type: 'group', attributes: plainAttributes(group.attributes) });
    for (const variable of zarrVariables(group, 3))
      nodes.set(join(path, variable.name), arrayV3(variable, group, options));
  }
  const documents = new Map<string, JsonObject>();
  for (const [path, node] of nodes) {
    if (node['node_type'] === 'array') {
      documents.set(join(path, 'zarr.json'), node);
      continue;
    }
    const below = [...nodes].filter(([other]) => other !== path && (path === '' || other.startsWith(`${path}/`)));
    const metadata = Object.fromEntries(
      below.map(([other, one]) => [path === '' ? other : other.slice(path.length + 1), one]),
    );
    documents.set(join(path, 'zarr.json'), {
      ...node,
      consolidated_metadata: { kind: 'inline', must_understand: false, metadata },
    });
  }
  return documents;
}

/** What a chunk key names: an array and the number of its chunk in C order. */
export interface ChunkRef {
  readonly variable: CfVariable;
  readonly cell: number;
}

/** Key of a chunk. Arrays that are one chunk have all zeros. */
export function chunkKey(path: string, variable: CfVariable, cell: number, version: ZarrVersion): string {
  return placedKey(path, variable, chunkIndices(variable, cell), version);
}

/** Key of the chunk at a place among the chunks of an array. */
export function placedKey(
  path: string,
  variable: CfVariable,
  numbers: readonly number[],
  version: ZarrVersion,
): string {
  const at = join(path, variable.name);
  if (version === 2) return `${at}/${numbers.length === 0 ? '0' : numbers.join('.')}`;
  return [`${at}/c`, ...numbers].join('/');
}

function chunkIndices({ shape, data }: CfVariable, cell: number): number[] {
  const leading = data.kind === 'planes' ? shape.length - data.planeDims : 0;
  const numbers = new Array<number>(shape.length).fill(0);
  let rest = cell;
  for (let at = leading - 1; at >= 0; at--) {
    numbers[at] = rest % shape[at]!;
    rest = Math.floor(rest / shape[at]!);
  }
  return numbers;
}

/** Arrays of a dataset by their path, for looking chunks up. */
export function arraysByPath(dataset: CfDataset, version: ZarrVersion): ReadonlyMap<string, CfVariable> {
  const arrays = new Map<string, CfVariable>();
  for (const { path, group } of groupsOf(dataset)) {
    for (const variable of zarrVariables(group, version)) arrays.set(join(path, variable.name), variable);
  }
  return arrays;
}

const WHOLE = /^(0|[1-9][0-9]{0,8})$/;

/** The chunk of a key; undefined for a key that names none. */
export function findChunk(
  arrays: ReadonlyMap<string, CfVariable>,
  key: string,
  version: ZarrVersion,
): ChunkRef | undefined {
  const parts = key.split('/');
  const at = version === 2 ? parts.length - 1 : parts.lastIndexOf('c');
  if (at < 1) return undefined;
  const variable = arrays.get(parts.slice(0, at).join('/'));
  if (variable === undefined) return undefined;
  const texts = version === 2 ? parts[at]!.split('.') : parts.slice(at + 1);
  if (version === 2 && variable.shape.length === 0) return texts.join('.') === '0' ? { variable, cell: 0 } : undefined;
  if (texts.length !== variable.shape.length || !texts.every((text) => WHOLE.test(text))) return undefined;
  const numbers = texts.map(Number);
  const chunks = chunkShape(variable);
  if (numbers.some((number, n) => number >= Math.max(1, Math.ceil(variable.shape[n]! / chunks[n]!)))) return undefined;
  const leading = variable.data.kind === 'planes' ? variable.shape.length - variable.data.planeDims : 0;
  const cell = numbers.slice(0, leading).reduce((sum, number, n) => sum * variable.shape[n]! + number, 0);
  return { variable, cell };
}

/** Number of chunks of an array. */
export function chunkCount(variable: CfVariable): number {
  return variable.data.kind === 'planes' ? planeSize(variable, variable.data).cells : 1;
}

/** Texts as the fixed-width bytes of version 2. */
export function textBytes(values: readonly string[]): Uint8Array {
  const width = textWidth(values);
  const bytes = new Uint8Array(width * values.length);
  for (const [n, text] of values.entries()) bytes.set(new TextEncoder().encode(text), n * width);
  return bytes;
}
