/**
 * Tables of fixed-width columns ⇄ Arrow IPC files: the on-disk form of a run index, which Polars, pyarrow and DuckDB open as
 * it is. Reading copies nothing: columns are views of the file's bytes. Text columns are fixed-width blank-padded ASCII,
 * stored as Arrow strings of equal length. The only file that imports apache-arrow.
 */
import {
  type DataType,
  Field,
  Float64,
  Int8,
  Int32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableFromIPC,
  tableToIPC,
  Uint8,
  Uint16,
  Uint32,
  Utf8,
} from 'apache-arrow';
import { FeatureError } from '../schemas/problem.js';

/** Element types of columns; `text:n` is n ASCII characters a row. */
export type ColumnType = 'f64' | 'i32' | 'i8' | 'u32' | 'u16' | 'u8' | `text:${number}`;

export interface ColumnArrays {
  f64: Float64Array;
  i32: Int32Array;
  i8: Int8Array;
  u32: Uint32Array;
  u16: Uint16Array;
  u8: Uint8Array;
}

/** The array that holds a column. */
export type ColumnArray<T extends ColumnType> = T extends keyof ColumnArrays ? ColumnArrays[T] : Uint8Array;

/** Column names and types of a table, in order. */
export type TableShape = Readonly<Record<string, ColumnType>>;

/** Columns of a shape. */
export type Columns<S extends TableShape> = { readonly [K in keyof S]: ColumnArray<S[K]> };

const TYPES: Readonly<Record<keyof ColumnArrays, () => DataType>> = {
  f64: () => new Float64(),
  i32: () => new Int32(),
  i8: () => new Int8(),
  u32: () => new Uint32(),
  u16: () => new Uint16(),
  u8: () => new Uint8(),
};

const MAKERS: { readonly [K in keyof ColumnArrays]: (length: number) => ColumnArrays[K] } = {
  f64: (length) => new Float64Array(length),
  i32: (length) => new Int32Array(length),
  i8: (length) => new Int8Array(length),
  u32: (length) => new Uint32Array(length),
  u16: (length) => new Uint16Array(length),
  u8: (length) => new Uint8Array(length),
};

/** Characters a row of a text column, 0 for numbers. */
export function textWidth(type: ColumnType): number {
  return type.startsWith('text:') ? Number(type.slice(5)) : 0;
}

/** Columns of `count` rows, all zero. */
export function emptyColumns<S extends TableShape>(shape: S, count: number): Columns<S> {
  const columns: Record<string, unknown> = {};
  for (const [name, type] of Object.entries(shape)) {
    const width = textWidth(type);
    columns[name] = width > 0 ? new Uint8Array(count * width) : MAKERS[type as keyof ColumnArrays](count);
  }
  return columns as Columns<S>;
}

function dataOf(type: ColumnType, values: ArrayBufferView & { readonly length: number }, count: number) {
  const width = textWidth(type);
  if (width === 0) {
    const made = TYPES[type as keyof ColumnArrays]();
    return makeData({ type: made as Int32, data: values as unknown as Int32Array, length: count, nullCount: 0 });
  }
  const valueOffsets = Int32Array.from({ length: count + 1 }, (_, row) => row * width);
  return makeData({
    type: new Utf8(),
    data: values as unknown as Uint8Array,
    valueOffsets,
    length: count,
    nullCount: 0,
  });
}

/** One Arrow IPC file with one record batch; `metadata` becomes the schema's key-value metadata. */
export function encodeTable<S extends TableShape>(
  shape: S,
  columns: Columns<S>,
  count: number,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const children = Object.entries(shape).map(([name, type]) => dataOf(type, columns[name]!, count));
  const fields = Object.keys(shape).map((name, at) => new Field(name, children[at]!.type, false));
  const schema = new Schema(fields, new Map(Object.entries(metadata)));
  const data = makeData({ type: new Struct(fields), children, length: count, nullCount: 0 });
  return tableToIPC(new Table(schema, [new RecordBatch(schema, data)]), 'file');
}

export interface DecodedTable<S extends TableShape> {
  readonly columns: Columns<S>;
  readonly count: number;
  readonly metadata: ReadonlyMap<string, string>;
}

function damaged(detail: string, cause?: unknown): FeatureError {
  return new FeatureError('damaged_file', `run index: ${detail}; remove it and index again.`, { cause });
}

const MAGIC = 'ARROW1';

/** An IPC file begins and ends with the magic; apache-arrow takes bytes without it for a stream and finds nothing in it. */
function isWhole(bytes: Uint8Array): boolean {
  const at = (start: number) => String.fromCharCode(...bytes.subarray(start, start + MAGIC.length));
  return bytes.length > 2 * MAGIC.length && at(0) === MAGIC && at(bytes.length - MAGIC.length) === MAGIC;
}

function parse(bytes: Uint8Array): Table {
  if (!isWhole(bytes)) throw damaged('not a whole Arrow file');
  try {
    return tableFromIPC(bytes);
  } catch (error) {
    throw damaged('not an Arrow file', error);
  }
}

/**
 * Columns as views of `bytes` (which must not change afterwards and should start 8-byte aligned). Throws FeatureError
 * `damaged_file` unless every column of the shape is there with the type and length that the shape says.
 */
export function decodeTable<S extends TableShape>(shape: S, bytes: Uint8Array): DecodedTable<S> {
  const table = parse(bytes);
  const count = table.numRows;
  if (count > 0 && table.batches.length !== 1) throw damaged(`${table.batches.length} record batches`);
  const columns: Record<string, unknown> = emptyColumns(shape, 0);
  for (const [name, type] of Object.entries(shape)) {
    const expected = textWidth(type) > 0 ? new Utf8() : TYPES[type as keyof ColumnArrays]();
    const declared = table.schema.fields.find((field) => field.name === name)?.type;
    if (String(declared) !== String(expected)) throw damaged(`column ${name} is ${String(declared ?? 'missing')}`);
    if (count === 0) continue;
    const found = table.getChild(name)?.data[0];
    if (found === undefined || found.nullCount !== 0) throw damaged(`column ${name} has gaps`);
    const width = textWidth(type);
    const values = found.values.subarray(0, count * Math.max(1, width));
    const end = width > 0 ? found.valueOffsets[count] : count;
    if (values.length !== count * Math.max(1, width) || end !== values.length) throw damaged(`column ${name} is cut`);
    columns[name] = values;
  }
  return { columns: columns as Columns<S>, count, metadata: table.schema.metadata };
}
