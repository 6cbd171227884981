/**
 * Stacks of fields as Arrow IPC files: one column of fixed-shape tensors (Arrow's canonical extension type
 * `arrow.fixed_shape_tensor`), a row for each index of the first dimension.
 */
import { setImmediate as turn } from 'node:timers/promises';
import {
  type DataType,
  Field,
  FixedSizeList,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  Schema,
  Struct,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
} from 'apache-arrow';
import type { NumberArray, NumberType } from '../schemas/number-array.js';

const TYPES: Readonly<Record<NumberType, () => DataType>> = {
  float32: () => new Float32(),
  float64: () => new Float64(),
  int8: () => new Int8(),
  int16: () => new Int16(),
  int32: () => new Int32(),
  int64: () => new Int64(),
  uint8: () => new Uint8(),
  uint16: () => new Uint16(),
  uint32: () => new Uint32(),
  uint64: () => new Uint64(),
};

/** Encoded rows that may wait for a slow reader. */
const MOST_WAITING = 64 * 2 ** 20;

export interface TensorColumn {
  readonly name: string;
  readonly type: NumberType;
  /** of one row */
  readonly shape: readonly number[];
  /** names of the dimensions of a row */
  readonly dims: readonly string[];
  /** kept beside the column */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Arrow IPC bytes in pieces; `rows` yields the values of one row after the other, in C order. */
export async function* tensorFile(
  { name, type, shape, dims, metadata }: TensorColumn,
  rows: AsyncIterable<NumberArray>,
): AsyncGenerator<Uint8Array> {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const list = new FixedSizeList(size, new Field('item', TYPES[type](), true));
  const extension = new Map([
    ...Object.entries(metadata),
    ['ARROW:extension:name', 'arrow.fixed_shape_tensor'] as const,
    ['ARROW:extension:metadata', JSON.stringify({ shape, dim_names: dims })] as const,
  ]);
  const schema = new Schema([new Field(name, list, false, extension)]);
  const writer = new RecordBatchFileWriter();
  const pieces = writer[Symbol.asyncIterator]();
  let waiting = 0;
  const write = async (): Promise<void> => {
    for await (const values of rows) {
      const child = makeData({ type: TYPES[type](), length: size, nullCount: 0, data: values } as never);
      const column = makeData({ type: list, length: 1, nullCount: 0, child } as never);
      const data = makeData({ type: new Struct(schema.fields), length: 1, nullCount: 0, children: [column] } as never);
      writer.write(new RecordBatch(schema, data as never));
      waiting += values.byteLength;
      while (waiting > MOST_WAITING) await turn();
    }
    writer.finish();
  };
  const writing = write();
  writing.catch((error: unknown) => writer.abort(error));
  for (let piece = await pieces.next(); piece.done !== true; piece = await pieces.next()) {
    const bytes = piece.value as Uint8Array;
    waiting = Math.max(0, waiting - bytes.byteLength);
    yield bytes;
  }
  await writing;
}
