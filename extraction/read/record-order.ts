/**
 * The records of a group in the order of their files, as the native boundary takes them: columns that a batch is a stretch of.
 * Rows that plans share (plan-fields.ts) are ordered once.
 */
import type { FileSet } from '../../native/index.js';
import type { Container, RecordBatch } from '../../schemas/vocabulary.js';
import { fileSet } from '../catalogue/file-set.js';
import { type CubeRecords, type Datacube, recordsOf } from '../datacube.js';
import { isRemote } from '../store/remote-files.js';

export interface OrderedRecords {
  /** record slots of the group; `inOrder`: 0, 1, 2, … */
  readonly slots: Uint32Array;
  readonly inOrder: boolean;
  /** number in the cube's files of each record */
  readonly file: Uint32Array;
  readonly files: FileSet;
  /** number in `files` of each record */
  readonly fileOf: Uint32Array;
  readonly columns: Omit<RecordBatch, 'container'>;
  /** stretches whose records can be in one call: of one container, all in files or all in objects */
  readonly stretches: readonly { readonly to: number; readonly container: Container }[];
}

/** Slots by file and place in the file; undefined when they come that way. */
function fileOrder({ file, payloadOffset }: CubeRecords): Uint32Array | undefined {
  let sorted = true;
  for (let s = 1; sorted && s < file.length; s++)
    sorted = file[s]! > file[s - 1]! || (file[s] === file[s - 1] && payloadOffset[s]! >= payloadOffset[s - 1]!);
  if (sorted) return undefined;
  const order = new Uint32Array(file.length);
  for (let s = 0; s < order.length; s++) order[s] = s;
  return order.sort((a, b) => file[a]! - file[b]! || payloadOffset[a]! - payloadOffset[b]!);
}

function picked<T extends Uint8Array | Uint32Array | Float64Array>(column: T, order: Uint32Array): T {
  const out = new (column.constructor as new (length: number) => T)(order.length);
  for (let n = 0; n < order.length; n++) out[n] = column[order[n]!]!;
  return out;
}

/** Columns of some records, in their order, as a batch. */
export function columnsOf(records: Omit<RecordBatch, 'container'>, order: Uint32Array): Omit<RecordBatch, 'container'> {
  return {
    payloadOffset: picked(records.payloadOffset, order),
    payloadBytes: picked(records.payloadBytes, order),
    ni: picked(records.ni, order),
    nj: picked(records.nj, order),
    nk: picked(records.nk, order),
    datyp: picked(records.datyp, order),
    nbits: picked(records.nbits, order),
    dasiz: picked(records.dasiz, order),
  };
}

function stretchesOf(cube: Datacube, file: Uint32Array): OrderedRecords['stretches'] {
  const out: { to: number; container: Container }[] = [];
  let kind = '';
  for (let n = 0; n < file.length; n++) {
    if (n > 0 && file[n] === file[n - 1]) continue;
    const { container, path } = cube.files[file[n]!]!;
    const own = isRemote(path) ? `remote ${container}` : container;
    if (own !== kind) {
      if (out.length > 0) out[out.length - 1]!.to = n;
      out.push({ to: file.length, container });
    }
    kind = own;
  }
  return out;
}

function ordered(cube: Datacube, rows: Uint32Array): OrderedRecords {
  const records = recordsOf(cube, rows);
  const order = fileOrder(records);
  const file = order === undefined ? records.file : picked(records.file, order);
  return {
    inOrder: order === undefined,
    slots: order ?? Uint32Array.from(rows, (_, slot) => slot),
    file,
    ...fileSet(cube, file),
    columns: order === undefined ? records : columnsOf(records, order),
    stretches: stretchesOf(cube, file),
  };
}

interface Known {
  readonly cube: Datacube;
  readonly records: OrderedRecords;
}

const known = new WeakMap<Uint32Array, Known>();

/** Records of rows of the datacube; `isLasting`: the same array will be asked for again. */
export function orderedRecords(cube: Datacube, rows: Uint32Array, isLasting: boolean): OrderedRecords {
  const before = known.get(rows);
  if (before?.cube === cube) return before.records;
  const records = ordered(cube, rows);
  if (isLasting) known.set(rows, { cube, records });
  return records;
}

/** Records [from, to) of ordered ones as a batch. */
export function batchBetween({ columns }: OrderedRecords, container: Container, from: number, to: number): RecordBatch {
  return {
    container,
    payloadOffset: columns.payloadOffset.subarray(from, to),
    payloadBytes: columns.payloadBytes.subarray(from, to),
    ni: columns.ni.subarray(from, to),
    nj: columns.nj.subarray(from, to),
    nk: columns.nk.subarray(from, to),
    datyp: columns.datyp.subarray(from, to),
    nbits: columns.nbits.subarray(from, to),
    dasiz: columns.dasiz.subarray(from, to),
  };
}
