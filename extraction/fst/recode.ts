/** Decoded values made ready for another packing, where nothing but precision that was asked away is lost. */
import { MISSING_FLAGS } from '../../schemas/number-array.js';
import { FeatureError } from '../../schemas/problem.js';
import type { FieldValues, FstArray } from './values.js';

const MISSING = 64;

/** Types whose values are numbers on one scale: reals 1, 5, 6 and integers 2, 4. Binary, text and complex records keep theirs. */
export const isReal = (datyp: number): boolean => [1, 5, 6].includes(datyp & 63);
export const isInteger = (datyp: number): boolean => [2, 4].includes(datyp & 63);

export interface Packing {
  readonly datyp: number;
  readonly nbits: number;
}

/** Values and type to be encoded. */
export interface Recoded extends Packing {
  readonly values: FstArray;
}

function refuse(why: string): never {
  throw new FeatureError('type_mismatch', why);
}

/** Numbers with NaN for missing points; exact, because 64-bit integers beyond 2^53 are refused. */
function numbers({ values, dtype, missing }: FieldValues): Float64Array {
  const flag = missing > 0 ? MISSING_FLAGS[dtype] : undefined;
  const out = new Float64Array(values.length);
  for (let at = 0; at < out.length; at++) {
    const value = values[at]!;
    out[at] = value === flag ? Number.NaN : Number(value);
    if (typeof value === 'bigint' && value !== flag && BigInt(out[at]!) !== value) {
      refuse('its 64-bit integers do not fit into floating point');
    }
  }
  return out;
}

function toReal(field: FieldValues, packing: Packing): FstArray {
  const exact = numbers(field);
  const single = Float32Array.from(exact);
  if (single.every((value, at) => Object.is(value, exact[at]) || value === exact[at])) return single;
  if ((packing.datyp & 63) === 5 && packing.nbits > 32) return exact;
  return refuse('its integers are too large for 32-bit floating point; ask for --datyp 5 --nbits 64');
}

/** 32-bit integers, which both containers hold; the narrowest of these that a packing needs is all it stores. */
function toInteger(field: FieldValues, packing: Packing): FstArray {
  const exact = numbers(field);
  const signed = (packing.datyp & 63) === 4;
  const bits = Math.min(32, packing.nbits);
  const [least, most] = signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
  const out = signed ? new Int32Array(exact.length) : new Uint32Array(exact.length);
  const flag = Number(MISSING_FLAGS[signed ? 'int32' : 'uint32']);
  for (let at = 0; at < out.length; at++) {
    const value = exact[at]!;
    const isMissing = Number.isNaN(value) && field.missing > 0;
    if (!isMissing && !(Number.isInteger(value) && value >= least && value <= most)) {
      refuse(`its value ${value} is no integer of ${bits} bits`);
    }
    out[at] = isMissing ? flag : value;
  }
  return out;
}

/**
 * Values for a packing. Throws FeatureError `type_mismatch` when they cannot be of the type: integers that floats cannot
 * hold, floats that are no integers, 64-bit integers that are larger than the type.
 */
export function recode(field: FieldValues, asked: Packing): Recoded {
  const packing = field.missing > 0 ? { ...asked, datyp: asked.datyp | MISSING } : asked;
  const { dtype, values } = field;
  const fromReal = dtype === 'float32' || dtype === 'float64';
  if (isReal(packing.datyp)) return { ...packing, values: fromReal ? values : toReal(field, packing) };
  const sameSign = dtype.startsWith('u') === ((packing.datyp & 63) === 2);
  const keeps = !fromReal && sameSign && values.BYTES_PER_ELEMENT < 8;
  return { ...packing, values: keeps ? values : toInteger(field, packing) };
}
