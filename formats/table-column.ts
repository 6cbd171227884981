/** Columns of tables that are exported, whatever the format: arrays of numbers, and for some a byte a row that says whether there is a value. */

/** 1 where the row has a value, 0 where it is null; absent: every row has one. */
interface Nullable {
  readonly valid?: Uint8Array;
}

export type TableColumn = { readonly name: string } & Nullable &
  (
    | { readonly type: 'int8'; readonly values: Int8Array }
    | { readonly type: 'int16'; readonly values: Int16Array }
    | { readonly type: 'int32'; readonly values: Int32Array }
    | { readonly type: 'uint8'; readonly values: Uint8Array }
    | { readonly type: 'float32'; readonly values: Float32Array }
    | { readonly type: 'float64'; readonly values: Float64Array }
    /** whole numbers below 2^53 in size */
    | { readonly type: 'int64'; readonly values: Float64Array }
    /** ms since the epoch, UTC; NaN is null */
    | { readonly type: 'timestamp'; readonly values: Float64Array }
    /** 0 or 1 */
    | { readonly type: 'bool'; readonly values: Uint8Array }
    /** numbers of `texts` */
    | { readonly type: 'text'; readonly values: Int32Array; readonly texts: readonly string[] }
    /** bytes a row, for example WKB */
    | { readonly type: 'binary'; readonly values: readonly Uint8Array[] }
  );

/** Rows without a value: as the column says, and NaN in timestamps. */
export function validity(column: TableColumn): Uint8Array | undefined {
  if (column.type !== 'timestamp') return column.valid;
  const valid = Uint8Array.from(column.values, (ms) => (Number.isNaN(ms) ? 0 : 1));
  return valid.includes(0) ? valid : column.valid;
}
