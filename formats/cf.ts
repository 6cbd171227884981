/**
 * The CF dataset: what every gridded format is written from and read into. Groups of dimensions and variables, CF attributes,
 * and for each field variable which record fills which plane. Nothing here knows records, files or bytes.
 */

import type { NumberArray, NumberType } from '../schemas/number-array.js';

export type CfDtype = NumberType | 'string';

/** Values of a variable in C order. Texts where the dtype is `string`. */
export type CfNumbers = NumberArray;
export type CfValues = CfNumbers | readonly string[];

/** Text, a float64, or numbers of a type; an array of one is a scalar. */
export type CfAttribute = string | number | CfNumbers;
export type CfAttributes = Readonly<Record<string, CfAttribute>>;

export interface CfDimension {
  readonly name: string;
  readonly size: number;
  /** may grow: in NetCDF an unlimited dimension */
  readonly unlimited?: boolean;
}

/** Which elements of a record make its plane: `rows` runs of `columns` elements, `stride` apart, from element `start`. */
export interface PlaneWindow {
  readonly start: number;
  readonly stride: number;
  readonly columns: number;
  readonly rows: number;
}

/** Planes of a field: the trailing `planeDims` dimensions are one record, the leading ones number the cells in C order. */
export interface CfPlanes {
  readonly kind: 'planes';
  readonly planeDims: number;
  /** row of the record of each cell, -1 where there is none */
  readonly rows: Int32Array;
  /** row of the record's mask, -1 where it has none; absent: no masks at all */
  readonly masks?: Int32Array;
  readonly window: PlaneWindow;
  /** extents of the chunks that a format with chunks shall make; absent: one record a chunk */
  readonly chunks?: readonly number[];
  /** value = stored * scale + offset, in float64, rounded once */
  readonly scale?: number;
  readonly offset?: number;
  /**
   * Makes the values of a cell of those of its record, which are float32 with NaN where points are missing; `other` reads the
   * same points of another record. The values given stay as they are.
   */
  readonly derive?: (
    plane: Float32Array,
    cell: number,
    other: (row: number) => Promise<Float32Array>,
  ) => CfNumbers | Promise<CfNumbers>;
}

export type CfData =
  | CfPlanes
  | { readonly kind: 'values'; readonly values: CfValues }
  /** computed or read when it is needed, and then not kept */
  | { readonly kind: 'lazy'; load(signal?: AbortSignal): Promise<CfValues> };

export interface CfVariable {
  readonly name: string;
  readonly dtype: CfDtype;
  readonly dims: readonly string[];
  readonly shape: readonly number[];
  readonly attributes: CfAttributes;
  /** value of points that are missing; also the attribute `_FillValue` */
  readonly fill?: number | bigint;
  readonly data: CfData;
}

export interface CfGroup {
  /** empty for the root */
  readonly name: string;
  /** dimensions that this group defines; a variable may use those of the groups above too */
  readonly dims: readonly CfDimension[];
  readonly variables: readonly CfVariable[];
  readonly attributes: CfAttributes;
  readonly groups: readonly CfGroup[];
}

export type CfDataset = CfGroup;

export const DTYPE_BYTES: Readonly<Record<Exclude<CfDtype, 'string'>, number>> = {
  float32: 4,
  float64: 8,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
};

const MAKERS = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
} as const;

/** An array of a numeric dtype over bytes that are aligned for it. */
export function numbersOver(
  dtype: Exclude<CfDtype, 'string'>,
  buffer: ArrayBuffer,
  offset: number,
  count: number,
): CfNumbers {
  return new MAKERS[dtype](buffer, offset, count);
}

/** A new array of zeros. */
export function newNumbers(dtype: Exclude<CfDtype, 'string'>, count: number): CfNumbers {
  return new MAKERS[dtype](count);
}

/** Numbers as bytes in the order of the machine, which is little-endian wherever this runs. */
export function bytesOf(values: CfNumbers): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** The dtype of an array. */
export function dtypeOf(values: CfNumbers): Exclude<CfDtype, 'string'> {
  for (const [dtype, maker] of Object.entries(MAKERS)) {
    if (values instanceof maker) return dtype as Exclude<CfDtype, 'string'>;
  }
  throw new TypeError('not an array of numbers');
}

/** A group with its path: names joined by `/`, empty for the root. */
export interface PlacedGroup {
  readonly path: string;
  readonly group: CfGroup;
  /** from the root down, without itself */
  readonly above: readonly CfGroup[];
}

/** Groups, each before those below it. */
export function* groupsOf(group: CfGroup, path = '', above: readonly CfGroup[] = []): Generator<PlacedGroup> {
  yield { path, group, above };
  for (const child of group.groups) {
    yield* groupsOf(child, path === '' ? child.name : `${path}/${child.name}`, [...above, group]);
  }
}

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, extent) => size * extent, 1);
}

/** Values of a variable that is no field. */
export async function loadValues(variable: CfVariable, signal?: AbortSignal): Promise<CfValues> {
  const { data } = variable;
  if (data.kind === 'values') return data.values;
  if (data.kind === 'lazy') return data.load(signal);
  throw new TypeError(`${variable.name} is a field; its planes are read one by one`);
}

/** Extent of one plane of a field, and how many planes it has. */
export function planeSize(variable: CfVariable, planes: CfPlanes): { readonly plane: number; readonly cells: number } {
  const leading = variable.shape.length - planes.planeDims;
  return { plane: sizeOf(variable.shape.slice(leading)), cells: sizeOf(variable.shape.slice(0, leading)) };
}
