/**
 * Values ⇄ the numbers of simple packing: value = (reference + token * 2^binary) / 10^decimal. Fields that were packed with a
 * common exponent get their own tokens back, so that nothing is lost (docs/formats/grib2.md#packing).
 */

import { FeatureError } from '../../schemas/problem.js';

/** A packed field; `tokens` has an entry a present point, in order. */
export interface Packed {
  readonly reference: number;
  readonly binary: number;
  readonly decimal: number;
  readonly bits: number;
  readonly tokens: Uint32Array;
  /** 1 a present point; absent when none is missing */
  readonly present?: Uint8Array;
  /** how far a packed value may lie from the given one, in the given unit; 0: the same bits */
  readonly error: number;
}

/** What a field asks of its packing. */
export interface PackingHint {
  /** bits a value that the field had; also those it gets when it has to be packed anew */
  readonly bits: number;
  /** tokens whose decoded value may differ by one unit in the last place (datyp 1) */
  readonly loose?: boolean;
  /** largest error wanted when packed anew, given unit */
  readonly accuracy?: number;
}

/** How values change on the way to the unit of the format. */
export type UnitChange =
  | { readonly kind: 'decimal'; readonly digits: number }
  | { readonly kind: 'offset'; readonly add: number }
  | { readonly kind: 'factor'; readonly by: number };

export const SAME_UNIT: UnitChange = { kind: 'decimal', digits: 0 };

const MOST_BITS = 32;

interface Present {
  readonly values: Float32Array;
  readonly present?: Uint8Array;
}

function present(values: Float32Array): Present {
  let missing = 0;
  for (let k = 0; k < values.length; k++) if (Number.isNaN(values[k]!)) missing++;
  if (missing === 0) return { values };
  const kept = new Float32Array(values.length - missing);
  const flags = new Uint8Array(values.length);
  let count = 0;
  for (let k = 0; k < values.length; k++) {
    const value = values[k]!;
    if (Number.isNaN(value)) continue;
    kept[count++] = value;
    flags[k] = 1;
  }
  return { values: kept, present: flags };
}

function extremes(values: Float32Array): readonly [number, number] {
  let least = Infinity;
  let most = -Infinity;
  for (let k = 0; k < values.length; k++) {
    const value = values[k]!;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return values.length === 0 ? [0, 0] : [least, most];
}

/** Smallest power of two by which a range fits into so many bits. */
function exponentFor(range: number, bits: number): number {
  let exponent = Math.ceil(Math.log2(range / (2 ** bits - 1)));
  while (range / 2 ** exponent > 2 ** bits - 1) exponent++;
  while (range / 2 ** (exponent - 1) <= 2 ** bits - 1) exponent--;
  return exponent;
}

/** Distance between neighbouring float32 numbers around a value. */
function ulp(value: number): number {
  const size = Math.max(Math.abs(value), 2 ** -126);
  return 2 ** (Math.floor(Math.log2(size)) - 23);
}

/** Tokens that give every value back, or undefined. */
function exactTokens(values: Float32Array, least: number, exponent: number, loose: boolean): Uint32Array | undefined {
  const scale = 2 ** -exponent;
  const step = 2 ** exponent;
  const tokens = new Uint32Array(values.length);
  for (let k = 0; k < values.length; k++) {
    const value = values[k]!;
    const token = Math.round((value - least) * scale);
    const back = least + token * step;
    if (back !== value && !(loose && Math.abs(back - value) <= ulp(value))) return undefined;
    tokens[k] = token;
  }
  return tokens;
}

/** Bits that the largest token needs, after powers of two that all tokens share are taken out. */
function narrowed(tokens: Uint32Array): { readonly bits: number; readonly shift: number } {
  let union = 0;
  for (let k = 0; k < tokens.length; k++) union |= tokens[k]!;
  union >>>= 0;
  if (union === 0) return { bits: 0, shift: 0 };
  const shift = 31 - Math.clz32(union & -union);
  if (shift > 0) for (let k = 0; k < tokens.length; k++) tokens[k] = tokens[k]! >>> shift;
  return { bits: 32 - Math.clz32(union) - shift, shift };
}

function rounded(values: Float32Array, least: number, exponent: number, most: number): Uint32Array {
  const scale = 2 ** -exponent;
  const tokens = new Uint32Array(values.length);
  for (let k = 0; k < values.length; k++) tokens[k] = Math.min(most, Math.round((values[k]! - least) * scale));
  return tokens;
}

type Plain = Omit<Packed, 'present' | 'decimal'>;

function pack(values: Float32Array, hint: PackingHint): Plain {
  const [least, most] = extremes(values);
  checkFinite(least, most);
  const range = most - least;
  const nothing = { reference: least, binary: 0, bits: 0, tokens: new Uint32Array(0), error: 0 };
  if (range === 0) return nothing;
  const wanted = Math.min(MOST_BITS, Math.max(1, hint.bits));
  const exponent = exponentFor(range, wanted);
  const exact = exactTokens(values, least, exponent, hint.loose === true);
  if (exact !== undefined) {
    const { bits, shift } = narrowed(exact);
    const error = hint.loose === true ? ulp(Math.max(-least, most)) : 0;
    return { reference: least, binary: exponent + shift, bits, tokens: exact, error };
  }
  const finest = hint.accuracy === undefined ? exponent : Math.floor(Math.log2(hint.accuracy));
  const binary = Math.max(finest, exponentFor(range, MOST_BITS));
  const bits = Math.max(1, Math.ceil(Math.log2(range / 2 ** binary + 1)));
  const tokens = rounded(values, least, binary, 2 ** bits - 1);
  return { reference: least, binary, bits, tokens, error: 2 ** binary / 2 };
}

/** Tokens of a range that is not finite do not exist. */
function checkFinite(least: number, most: number): void {
  if (Number.isFinite(most - least)) return;
  throw new FeatureError(
    'type_mismatch',
    'it holds infinite values, which simple packing has not; export it as netcdf.',
  );
}

/** Knots to metres a second: one bit more keeps every step of the old unit apart. */
function scaled(values: Float32Array, by: number, hint: PackingHint): Plain {
  const [least, most] = extremes(values);
  checkFinite(least, most);
  if (by === -1)
    return pack(
      values.map((value) => -value),
      hint,
    );
  const exponent = most > least ? exponentFor(most - least, hint.bits) - 1 : 0;
  const changed = values.map((value) => value * by);
  const [low, high] = extremes(changed);
  if (high === low) return { reference: low, binary: 0, bits: 0, tokens: new Uint32Array(0), error: 0 };
  const binary = Math.max(exponent, exponentFor(high - low, MOST_BITS));
  const bits = Math.max(1, Math.ceil(Math.log2((high - low) / 2 ** binary + 1)));
  const error = 2 ** binary / 2 / Math.abs(by);
  return { reference: low, binary, bits, tokens: rounded(changed, low, binary, 2 ** bits - 1), error };
}

/** Packs a field; NaN is missing. */
export function packValues(values: Float32Array, change: UnitChange, hint: PackingHint): Packed {
  const kept = present(values);
  const flags = kept.present === undefined ? {} : { present: kept.present };
  switch (change.kind) {
    case 'decimal': {
      const plain = pack(kept.values, hint);
      if (plain.bits > 0) return { ...plain, decimal: change.digits, ...flags };
      // readers differ on the decimal scale of constant fields
      return { ...plain, reference: Math.fround(plain.reference * 10 ** -change.digits), decimal: 0, ...flags };
    }
    case 'offset': {
      const plain = pack(kept.values, hint);
      const reference = Math.fround(plain.reference + change.add);
      return { ...plain, reference, decimal: 0, ...flags, error: plain.error + ulp(reference) / 2 };
    }
    case 'factor':
      return { ...scaled(kept.values, change.by, hint), decimal: 0, ...flags };
  }
}

/** Undoes a change of units. */
function inverse(change: UnitChange): (value: number) => number {
  switch (change.kind) {
    case 'decimal': {
      const by = 10 ** Math.abs(change.digits);
      return change.digits < 0 ? (value) => value / by : (value) => value * by;
    }
    case 'offset':
      return (value) => value - change.add;
    case 'factor':
      return (value) => value / change.by;
  }
}

/** Values in the unit that a change leads away from, in place. */
export function backToStored(values: Float32Array, change: UnitChange): Float32Array {
  const back = inverse(change);
  for (let k = 0; k < values.length; k++) values[k] = back(values[k]!);
  return values;
}

/**
 * Values of a packed field, missing points as NaN, in the unit that `change` leads away from. Everything is float64 until the
 * last step, and powers of ten cancel, so that what was packed exactly comes back exactly.
 */
export function unpackValues(
  packed: Omit<Packed, 'error'>,
  count: number,
  change: UnitChange = SAME_UNIT,
): Float32Array {
  const { reference, tokens, present: flags } = packed;
  const step = 2 ** packed.binary;
  const decimal = packed.decimal - (change.kind === 'decimal' ? change.digits : 0);
  const back = change.kind === 'decimal' ? (value: number) => value : inverse(change);
  const by = 10 ** Math.abs(decimal);
  const out = new Float32Array(count).fill(Number.NaN);
  let next = 0;
  for (let k = 0; k < count; k++) {
    if (flags !== undefined && flags[k] === 0) continue;
    const sum = reference + (packed.bits === 0 ? 0 : tokens[next++]!) * step;
    out[k] = back(decimal === 0 ? sum : decimal > 0 ? sum / by : sum * by);
  }
  return out;
}
