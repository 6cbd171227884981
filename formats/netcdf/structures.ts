/** HDF5 structures around the messages: object headers, the tree of chunks, the heap of references, the superblock. */
import { aligned, ByteWriter, UNDEFINED_ADDRESS } from './bytes.js';
import { lookup3 } from './checksum.js';
import { MESSAGE, type Message } from './messages.js';

/** Order of attributes is kept and indexed; the header says its size in 4 bytes. */
const HEADER_FLAGS = 0x02 | 0x04 | 0x08;
const PREFIX = 10;
const MESSAGE_HEAD = 6;

/** Bytes that an object header takes in the file. */
export function headerSize(messages: readonly Message[]): number {
  return aligned(PREFIX + messages.reduce((sum, { body }) => sum + MESSAGE_HEAD + body.length, 0) + 4);
}

/** An object header: one chunk with all messages. */
export function objectHeader(messages: readonly Message[]): Uint8Array {
  const size = messages.reduce((sum, { body }) => sum + MESSAGE_HEAD + body.length, 0);
  const out = new ByteWriter().letters('OHDR').u8(2, HEADER_FLAGS).u32(size);
  let order = 0;
  for (const { type, body } of messages) {
    if (body.length > 0xffff) throw new RangeError(`a header message of ${body.length} bytes is too long for HDF5`);
    out
      .u8(type)
      .u16(body.length)
      .u8(0)
      .u16(type === MESSAGE.attribute ? order++ : 0)
      .bytes(body);
  }
  return out.u32(lookup3(out.done())).done();
}

/** A stored chunk: where, how many bytes, and the index of its first element along each dimension. */
export interface StoredChunk {
  readonly address: number;
  readonly bytes: number;
  readonly offset: readonly number[];
}

/** Half the number of children of a node, as the library assumes where the file does not say. */
const HALF_NODE = 32;
const MOST_CHILDREN = 2 * HALF_NODE;

interface Child {
  readonly address: number;
  readonly first: StoredChunk;
  readonly last: StoredChunk;
}

function putKey(out: ByteWriter, bytes: number, offset: readonly number[], element: number): void {
  out.u32(bytes).u32(0);
  for (const index of offset) out.u64(index);
  out.u64(element);
}

const nodeSize = (rank: number): number => 24 + (MOST_CHILDREN + 1) * (8 + 8 * (rank + 1)) + MOST_CHILDREN * 8;

export interface ChunkTree {
  readonly bytes: Uint8Array;
  readonly root: number;
}

function compare(one: StoredChunk, other: StoredChunk): number {
  for (let at = 0; at < one.offset.length; at++) {
    if (one.offset[at] !== other.offset[at]) return one.offset[at]! - other.offset[at]!;
  }
  return 0;
}

/** The index of a variable's chunks as nodes from `start` on. `chunk`: extents of a chunk. */
export function chunkTree(
  chunks: StoredChunk[],
  chunk: readonly number[],
  elementBytes: number,
  start: number,
): ChunkTree {
  const size = nodeSize(chunk.length);
  const sorted = chunks.sort(compare);
  const out = new ByteWriter();
  let level = 0;
  let children: Child[] = sorted.map((one) => ({ address: one.address, first: one, last: one }));
  for (;;) {
    const parents: Child[] = [];
    const nodes = Math.ceil(children.length / MOST_CHILDREN);
    const firstAddress = start + out.length;
    for (let node = 0; node < nodes; node++) {
      const own = children.slice(node * MOST_CHILDREN, (node + 1) * MOST_CHILDREN);
      const address = firstAddress + node * size;
      const begin = out.length;
      out.letters('TREE').u8(1, level).u16(own.length);
      out
        .u64(node === 0 ? UNDEFINED_ADDRESS : address - size)
        .u64(node === nodes - 1 ? UNDEFINED_ADDRESS : address + size);
      for (const child of own) {
        putKey(out, child.first.bytes, child.first.offset, 0);
        out.u64(child.address);
      }
      const next = children[(node + 1) * MOST_CHILDREN];
      const { last } = own.at(-1)!;
      if (next !== undefined) putKey(out, next.first.bytes, next.first.offset, 0);
      else
        putKey(
          out,
          0,
          last.offset.map((index, at) => index + chunk[at]!),
          elementBytes,
        );
      out.zeros(size - (out.length - begin));
      parents.push({ address, first: own[0]!.first, last });
    }
    if (parents.length === 1) return { bytes: out.done(), root: parents[0]!.address };
    children = parents;
    level++;
  }
}

/** Bytes of the tree of a number of chunks. */
export function chunkTreeSize(count: number, rank: number): number {
  let nodes = 0;
  for (let children = count; ; ) {
    children = Math.ceil(children / MOST_CHILDREN);
    nodes += children;
    if (children <= 1) return nodes * nodeSize(rank);
  }
}

const HEAP_HEAD = 16;
const HEAP_ITEM = 24;
/** Items of one collection of the heap: their numbers have 16 bits. */
export const HEAP_ITEMS = 4096;

/** Bytes of a heap collection of that many references. */
export function heapSize(items: number): number {
  return Math.max(4096, aligned(HEAP_HEAD + items * HEAP_ITEM + HEAP_HEAD));
}

/** A collection of object references, numbered from 1. */
export function referenceHeap(addresses: readonly number[]): Uint8Array {
  const size = heapSize(addresses.length);
  const out = new ByteWriter().letters('GCOL').u8(1, 0, 0, 0).u64(size);
  for (const [at, address] of addresses.entries())
    out
      .u16(at + 1)
      .u16(1)
      .u32(0)
      .u64(8)
      .u64(address);
  const free = size - out.length;
  out.u16(0).u16(0).u32(0).u64(free);
  return out.zeros(size - out.length).done();
}

export const SUPERBLOCK_SIZE = 48;

export function superblock(endOfFile: number, root: number): Uint8Array {
  const out = new ByteWriter().u8(0x89).letters('HDF\r\n\x1a\n').u8(2, 8, 8, 0);
  out.u64(0).u64(UNDEFINED_ADDRESS).u64(endOfFile).u64(root);
  return out.u32(lookup3(out.done())).done();
}
