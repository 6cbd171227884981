/**
 * Reader of OM files, version 3 and the older single-array versions 1 and 2 (docs/formats/om.md). A read touches the chunks that its
 * ranges meet; neighbouring chunks are fetched together.
 */
import { checkRanges, chunkCounts, chunksIn, type OmRange, place, product } from './box.js';
import { lutGroup, lutGroups, readLutGroup } from './lut.js';
import { COMPRESSIONS, type OmArray, type OmVariable, parseRecord } from './records.js';
import { type ByteSource, openByteSource } from './source.js';
import { decodeChunk, makeValues, type OmValues } from './values.js';

/** A variable with its place in the tree. */
export interface OmNode {
  /** names joined by `/`, without the root's own; `` for the root */
  readonly path: string;
  readonly variable: OmVariable;
}

const TRAILER = 24;
const LEGACY_HEADER = 40;
const MAX_RECORD = 16 * 2 ** 20;
const MAX_NODES = 1_000_000;
const MAX_DEPTH = 64;
/** Chunks this close are fetched together, up to `MOST_FETCH` bytes. */
const GAP = 4096;
const MOST_FETCH = 4 * 2 ** 20;
const MAX_VALUES = 2 ** 31;

export class OmFile implements AsyncDisposable {
  readonly #groups = new Map<string, Promise<Float64Array>>();

  private constructor(
    readonly source: ByteSource,
    readonly nodes: readonly OmNode[],
    private readonly legacy: boolean,
  ) {}

  static async open(where: string, signal?: AbortSignal): Promise<OmFile> {
    return OmFile.over(where, await openByteSource(where, signal), signal);
  }

  /** Reads from a source of any kind, which is closed with the file; `where` names it in errors. */
  static async over(where: string, source: ByteSource, signal?: AbortSignal): Promise<OmFile> {
    try {
      const head = await source.read(0, Math.min(LEGACY_HEADER, source.size), signal);
      if (head.length < 3 || head[0] !== 0x4f || head[1] !== 0x4d)
        throw new RangeError(`${where}: not an OM file (it does not start with OM)`);
      if (head[2] === 1 || head[2] === 2) return new OmFile(source, [legacyNode(head)], true);
      if (head[2] !== 3) throw new RangeError(`${where}: OM version ${head[2]} is not known; versions 1 to 3 are read`);
      return new OmFile(source, await readTree(source, signal), false);
    } catch (error) {
      await source[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.source[Symbol.asyncDispose]();
  }

  /** Node of a path; `/` and `` are the root. */
  node(path: string): OmNode {
    const wanted = path.replace(/^\/+|\/+$/g, '');
    const found = this.nodes.find((node) => node.path === wanted);
    if (found === undefined)
      throw new RangeError(
        `no variable "${path}"; there are ${this.nodes
          .map((n) => `"${n.path}"`)
          .slice(0, 20)
          .join(', ')}`,
      );
    return found;
  }

  /** Values of an array in C order, all of it or the given ranges, and the shape that they have. */
  async read(
    path: string,
    ranges?: readonly OmRange[],
    signal?: AbortSignal,
  ): Promise<{ values: OmValues; shape: number[] }> {
    const { variable } = this.node(path);
    const { array, type } = variable;
    if (array === undefined)
      throw new RangeError(`"${path}" is a ${type === 'none' ? 'group' : 'scalar'}, not an array`);
    const box = checkRanges(path, array, ranges);
    const shape = box.map(([from, to]) => to - from);
    if (product(shape) > MAX_VALUES)
      throw new RangeError(`"${path}": ${product(shape)} values asked for; read it in parts`);
    if (array.compression === 'none')
      throw new RangeError(`"${path}" is stored without compression, which arrays cannot be`);
    const values = makeValues(type, product(shape));
    for await (const { index, bytes } of this.#chunks(array, box, signal))
      place(array, index, box, shape, values, (count, row) => {
        // a block of 128 values has at least one byte: what claims more would only fill memory
        if (count > 1 + 128 * bytes.length)
          throw new RangeError(`OM chunk of ${bytes.length} bytes for ${count} values; the file is damaged`);
        return decodeChunk(type, array, bytes, count, row);
      });
    return { values, shape };
  }

  /** Bytes of every chunk that the box meets, in order. */
  async *#chunks(
    array: OmArray,
    box: readonly OmRange[],
    signal?: AbortSignal,
  ): AsyncGenerator<{ index: number[]; bytes: Uint8Array }> {
    const counts = chunkCounts(array);
    let pending: { index: number[]; from: number; to: number }[] = [];
    const flush = async () => {
      const from = pending[0]!.from;
      const whole = await this.source.read(from, pending.at(-1)!.to - from, signal);
      const parts = pending.map((one) => ({ index: one.index, bytes: whole.subarray(one.from - from, one.to - from) }));
      pending = [];
      return parts;
    };
    for (const index of chunksIn(array, box)) {
      signal?.throwIfAborted();
      const number = index.reduce((all, at, d) => all * counts[d]! + at, 0);
      const [from, to] = await this.#extent(array, number, signal);
      const last = pending.at(-1);
      if (last !== undefined && (from < last.to || from - last.to > GAP || to - pending[0]!.from > MOST_FETCH))
        yield* await flush();
      pending.push({ index, from, to });
    }
    if (pending.length > 0) yield* await flush();
  }

  async #extent(array: OmArray, chunk: number, signal?: AbortSignal): Promise<[number, number]> {
    const from = await this.#entry(array, chunk, signal);
    const to = await this.#entry(array, chunk + 1, signal);
    if (!(from <= to && to <= this.source.size))
      throw new RangeError(
        `OM chunk ${chunk} lies at ${from}..${to} of ${this.source.size} bytes; the file is damaged`,
      );
    return [from, to];
  }

  async #entry(array: OmArray, entry: number, signal?: AbortSignal): Promise<number> {
    const chunks = product(chunkCounts(array));
    const group = lutGroup(entry);
    const key = `${array.lut.offset} ${group}`;
    let offsets = this.#groups.get(key);
    if (offsets === undefined) {
      offsets = this.legacy
        ? this.#legacyGroup(array, group, chunks, signal)
        : this.#group(array, group, chunks, signal);
      this.#groups.set(key, offsets);
      offsets.catch(() => this.#groups.delete(key));
    }
    return (await offsets)[entry - group * 64]!;
  }

  async #group(array: OmArray, group: number, chunks: number, signal?: AbortSignal): Promise<Float64Array> {
    const size = array.lut.size / lutGroups(chunks);
    if (!Number.isInteger(size))
      throw new RangeError(`OM look-up table of ${array.lut.size} bytes for ${chunks} chunks; the file is damaged`);
    return readLutGroup(await this.source.read(array.lut.offset + group * size, size, signal), group, chunks);
  }

  /** Old files: one plain 64-bit end of each chunk, counted from the end of the table. */
  async #legacyGroup(array: OmArray, group: number, chunks: number, signal?: AbortSignal): Promise<Float64Array> {
    const first = group * 64;
    const count = Math.min(64, chunks + 1 - first);
    const start = LEGACY_HEADER + 8 * chunks;
    const ends = first === 0 ? count - 1 : count;
    const bytes = await this.source.read(array.lut.offset + 8 * Math.max(0, first - 1), 8 * ends, signal);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Float64Array.from({ length: count }, (_, n) => {
      const at = first === 0 ? n - 1 : n;
      return start + (at < 0 ? 0 : Number(view.getBigUint64(8 * at, true)));
    });
  }
}

function legacyNode(head: Uint8Array): OmNode {
  if (head.length < LEGACY_HEADER) throw new RangeError('OM file ends in its header');
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const long = (at: number): number => Number(view.getBigUint64(at, true));
  const shape = [long(8), long(16)];
  const chunks = [long(24), long(32)];
  // version 1 knew one compression
  const compression = head[2] === 1 ? COMPRESSIONS[0] : COMPRESSIONS[head[3]!];
  if (compression === undefined) throw new RangeError(`OM compression ${head[3]} is not known`);
  checkShape(shape, chunks);
  const array: OmArray = {
    shape,
    chunks,
    compression,
    scaleFactor: view.getFloat32(4, true),
    addOffset: 0,
    lut: { offset: LEGACY_HEADER, size: 0 },
  };
  return { path: '', variable: { name: '', type: 'float32', array, children: [] } };
}

function checkShape(shape: readonly number[], chunks: readonly number[]): void {
  for (const [d, length] of shape.entries()) {
    if (!(length > 0 && chunks[d]! > 0))
      throw new RangeError(`OM array of shape ${shape} in chunks of ${chunks}; the file is damaged`);
  }
  if (!(product(shape) <= Number.MAX_SAFE_INTEGER)) throw new RangeError(`OM array of shape ${shape} is too large`);
}

async function readTree(source: ByteSource, signal?: AbortSignal): Promise<OmNode[]> {
  const trailer = await source.read(source.size - TRAILER, TRAILER, signal);
  if (trailer[0] !== 0x4f || trailer[1] !== 0x4d || trailer[2] !== 3)
    throw new RangeError('OM file without its trailer; it was not finished or is cut short');
  const view = new DataView(trailer.buffer, trailer.byteOffset, trailer.byteLength);
  const nodes: OmNode[] = [];
  const visit = async (offset: number, size: number, path: string, depth: number): Promise<void> => {
    if (size > MAX_RECORD || offset + size > source.size || depth > MAX_DEPTH || nodes.length >= MAX_NODES)
      throw new RangeError(`OM record at ${offset} of ${size} bytes; the file is damaged`);
    const variable = parseRecord(await source.read(offset, size, signal));
    if (variable.array !== undefined) checkShape(variable.array.shape, variable.array.chunks);
    const own = depth === 0 ? '' : path === '' ? variable.name : `${path}/${variable.name}`;
    nodes.push({ path: own, variable });
    for (const child of variable.children) await visit(child.offset, child.size, own, depth + 1);
  };
  await visit(Number(view.getBigUint64(8, true)), Number(view.getBigUint64(16, true)), '', 0);
  return nodes;
}
