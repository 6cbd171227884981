/**
 * NetCDF-4 files (HDF5 with dimension scales) written as a stream: planes go to disk in the order in which they come, several
 * compressed at a time, and everything that describes them follows at the end. Memory: the planes under way, and 50 bytes a
 * chunk. What readers expect of the file: docs/conversions.md#netcdf.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { bytesOf, type CfDataset, type CfNumbers, type CfVariable, loadValues, sizeOf } from '../cf.js';
import { type Deflate, deflatedByZlib } from '../deflate-chunk.js';
import { encodeChunk, padded } from './chunks.js';
import { dimensionMessages, elementBytes, groupMessages, type HeapPlaces, variableMessages } from './headers.js';
import { type DimNode, type GroupNode, layoutOf, type VariableNode, walk } from './layout.js';
import type { Message } from './messages.js';
import {
  chunkTree,
  HEAP_ITEMS,
  headerSize,
  heapSize,
  objectHeader,
  referenceHeap,
  SUPERBLOCK_SIZE,
  superblock,
} from './structures.js';

export interface NetCdf4Options {
  /** level of deflate of fields and large coordinates; undefined: stored as they are */
  readonly level?: number;
  /** absent: zlib */
  readonly deflate?: Deflate;
}

export class NetCdf4Writer {
  readonly #root: GroupNode;
  readonly #deflate: Deflate;
  readonly #nodes = new Map<CfVariable, VariableNode>();
  #end = SUPERBLOCK_SIZE;

  private constructor(
    readonly file: FileHandle,
    dataset: CfDataset,
    options: NetCdf4Options,
  ) {
    this.#deflate = options.deflate ?? deflatedByZlib;
    this.#root = layoutOf(dataset, options.level);
    for (const group of walk(this.#root)) for (const node of group.variables) this.#nodes.set(node.variable, node);
  }

  /** Starts a new file. */
  static async create(path: string, dataset: CfDataset, options: NetCdf4Options = {}): Promise<NetCdf4Writer> {
    return new NetCdf4Writer(await open(path, 'wx'), dataset, options);
  }

  /** Room in the file, from an address that is a multiple of 8. */
  #allocate(size: number): number {
    const address = 8 * Math.ceil(this.#end / 8);
    this.#end = address + size;
    return address;
  }

  async #write(bytes: Uint8Array, address: number): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.file.write(bytes, at, bytes.length - at, address + at);
      at += bytesWritten;
    }
  }

  /** Writes one plane of a field; several may be under way at once, in any order. */
  async put(variable: CfVariable, cell: number, values: CfNumbers): Promise<void> {
    const node = this.#nodes.get(variable)!;
    if (variable.data.kind !== 'planes') throw new TypeError(`${variable.name} is no field`);
    const leading = variable.shape.length - variable.data.planeDims;
    const offset: number[] = new Array<number>(leading).fill(0);
    let rest = cell;
    for (let at = leading - 1; at >= 0; at--) {
      offset[at] = rest % variable.shape[at]!;
      rest = Math.floor(rest / variable.shape[at]!);
    }
    await this.#putBands(node, offset, values);
  }

  /** Writes a whole chunk of a field whose chunks are not its records; values beyond its edge are not looked at. */
  async putChunk(variable: CfVariable, place: readonly number[], values: CfNumbers): Promise<void> {
    const node = this.#nodes.get(variable)!;
    const bytes = await encodeChunk(bytesOf(values), elementBytes(node), node.level, this.#deflate);
    const address = this.#allocate(bytes.length);
    node.chunks.push({ address, bytes: bytes.length, offset: place.map((number, at) => number * node.chunk![at]!) });
    await this.#write(bytes, address);
  }

  /** Values that fill everything but the leading dimensions, cut into bands along the first of the others. */
  async #putBands(node: VariableNode, leading: readonly number[], values: CfNumbers): Promise<void> {
    const { variable, chunk, level, chunks } = node;
    const shape = variable.shape.slice(leading.length);
    const own = chunk!.slice(leading.length);
    const rowSize = sizeOf(shape.slice(1));
    const width = elementBytes(node);
    const rest = new Array<number>(shape.length - 1).fill(0);
    for (let row = 0; row < shape[0]!; row += own[0]!) {
      const band = values.subarray(row * rowSize, Math.min(row + own[0]!, shape[0]!) * rowSize) as CfNumbers;
      const bytes = await encodeChunk(padded(variable, band, sizeOf(own)), width, level, this.#deflate);
      const address = this.#allocate(bytes.length);
      chunks.push({ address, bytes: bytes.length, offset: [...leading, row, ...rest] });
      await this.#write(bytes, address);
    }
  }

  async #putValues(node: VariableNode, signal?: AbortSignal): Promise<void> {
    const values = await loadValues(node.variable, signal);
    if (Array.isArray(values)) {
      const width = elementBytes(node);
      const bytes = Buffer.alloc(width * values.length);
      for (const [n, text] of (values as readonly string[]).entries()) bytes.write(text, n * width);
      await this.#putContiguous(node, bytes);
      return;
    }
    const numbers = values as CfNumbers;
    if (node.chunk === undefined) await this.#putContiguous(node, bytesOf(numbers));
    else if (node.unlimited.indexOf(true) <= 0) await this.#putBands(node, [], numbers);
    else await this.#putPieces(node, numbers);
  }

  /** Values along a dimension that may grow and is not the first one: one chunk for each index of those before it. */
  async #putPieces(node: VariableNode, values: CfNumbers): Promise<void> {
    const { variable, chunk, chunks, unlimited } = node;
    const { shape } = variable;
    const from = unlimited.indexOf(true);
    const outer = sizeOf(shape.slice(0, from));
    const inner = sizeOf(shape.slice(from));
    const step = chunk![from]! * sizeOf(shape.slice(from + 1));
    for (let row = 0; row < shape[from]!; row += chunk![from]!) {
      const whole = new (values.constructor as new (length: number) => CfNumbers)(outer * step);
      for (let k = 0; k < outer; k++) {
        const start = k * inner + (row / chunk![from]!) * step;
        whole.set(values.subarray(start, Math.min(start + step, (k + 1) * inner)) as never, k * step);
      }
      const bytes = bytesOf(whole);
      const address = this.#allocate(bytes.length);
      const offset = shape.map((_, at) => (at === from ? row : 0));
      chunks.push({ address, bytes: bytes.length, offset });
      await this.#write(bytes, address);
    }
  }

  async #putContiguous(node: VariableNode, bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    node.place = this.#allocate(bytes.length);
    await this.#write(bytes, node.place);
  }

  /** Writes everything but fields, then what describes the file, and closes it. Returns its size. */
  async close(signal?: AbortSignal): Promise<number> {
    try {
      for (const node of this.#nodes.values()) {
        if (node.variable.data.kind !== 'planes') await this.#putValues(node, signal);
      }
      for (const node of this.#nodes.values()) await this.#putTree(node);
      await this.#putObjects();
      await this.file.sync();
      return this.#end;
    } finally {
      await this.file.close();
    }
  }

  /** Gives up: the file is of no use. */
  async abandon(): Promise<void> {
    await this.file.close();
  }

  async #putTree(node: VariableNode): Promise<void> {
    if (node.chunk === undefined || node.chunks.length === 0) return;
    const start = this.#allocate(0);
    const tree = chunkTree(node.chunks, node.chunk, elementBytes(node), start);
    this.#allocate(tree.bytes.length);
    node.place = tree.root;
    await this.#write(tree.bytes, start);
  }

  async #putObjects(): Promise<void> {
    const references: DimNode[] = [];
    for (const node of this.#nodes.values()) {
      node.references = references.length;
      if (!node.isScale) references.push(...node.dims);
    }
    const heapCount = Math.ceil(references.length / HEAP_ITEMS);
    const heaps: number[] = [];
    for (let heap = 0; heap < heapCount; heap++) {
      heaps.push(this.#allocate(heapSize(Math.min(HEAP_ITEMS, references.length - heap * HEAP_ITEMS))));
    }
    for (const { node, messages } of this.#objects(heaps)) node.address = this.#allocate(headerSize(messages));
    for (const { node, messages } of this.#objects(heaps)) await this.#write(objectHeader(messages), node.address);
    for (const [heap, address] of heaps.entries()) {
      const own = references.slice(heap * HEAP_ITEMS, (heap + 1) * HEAP_ITEMS);
      await this.#write(referenceHeap(own.map((dim) => dim.scale?.address ?? dim.address)), address);
    }
    // the last header may end in padding that was never written
    await this.file.truncate(this.#end);
    await this.#write(superblock(this.#end, this.#root.address), 0);
  }

  /** Objects in a fixed order; run once to place them and once more when their addresses are known. */
  *#objects(heaps: HeapPlaces): Generator<{ readonly node: { address: number }; readonly messages: Message[] }> {
    for (const group of walk(this.#root)) {
      for (const dim of group.dims) {
        if (dim.scale === undefined) yield { node: dim, messages: dimensionMessages(dim) };
      }
      for (const node of group.variables) yield { node, messages: variableMessages(node, heaps) };
    }
    for (const group of walk(this.#root)) yield { node: group, messages: groupMessages(group) };
  }
}
