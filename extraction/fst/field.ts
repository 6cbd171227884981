/** Fields to be written: what a user gives, with everything that may be left out, and the record that it becomes. */
import type { NativeField } from '../../native/index.js';
import { FeatureError } from '../../schemas/problem.js';
import { metadataText } from './extended-metadata.js';
import { isoToStamp, msToStamp } from './time.js';
import type { FstArray } from './values.js';

/** A field and its keys. Left out: numbers are 0, `typvar` P, `etiket` blank, `grtyp` X, `nj` and `nk` 1. */
export interface FstField {
  readonly nomvar: string;
  /** ni*nj*nk values, i fastest; complex fields (datyp 8) as (real, imaginary) pairs */
  readonly values: FstArray;
  readonly ni: number;
  readonly nj?: number;
  readonly nk?: number;
  readonly typvar?: string;
  readonly etiket?: string;
  readonly grtyp?: string;
  readonly ip1?: number;
  readonly ip2?: number;
  readonly ip3?: number;
  readonly ig1?: number;
  readonly ig2?: number;
  readonly ig3?: number;
  readonly ig4?: number;
  /** seconds */
  readonly deet?: number;
  readonly npas?: number;
  /** origin: CMC stamp, ISO text or Date */
  readonly dateo?: number | string | Date;
  /** packing asked for (docs/formats/packing.md); default: the type of the array without loss */
  readonly datyp?: number;
  readonly nbits?: number;
  /** extended metadata, kept by RSF only */
  readonly metadata?: Readonly<Record<string, unknown>> | string;
}

/** Packing that keeps every bit of an array: IEEE floats, unsigned and signed integers of their own width. */
function losslessType(values: FstArray): { readonly datyp: number; readonly nbits: number } {
  const nbits = values.BYTES_PER_ELEMENT * 8;
  if (values instanceof Float32Array || values instanceof Float64Array) return { datyp: 5, nbits };
  const signed =
    values instanceof Int8Array ||
    values instanceof Int16Array ||
    values instanceof Int32Array ||
    values instanceof BigInt64Array;
  return { datyp: signed ? 4 : 2, nbits };
}

/** CMC stamp of a date in any of its forms. */
export function stampOf(date: number | string | Date): number {
  if (typeof date === 'number') return date;
  return typeof date === 'string' ? isoToStamp(date) : msToStamp(date.getTime());
}

const LENGTHS = { nomvar: 4, typvar: 2, etiket: 12, grtyp: 1 } as const;

function text(field: FstField, key: keyof typeof LENGTHS, fallback: string): string {
  const value = field[key] ?? fallback;
  if (value.length <= LENGTHS[key] && /^[\x20-\x7e]*$/.test(value)) return value;
  throw new FeatureError(
    'bad_value',
    `${key} "${value.slice(0, 40)}": a ${key} has at most ${LENGTHS[key]} characters of ASCII; give a shorter one.`,
  );
}

function whole(field: FstField, key: keyof FstField & string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new FeatureError(
    'bad_value',
    `${key} ${value} of ${field.nomvar}: give a whole number from ${least} to ${most}.`,
  );
}

/** Throws FeatureError `bad_value` for a key that no record can hold, `bad_dimensions` for values that do not fill the extents. */
export function nativeField(field: FstField): NativeField {
  const key = (name: 'ip1' | 'ip2' | 'ip3' | 'ig1' | 'ig2' | 'ig3' | 'ig4' | 'deet' | 'npas'): number =>
    whole(field, name, field[name] ?? 0, -(2 ** 31), 2 ** 31 - 1);
  const extent = (name: 'ni' | 'nj' | 'nk'): number => whole(field, name, field[name] ?? 1, 1, 2 ** 32 - 1);
  const [ni, nj, nk] = [extent('ni'), extent('nj'), extent('nk')];
  if (!ArrayBuffer.isView(field.values)) {
    throw new FeatureError(
      'bad_value',
      `values of ${field.nomvar}: not a typed array; give a Float32Array or another.`,
    );
  }
  const lossless = losslessType(field.values);
  const datyp = whole(field, 'datyp', field.datyp ?? lossless.datyp, 0, 255);
  const nbits = whole(field, 'nbits', field.nbits ?? (field.datyp === undefined ? lossless.nbits : 32), 1, 64);
  return {
    nomvar: text(field, 'nomvar', ''),
    typvar: text(field, 'typvar', 'P'),
    etiket: text(field, 'etiket', ''),
    grtyp: text(field, 'grtyp', 'X'),
    ip1: key('ip1'),
    ip2: key('ip2'),
    ip3: key('ip3'),
    ni,
    nj,
    nk,
    deet: key('deet'),
    npas: key('npas'),
    ig1: key('ig1'),
    ig2: key('ig2'),
    ig3: key('ig3'),
    ig4: key('ig4'),
    dateo: stampOf(field.dateo ?? 0),
    datyp,
    nbits,
    values: field.values,
    ...(field.metadata === undefined ? {} : { metadata: metadataText(field.metadata) }),
  };
}
