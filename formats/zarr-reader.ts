/** Zarr stores of either version as CF datasets that are read: groups, arrays, and slices put together from chunks. */
import { stat } from 'node:fs/promises';
import { FeatureError } from '../schemas/problem.js';
import {
  type CfAttribute,
  type CfDimension,
  type CfGroup,
  type CfNumbers,
  type CfValues,
  type CfVariable,
  newNumbers,
  sizeOf,
} from './cf.js';
import type { CfSource } from './cf-source.js';
import { type ArraySpec, arrayOfV2, arrayOfV3, decodeChunk, type JsonObject, objectOf } from './zarr-array.js';
import { openFolder, openZip, type ZarrKeys } from './zarr-store.js';

/** Decoded chunks that are kept: slices of one chunk follow each other. */
const KEPT_BYTES = 64 * 2 ** 20;

interface Node {
  readonly path: string;
  readonly attributes: JsonObject;
  readonly array: ArraySpec | undefined;
}

const parse = (bytes: Uint8Array): JsonObject => objectOf(JSON.parse(Buffer.from(bytes).toString('utf8')));

async function document(keys: ZarrKeys, key: string): Promise<JsonObject | undefined> {
  const bytes = await keys.get(key);
  return bytes === undefined ? undefined : parse(bytes);
}

const folderOf = (key: string): string => key.split('/').slice(0, -1).join('/');

async function nodesV3(keys: ZarrKeys, root: JsonObject): Promise<Node[]> {
  const found = new Map<string, JsonObject>([['', root]]);
  const inline = objectOf(objectOf(root['consolidated_metadata'])['metadata']);
  for (const [path, node] of Object.entries(inline)) found.set(path, objectOf(node));
  if (Object.keys(inline).length === 0) {
    for (const key of await keys.list()) {
      if (!key.endsWith('/zarr.json')) continue;
      const node = await document(keys, key);
      if (node !== undefined) found.set(folderOf(key), node);
    }
  }
  return [...found].map(([path, node]) => ({
    path,
    attributes: objectOf(node['attributes']),
    array: node['node_type'] === 'array' ? arrayOfV3(path, node) : undefined,
  }));
}

async function nodesV2(keys: ZarrKeys): Promise<Node[]> {
  const all = objectOf((await document(keys, '.zmetadata'))?.['metadata']);
  const documents = new Map<string, JsonObject>(Object.entries(all).map(([key, value]) => [key, objectOf(value)]));
  if (documents.size === 0) {
    for (const key of await keys.list()) {
      if (!/(^|\/)\.z(array|attrs|group)$/.test(key)) continue;
      const one = await document(keys, key);
      if (one !== undefined) documents.set(key, one);
    }
  }
  const nodes: Node[] = [];
  for (const [key, one] of documents) {
    const path = folderOf(key);
    const attributes = documents.get(path === '' ? '.zattrs' : `${path}/.zattrs`) ?? {};
    if (key.endsWith('.zgroup')) nodes.push({ path, attributes, array: undefined });
    else if (key.endsWith('.zarray')) nodes.push({ path, attributes, array: arrayOfV2(path, one, attributes) });
  }
  return nodes;
}

function attributeOf(name: string, value: unknown, dtype: string): CfAttribute | undefined {
  if (name === '_FillValue' && typeof value === 'string' && dtype.startsWith('float')) return encodedFill(value);
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  if (!Array.isArray(value)) return undefined;
  if (value.every((one) => typeof one === 'number')) return Float64Array.from(value as number[]);
  return value.every((one) => typeof one === 'string') ? JSON.stringify(value) : undefined;
}

/** Fill values of floats in version 3 are a float64 in base64, or a name. */
function encodedFill(text: string): number {
  if (text === 'NaN') return Number.NaN;
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === 8 ? bytes.readDoubleLE(0) : Number(text);
}

function attributesOf(attributes: JsonObject, dtype: string): Record<string, CfAttribute> {
  const out: Record<string, CfAttribute> = {};
  for (const [name, value] of Object.entries(attributes)) {
    const own = name === '_ARRAY_DIMENSIONS' ? undefined : attributeOf(name, value, dtype);
    if (own !== undefined) out[name] = own;
  }
  return out;
}

class ZarrSource implements CfSource {
  readonly dataset: CfGroup;
  readonly #arrays = new Map<CfVariable, ArraySpec>();
  readonly #kept = new Map<string, CfNumbers>();
  #keptBytes = 0;

  constructor(
    readonly path: string,
    readonly keys: ZarrKeys,
    nodes: readonly Node[],
  ) {
    this.dataset = this.#group('', nodes);
  }

  #group(path: string, nodes: readonly Node[]): CfGroup {
    const isChild = (node: Node): boolean => node.path !== '' && folderOf(node.path) === path;
    const own = nodes.find((node) => node.path === path && node.array === undefined);
    const variables = nodes
      .filter((node) => isChild(node) && node.array !== undefined)
      .map((node) => this.#variable(node));
    const dims = new Map<string, CfDimension>();
    for (const { dims: names, shape } of variables) {
      for (const [at, name] of names.entries()) dims.set(name, { name, size: shape[at]! });
    }
    return {
      name: path.split('/').at(-1)!,
      dims: [...dims.values()],
      variables,
      attributes: attributesOf(own?.attributes ?? {}, ''),
      groups: nodes
        .filter((node) => isChild(node) && node.array === undefined)
        .map((node) => this.#group(node.path, nodes)),
    };
  }

  #variable(node: Node): CfVariable {
    const array = node.array!;
    const attributes = attributesOf(node.attributes, array.dtype);
    // version 2 keeps the value of missing points here, and readers mask it
    if (array.version === 2 && array.fill !== undefined && !('_FillValue' in attributes))
      attributes['_FillValue'] = Number(array.fill);
    const variable: CfVariable = {
      name: node.path.split('/').at(-1)!,
      dtype: array.dtype,
      dims: array.dims,
      shape: array.shape,
      attributes,
      data: { kind: 'lazy', load: () => this.#load(variable) },
    };
    this.#arrays.set(variable, array);
    return variable;
  }

  async #load(variable: CfVariable): Promise<CfValues> {
    const array = this.#arrays.get(variable)!;
    if (array.dtype === 'string') return this.#texts(array);
    return (await this.slice(variable, [])) ?? filled(array, sizeOf(array.shape));
  }

  async #texts(array: ArraySpec): Promise<readonly string[]> {
    if (array.shape.some((extent, at) => extent > array.chunks[at]!)) {
      throw new FeatureError(
        'unsupported_type',
        `${this.path}: ${array.path} holds texts in several chunks; write it in one.`,
      );
    }
    const stored = await this.keys.get(array.keyOf(array.shape.map(() => 0)));
    return stored === undefined ? [] : array.texts(await array.plain(stored));
  }

  async slice(variable: CfVariable, leading: readonly number[]): Promise<CfNumbers | undefined> {
    const array = this.#arrays.get(variable)!;
    const { shape, chunks } = array;
    const from = shape.map((_, at) => leading[at] ?? 0);
    const extents = shape.map((extent, at) => (at < leading.length ? 1 : extent));
    let out: CfNumbers | undefined;
    const first = from.map((index, at) => Math.floor(index / chunks[at]!));
    const last = from.map((index, at) => Math.floor((index + Math.max(1, extents[at]!) - 1) / chunks[at]!));
    for (const place of places(first, last)) {
      const chunk = await this.#chunk(array, place);
      if (chunk === undefined) continue;
      out ??= filled(array, sizeOf(extents));
      copyChunk(
        out,
        extents,
        from,
        chunk,
        chunks,
        place.map((index, at) => index * chunks[at]!),
      );
    }
    return out;
  }

  async #chunk(array: ArraySpec, place: readonly number[]): Promise<CfNumbers | undefined> {
    const key = array.keyOf(place);
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const stored = await this.keys.get(key);
    if (stored === undefined) return undefined;
    const values = await decodeChunk(array, stored, this.path);
    this.#kept.set(key, values);
    this.#keptBytes += values.byteLength;
    for (const [old, one] of this.#kept) {
      if (this.#keptBytes <= KEPT_BYTES || old === key) break;
      this.#kept.delete(old);
      this.#keptBytes -= one.byteLength;
    }
    return values;
  }

  close(): Promise<void> {
    return this.keys.close();
  }
}

function filled(array: ArraySpec, count: number): CfNumbers {
  if (array.dtype === 'string') throw new TypeError('texts have no numbers');
  const out = newNumbers(array.dtype, count);
  if (array.fill !== undefined && array.fill !== 0) out.fill(array.fill as never);
  return out;
}

/** Index tuples between two corners, both included. */
function* places(first: readonly number[], last: readonly number[]): Generator<number[]> {
  const at = [...first];
  for (;;) {
    yield [...at];
    let dim = at.length - 1;
    while (dim >= 0 && at[dim]! >= last[dim]!) {
      at[dim] = first[dim]!;
      dim--;
    }
    if (dim < 0) return;
    at[dim]!++;
  }
}

/** Copies the part of a chunk that lies in a box. `from`: first index of the box, `start`: first index of the chunk. */
function copyChunk(
  out: CfNumbers,
  extents: readonly number[],
  from: readonly number[],
  chunk: CfNumbers,
  chunkShape: readonly number[],
  start: readonly number[],
): void {
  const rank = extents.length;
  if (rank === 0) {
    out.set(chunk.subarray(0, 1) as never);
    return;
  }
  const low = from.map((index, at) => Math.max(index, start[at]!));
  const high = from.map((index, at) => Math.min(index + extents[at]!, start[at]! + chunkShape[at]!) - 1);
  if (low.some((index, at) => index > high[at]!)) return;
  const run = high[rank - 1]! - low[rank - 1]! + 1;
  for (const place of places(low, [...high.slice(0, -1), low[rank - 1]!])) {
    let source = 0;
    let target = 0;
    for (let at = 0; at < rank; at++) {
      source = source * chunkShape[at]! + place[at]! - start[at]!;
      target = target * extents[at]! + place[at]! - from[at]!;
    }
    out.set(chunk.subarray(source, source + run) as never, target);
  }
}

/** Whether a folder or file is a Zarr store; `head`: its first bytes, empty for a folder. */
export async function isZarr(path: string, head: Uint8Array): Promise<boolean> {
  const isFolder = head.length === 0 && ((await stat(path).catch(() => undefined))?.isDirectory() ?? false);
  if (!isFolder && !(head[0] === 0x50 && head[1] === 0x4b)) return false;
  const keys = isFolder ? openFolder(path) : await openZip(path).catch(() => undefined);
  if (keys === undefined) return false;
  try {
    for (const key of ['zarr.json', '.zgroup', '.zmetadata']) if ((await keys.get(key)) !== undefined) return true;
    return false;
  } finally {
    await keys.close();
  }
}

/** Opens a store. Throws FeatureError `damaged_file` where no metadata are. */
export async function openZarr(path: string): Promise<CfSource> {
  const isFolder = (await stat(path)).isDirectory();
  const keys = isFolder ? openFolder(path) : await openZip(path);
  try {
    const root = await document(keys, 'zarr.json');
    const nodes = root === undefined ? await nodesV2(keys) : await nodesV3(keys, root);
    if (nodes.length === 0)
      throw new FeatureError(
        'damaged_file',
        `${path}: no Zarr metadata are there; give the folder that holds zarr.json or .zgroup.`,
      );
    return new ZarrSource(path, keys, nodes);
  } catch (error) {
    await keys.close();
    if (error instanceof FeatureError) throw error;
    throw new FeatureError('damaged_file', `${path}: the Zarr metadata cannot be read; write the store again.`, {
      cause: error,
    });
  }
}
