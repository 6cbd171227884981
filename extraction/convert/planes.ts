/**
 * Records decoded into planes of a CF variable: cut to the variable's points, masked, converted to its type and unit. Whole
 * batches of a file go through one native call.
 */
import { type CfNumbers, type CfPlanes, type CfVariable, newNumbers } from '../../formats/cf.js';
import * as native from '../../native/index.js';
import { MISSING_FLAGS } from '../../schemas/number-array.js';
import { FeatureError } from '../../schemas/problem.js';
import type { RecordBatch } from '../../schemas/vocabulary.js';
import { onCore } from '../fst/scanned-file.js';
import { typedView } from '../fst/values.js';
import { batchOf } from '../grid/descriptor-reader.js';
import type { DataFile, RunColumns } from '../run-index.js';
import { payloadRanges, sourceOf } from '../store/data-source.js';

/** Records and the files that hold them. */
export interface PlaneTable {
  readonly columns: RunColumns;
  readonly count: number;
  fileOf(row: number): DataFile;
}

/** Decoded values of a record, in its own type or as float32, and the flag that stands for a missing integer. */
export interface RawField {
  readonly values: CfNumbers;
  readonly missingFlag?: number | bigint;
}

function failure(table: PlaneTable, row: number, status: number): FeatureError {
  const { path } = table.fileOf(row);
  return new FeatureError(
    'decode_failed',
    `${path}: record ${table.columns.row[row]} cannot be decoded (code ${status}); its bytes are damaged.`,
    {
      data: { file: path, row: table.columns.row[row], errno: status },
    },
  );
}

function columnsFor(table: PlaneTable, rows: readonly number[]): RecordBatch {
  return batchOf({ ...table.columns, count: table.count }, table.fileOf(rows[0]!).container, rows);
}

/** Fields of rows of one file as float32, or in the type that each record holds. A record that cannot be decoded is an error. */
export async function decodeRows(
  table: PlaneTable,
  rows: readonly number[],
  asFloat32: boolean,
  signal?: AbortSignal,
): Promise<(RawField | FeatureError)[]> {
  const source = await sourceOf(table.fileOf(rows[0]!), payloadRanges(table.columns, rows), signal);
  const batch = columnsFor(table, rows);
  if (!asFloat32) {
    const decoded = await onCore(() => native.decodeNative(source, batch), signal);
    return rows.map((row, n) => {
      if (decoded.status[n] !== 0) return failure(table, row, decoded.status[n]!);
      const dtype = decoded.dtype[n]!;
      const values = typedView(decoded.bytes.subarray(decoded.start[n]!, decoded.start[n + 1]!), dtype);
      const flag = (table.columns.datyp[row]! & 64) === 0 ? undefined : MISSING_FLAGS[dtype];
      return flag === undefined ? { values } : { values, missingFlag: flag };
    });
  }
  const { values, status } = await onCore(() => native.decode(source, batch), signal);
  let at = 0;
  return rows.map((row, n) => {
    const start = at;
    at += batch.ni[n]! * batch.nj[n]! * batch.nk[n]!;
    return status[n] === 0 ? { values: values.subarray(start, at) } : failure(table, row, status[n]!);
  });
}

function isWindowWhole({ window }: CfPlanes, count: number): boolean {
  return window.start === 0 && window.columns === window.stride && window.rows * window.columns === count;
}

/** The elements of a record that lie in the window. */
function cut(planes: CfPlanes, raw: CfNumbers): CfNumbers {
  const { start, stride, columns, rows } = planes.window;
  if (columns === stride) return raw.subarray(start, start + rows * columns) as CfNumbers;
  const out = new (raw.constructor as new (length: number) => CfNumbers)(rows * columns);
  for (let row = 0; row < rows; row++) {
    const from = start + row * stride;
    out.set(raw.subarray(from, from + columns) as never, row * columns);
  }
  return out;
}

/** The plane of a record. `mask` holds 0 where a point is missing. */
export function planeOf(variable: CfVariable, planes: CfPlanes, raw: RawField, mask?: RawField): CfNumbers {
  if (variable.dtype === 'string') throw new TypeError('a field has no texts');
  const own = isWindowWhole(planes, raw.values.length) ? raw.values : cut(planes, raw.values);
  const { scale = 1, offset = 0 } = planes;
  const converts = scale !== 1 || offset !== 0;
  const sameType = own.constructor === newNumbers(variable.dtype, 0).constructor;
  const fill = variable.fill;
  const flag = raw.missingFlag;
  const plain = sameType && !converts && mask === undefined;
  const replaces = typeof fill === 'number' && !Number.isNaN(fill) && variable.dtype === 'float32';
  if (plain && replaces) return (own as Float32Array).map((value) => (Number.isNaN(value) ? fill : value));
  if (plain && (flag === undefined || fill === undefined || flag === fill)) return own;
  const out = newNumbers(variable.dtype, own.length);
  const wide = out instanceof BigInt64Array || out instanceof BigUint64Array;
  for (let k = 0; k < own.length; k++) {
    const value = own[k]!;
    if (flag !== undefined && value === flag && fill !== undefined) out[k] = fill;
    else if (replaces && Number.isNaN(value)) out[k] = fill;
    else if (converts) out[k] = Number(value) * scale + offset;
    else out[k] = wide ? BigInt(value) : Number(value);
  }
  if (mask !== undefined && fill !== undefined) {
    const valid = isWindowWhole(planes, mask.values.length) ? mask.values : cut(planes, mask.values);
    for (let k = 0; k < out.length; k++) if (!(Number(valid[k]) !== 0)) out[k] = fill;
  }
  return out;
}

/** A plane where no record is. */
export function emptyPlane(variable: CfVariable, count: number): CfNumbers {
  if (variable.dtype === 'string') throw new TypeError('a field has no texts');
  const out = newNumbers(variable.dtype, count);
  if (variable.fill !== undefined && variable.fill !== 0) out.fill(variable.fill as never);
  return out;
}

/** The mask of a cell's record; undefined for none. Throws the coded error of one that cannot be decoded. */
async function maskOf(
  table: PlaneTable,
  planes: CfPlanes,
  cell: number,
  signal: AbortSignal | undefined,
): Promise<RawField | undefined> {
  const row = planes.masks?.[cell] ?? -1;
  if (row < 0) return undefined;
  const [mask] = await decodeRows(table, [row], true, signal);
  if (mask instanceof FeatureError) throw mask;
  return mask;
}

/** The plane of a cell whose record is decoded: cut, masked, converted and derived. */
export async function finishedPlane(
  table: PlaneTable,
  variable: CfVariable,
  planes: CfPlanes,
  cell: number,
  raw: RawField,
  signal?: AbortSignal,
): Promise<CfNumbers> {
  const mask = await maskOf(table, planes, cell, signal);
  const { derive } = planes;
  if (derive === undefined) return planeOf(variable, planes, raw, mask);
  const plain = { ...variable, dtype: 'float32' as const, fill: Number.NaN };
  const other = async (row: number): Promise<Float32Array> => {
    const [field] = await decodeRows(table, [row], true, signal);
    if (field instanceof FeatureError) throw field;
    return planeOf(plain, planes, field!, mask) as Float32Array;
  };
  return derive(planeOf(plain, planes, raw, mask) as Float32Array, cell, other);
}

/** One plane, decoded by itself. Throws the coded error of a record that cannot be decoded. */
export async function readPlane(
  table: PlaneTable,
  variable: CfVariable,
  cell: number,
  signal?: AbortSignal,
): Promise<CfNumbers | undefined> {
  const { data } = variable;
  if (data.kind !== 'planes') throw new TypeError(`${variable.name} is no field`);
  const row = data.rows[cell]!;
  if (row < 0) return undefined;
  const [raw] = await decodeRows(table, [row], isFloat(variable), signal);
  if (raw instanceof FeatureError) throw raw;
  return finishedPlane(table, variable, data, cell, raw!, signal);
}

/** Whether the values of a variable are decoded as float32. */
export function isFloat({ dtype, data }: CfVariable): boolean {
  return dtype === 'float32' || (data.kind === 'planes' && data.derive !== undefined);
}
