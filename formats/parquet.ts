/** Columns → a Parquet file. Times carry UTC, small integers their width, texts are strings; nothing needs a schema from the reader. */
import type { ColumnSource, KeyValue } from 'hyparquet-writer';
import { type TableColumn, validity } from './table-column.js';

const MOST_ROWS = 1_000_000;

type Element = NonNullable<Parameters<typeof import('hyparquet-writer').parquetWriteBuffer>[0]['schema']>[number];

/** Parquet's own words for a column's type. */
function element(column: TableColumn): Omit<Element, 'name' | 'repetition_type'> {
  switch (column.type) {
    case 'int8':
      return { type: 'INT32', converted_type: 'INT_8' };
    case 'int16':
      return { type: 'INT32', converted_type: 'INT_16' };
    case 'int32':
      return { type: 'INT32' };
    case 'uint8':
      return { type: 'INT32', converted_type: 'UINT_8' };
    case 'float32':
      return { type: 'FLOAT' };
    case 'float64':
      return { type: 'DOUBLE' };
    case 'int64':
      return { type: 'INT64' };
    case 'timestamp':
      return {
        type: 'INT64',
        converted_type: 'TIMESTAMP_MILLIS',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
      };
    case 'bool':
      return { type: 'BOOLEAN' };
    case 'text':
      return { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } };
    case 'binary':
      return { type: 'BYTE_ARRAY' };
  }
}

type Cell = number | bigint | string | boolean | Uint8Array | Date | null;

function cellOf(column: TableColumn): (row: number) => Cell {
  switch (column.type) {
    case 'int64':
      return (row) => BigInt(column.values[row]!);
    case 'timestamp':
      return (row) => new Date(column.values[row]!);
    case 'bool':
      return (row) => column.values[row] !== 0;
    case 'text':
      return (row) => column.texts[column.values[row]!]!;
    default:
      return (row) => column.values[row]!;
  }
}

function cells(column: TableColumn): Cell[] {
  const valid = validity(column);
  const cell = cellOf(column);
  const out = new Array<Cell>(column.values.length);
  for (let row = 0; row < out.length; row++) out[row] = valid !== undefined && valid[row] === 0 ? null : cell(row);
  return out;
}

function schemaOf(columns: readonly TableColumn[]): Element[] {
  return [
    { name: 'root', num_children: columns.length },
    ...columns.map((column): Element => {
      const optional = column.valid !== undefined || column.type === 'timestamp';
      return { name: column.name, ...element(column), repetition_type: optional ? 'OPTIONAL' : 'REQUIRED' };
    }),
  ];
}

const keyValues = (metadata: Readonly<Record<string, string>>): KeyValue[] =>
  Object.entries(metadata).map(([key, value]) => ({ key, value }));

/** Bytes of a Parquet file with the columns; `metadata` becomes its key-value metadata. */
export async function parquetBytes(
  columns: readonly TableColumn[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<Uint8Array> {
  // loaded when a file is asked for: most processes never write one
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  const schema = schemaOf(columns);
  const columnData = columns.map((column): ColumnSource => ({ name: column.name, data: cells(column) }));
  const kvMetadata = keyValues(metadata);
  return new Uint8Array(
    parquetWriteBuffer({ columnData, schema, kvMetadata, rowGroupSize: MOST_ROWS, createdBy: 'polyfst' }),
  );
}

/** A Parquet file in pieces: one row group for each of the given tables, which all have the same columns. */
export async function* parquetFile(
  tables: Iterable<readonly TableColumn[]>,
  metadata: Readonly<Record<string, string>> = {},
): AsyncGenerator<Uint8Array> {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const bytes = new ByteWriter();
  const taken = (): Uint8Array => {
    const piece = bytes.getBytes().slice();
    // what was handed over is forgotten; offsets go on
    bytes.index = 0;
    return piece;
  };
  let writer: InstanceType<typeof ParquetWriter> | undefined;
  for (const columns of tables) {
    writer ??= new ParquetWriter({
      writer: bytes,
      schema: schemaOf(columns),
      kvMetadata: keyValues(metadata),
      createdBy: 'polyfst',
    });
    const columnData = columns.map((column): ColumnSource => ({ name: column.name, data: cells(column) }));
    await writer.write({ columnData, rowGroupSize: MOST_ROWS });
    yield taken();
  }
  await writer?.finish();
  yield taken();
}
