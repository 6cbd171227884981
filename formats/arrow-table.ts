/** Columns → Arrow tables and IPC bytes. Numeric columns become Arrow buffers as they are; nothing is copied until bytes are asked for. */
import {
  Binary,
  Bool,
  type Data,
  type DataType,
  Dictionary,
  Field,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  Table,
  TimestampMillisecond,
  tableToIPC,
  Uint8,
  Utf8,
  Vector,
} from 'apache-arrow';
import { type TableColumn, validity } from './table-column.js';

export type { Table as ArrowTable } from 'apache-arrow';

/** One bit a row, lowest first. */
function bits(flags: Uint8Array): Uint8Array {
  const out = new Uint8Array((flags.length + 7) >> 3);
  for (let row = 0; row < flags.length; row++) if (flags[row] !== 0) out[row >> 3]! |= 1 << (row & 7);
  return out;
}

function wide(values: Float64Array): BigInt64Array {
  return BigInt64Array.from(values, (value) => (Number.isNaN(value) ? 0n : BigInt(value)));
}

/** Texts one after the other, and where each begins. */
function utf8(texts: readonly string[]): Data<Utf8> {
  const encoded = texts.map((text) => new TextEncoder().encode(text));
  const { data, valueOffsets } = joined(encoded);
  return makeData({ type: new Utf8(), data, valueOffsets, length: texts.length, nullCount: 0 });
}

function joined(parts: readonly Uint8Array[]): { data: Uint8Array; valueOffsets: Int32Array } {
  const valueOffsets = new Int32Array(parts.length + 1);
  for (const [at, part] of parts.entries()) valueOffsets[at + 1] = valueOffsets[at]! + part.byteLength;
  const data = new Uint8Array(valueOffsets[parts.length]!);
  for (const [at, part] of parts.entries()) data.set(part, valueOffsets[at]!);
  return { data, valueOffsets };
}

const dictionaries = new WeakMap<readonly string[], Vector<Utf8>>();

/** One dictionary for one list of texts: batches of a file must share theirs. */
function dictionaryOf(texts: readonly string[]): Vector<Utf8> {
  let dictionary = dictionaries.get(texts);
  if (dictionary === undefined) {
    dictionary = new Vector([utf8(texts)]);
    dictionaries.set(texts, dictionary);
  }
  return dictionary;
}

function dataOf(column: TableColumn, id: number): Data {
  const valid = validity(column);
  const nullCount = valid === undefined ? 0 : valid.reduce((count, flag) => count + (flag === 0 ? 1 : 0), 0);
  const base = { length: column.values.length, nullCount, ...(nullCount > 0 ? { nullBitmap: bits(valid!) } : {}) };
  switch (column.type) {
    case 'int8':
      return makeData({ ...base, type: new Int8(), data: column.values });
    case 'int16':
      return makeData({ ...base, type: new Int16(), data: column.values });
    case 'int32':
      return makeData({ ...base, type: new Int32(), data: column.values });
    case 'uint8':
      return makeData({ ...base, type: new Uint8(), data: column.values });
    case 'float32':
      return makeData({ ...base, type: new Float32(), data: column.values });
    case 'float64':
      return makeData({ ...base, type: new Float64(), data: column.values });
    case 'int64':
      return makeData({ ...base, type: new Int64(), data: wide(column.values) });
    case 'timestamp':
      return makeData({ ...base, type: new TimestampMillisecond('UTC'), data: wide(column.values) });
    case 'bool':
      return makeData({ ...base, type: new Bool(), data: bits(column.values) });
    case 'text': {
      const dictionary = dictionaryOf(column.texts);
      return makeData({ ...base, type: new Dictionary(new Utf8(), new Int32(), id), data: column.values, dictionary });
    }
    case 'binary':
      return makeData({ ...base, type: new Binary(), ...joined(column.values) });
  }
}

function batchOf(columns: readonly TableColumn[], metadata: Readonly<Record<string, string>>): RecordBatch {
  const children = columns.map(dataOf);
  const fields = columns.map(
    ({ name, valid, type }, at) =>
      new Field(name, children[at]!.type as DataType, valid !== undefined || type === 'timestamp'),
  );
  const schema = new Schema(fields, new Map(Object.entries(metadata)));
  const length = columns[0]?.values.length ?? 0;
  return new RecordBatch(schema, makeData({ type: new Struct(fields), children, length, nullCount: 0 }));
}

/** An Arrow table of one record batch over the columns' own buffers; all columns have the same number of rows. */
export function arrowTable(columns: readonly TableColumn[], metadata: Readonly<Record<string, string>> = {}): Table {
  const batch = batchOf(columns, metadata);
  return new Table(batch.schema, [batch]);
}

/** Arrow IPC bytes in pieces: a record batch for each of the given tables, which share their lists of texts. */
export async function* arrowBatches(
  tables: Iterable<readonly TableColumn[]>,
  form: 'file' | 'stream',
): AsyncGenerator<Uint8Array> {
  const writer = form === 'file' ? new RecordBatchFileWriter() : new RecordBatchStreamWriter();
  const pieces = writer[Symbol.asyncIterator]();
  const write = async (): Promise<void> => {
    for (const columns of tables) writer.write(batchOf(columns, {}));
    writer.finish();
  };
  const writing = write();
  for (let piece = await pieces.next(); piece.done !== true; piece = await pieces.next())
    yield piece.value as Uint8Array;
  await writing;
}

/** Arrow IPC bytes of a table, as a file or as a stream. */
export function arrowBytes(table: Table, form: 'file' | 'stream' = 'file'): Uint8Array {
  return tableToIPC(table, form);
}
