/** Planes of CF variables as values of records: unpacked, in the unit of the records, missing points marked as records mark them. */
import type { CfNumbers, CfVariable } from '../../formats/cf.js';
import type { FstField } from '../fst/field.js';
import { numberOf } from './cf-scope.js';
import type { Change } from './cf-units.js';

export interface RecordValues {
  readonly values: FstField['values'];
  readonly missing: number;
}

const isInteger = (values: CfNumbers): boolean =>
  !(values instanceof Float32Array) && !(values instanceof Float64Array);

function missingValues({ attributes }: CfVariable): readonly number[] {
  return ['_FillValue', 'missing_value'].flatMap((name) => {
    const value = numberOf(attributes, name);
    return value === undefined ? [] : [value];
  });
}

/** Values with the number of those that are missing. */
export function counted(values: Float32Array): RecordValues {
  let missing = 0;
  for (const value of values) if (Number.isNaN(value)) missing++;
  return { values, missing };
}

/** Integers that go back as they are: written by integers of records. */
export function keepsIntegers(variable: CfVariable, values: CfNumbers, packing: number | undefined): boolean {
  const base = packing === undefined ? -1 : (packing >> 8) & 63;
  return isInteger(values) && (base === 2 || base === 4) && variable.attributes['scale_factor'] === undefined;
}

/** Integers of the sign that the packing has, in 32 bits where those suffice; missing ones are the flag of that type. */
function integers(variable: CfVariable, values: CfNumbers, packing: number): RecordValues {
  const marks = missingValues(variable);
  const unsigned = ((packing >> 8) & 63) === 2;
  if ((packing & 255) > 32) return wideIntegers(values, marks, unsigned);
  const out = unsigned ? new Uint32Array(values.length) : new Int32Array(values.length);
  const flag = unsigned ? 2 ** 32 - 1 : -(2 ** 31);
  let missing = 0;
  for (let k = 0; k < out.length; k++) {
    const value = Number(values[k]);
    const isMissing = marks.includes(value);
    out[k] = isMissing ? flag : value;
    if (isMissing) missing++;
  }
  return { values: out, missing };
}

function wideIntegers(values: CfNumbers, marks: readonly number[], unsigned: boolean): RecordValues {
  const out = unsigned ? new BigUint64Array(values.length) : new BigInt64Array(values.length);
  const flag = unsigned ? 2n ** 64n - 1n : -(2n ** 63n);
  let missing = 0;
  for (let k = 0; k < out.length; k++) {
    const isMissing = marks.includes(Number(values[k]));
    out[k] = isMissing ? flag : BigInt(values[k]!);
    if (isMissing) missing++;
  }
  return { values: out, missing };
}

/** Values for a record. */
export function recordValues(
  variable: CfVariable,
  values: CfNumbers,
  change: Change,
  packing: number | undefined,
): RecordValues {
  if (packing !== undefined && keepsIntegers(variable, values, packing)) return integers(variable, values, packing);
  const scale = numberOf(variable.attributes, 'scale_factor') ?? 1;
  const offset = numberOf(variable.attributes, 'add_offset') ?? 0;
  // a mark in float64 stands for the float32 that values were rounded to
  const rounded = values instanceof Float32Array ? missingValues(variable).map(Math.fround) : missingValues(variable);
  const marks = rounded.filter((mark) => !Number.isNaN(mark));
  const wide =
    values instanceof Float64Array && packing !== undefined && ((packing >> 8) & 63) === 5 && (packing & 255) > 32;
  const out = wide ? new Float64Array(values.length) : new Float32Array(values.length);
  const plain = scale === 1 && offset === 0 && change.scale === 1 && change.offset === 0;
  let missing = 0;
  for (let k = 0; k < out.length; k++) {
    const stored = Number(values[k]);
    if (Number.isNaN(stored) || marks.includes(stored)) {
      out[k] = Number.NaN;
      missing++;
    } else out[k] = plain ? stored : (stored * scale + offset) * change.scale + change.offset;
  }
  return { values: out, missing };
}
