/**
 * How exactly values go into an OM array: by what was asked, by a table of what units are worth, or by the quantum of the
 * records, so that nothing of what they resolve is lost (docs/conversions.md#om).
 */
import type { CfNumbers } from '../../formats/cf.js';
import type { OmCompression } from '../../formats/om/records.js';
import { FeatureError } from '../../schemas/problem.js';
import type { ConvertOptions } from './formats.js';
import { choice } from './options.js';

/** Accuracy asked for: a number in the unit of the values, `quantum`: that of the records; undefined: as the unit deserves. */
export type Accuracy = number | 'quantum' | undefined;

/** Steps that are small beside the errors of forecasts; units that are not here get the quantum of the records. */
const STEPS: Readonly<Record<string, number>> = {
  K: 0.05,
  degC: 0.05,
  kt: 0.1,
  'm s-1': 0.1,
  '%': 1,
  hPa: 0.1,
  Pa: 10,
  dam: 0.1,
  m: 0.0001,
  'kg m-2': 0.1,
  'W m-2': 1,
};

/** Throws FeatureError `bad_value`. */
export function accuracyOption(options: ConvertOptions): Accuracy {
  const lossless = choice(options, 'lossless', ['fst', 'no'], 'no') === 'fst';
  const text = options.get('accuracy');
  if (text === undefined) return lossless ? 'quantum' : undefined;
  const value = Number(text);
  if (lossless) throw new FeatureError('bad_value', '--set accuracy: leave it out beside lossless=fst.');
  if (text.trim() !== '' && value > 0 && Number.isFinite(value)) return value;
  throw new FeatureError(
    'bad_value',
    `--set accuracy=${text.slice(0, 40)}: give a number above 0, in the unit of the values.`,
  );
}

/** Least power of two of which all values are multiples; Infinity for zeros alone. */
function lowestBit(values: Float32Array): number {
  const words = new Int32Array(values.buffer, values.byteOffset, values.length);
  let least = Infinity;
  for (const word of words) {
    const exponent = (word >>> 23) & 255;
    const mantissa = exponent === 0 ? word & 0x7fffff : (word & 0x7fffff) | 0x800000;
    if (exponent === 255 || mantissa === 0) continue;
    const own = Math.max(exponent, 1) - 150 + (31 - Math.clz32(mantissa & -mantissa));
    if (own < least) least = own;
  }
  return 2 ** least;
}

/** Parts of a step of type 1 that are kept apart, so that the same tokens are found again. */
const PARTS_OF_STEP = 8;

/** Follows the planes of a variable: extremes, and the finest quantum of the records that have one. */
export class QuantumMeter {
  #least = Infinity;
  #most = -Infinity;
  #quantum = Infinity;
  #isPacked = true;

  /** `converts`: the values are no longer those that were packed. */
  add(values: CfNumbers, datyp: number, nbits: number, converts: boolean): void {
    if (!(values instanceof Float32Array)) return;
    let [least, most] = [Infinity, -Infinity];
    for (const value of values) {
      if (value < least) least = value;
      if (value > most) most = value;
    }
    if (least < this.#least) this.#least = least;
    if (most > this.#most) this.#most = most;
    const kind = datyp & 63;
    if (kind !== 1 && kind !== 6) this.#isPacked = false;
    // values of type 6 are whole multiples of a power of two and stay as they are; type 1 divides the range
    else if (kind === 6 && !converts) this.#quantum = Math.min(this.#quantum, lowestBit(values));
    else if (most > least) this.#quantum = Math.min(this.#quantum, (most - least) / (2 ** nbits - 1) / PARTS_OF_STEP);
    else if (most === least && most !== 0) this.#quantum = Math.min(this.#quantum, lowestBit(Float32Array.of(most)));
  }

  /** Compression and scale for the accuracy; without loss where the values have no quantum or would not fit. */
  coding(accuracy: Accuracy, unit: string | undefined): { compression: OmCompression; scaleFactor: number } {
    const step = typeof accuracy === 'number' ? accuracy : accuracy === undefined ? STEPS[unit ?? ''] : undefined;
    const wanted = step ?? (this.#isPacked ? this.#quantum : undefined);
    if (wanted === Infinity) return { compression: 'pfor_delta_2d', scaleFactor: 1 };
    const scaleFactor = wanted === undefined ? Number.NaN : Math.fround(1 / wanted);
    const largest = Math.max(Math.abs(this.#least), Math.abs(this.#most));
    const fits = scaleFactor > 0 && Number.isFinite(scaleFactor) && !(largest * scaleFactor > MOST_TOKEN);
    return fits ? { compression: 'pfor_delta_2d', scaleFactor } : { compression: 'fpx_xor_2d', scaleFactor: 1 };
  }
}

const MOST_TOKEN = 2 ** 31 - 2;
