/** Planes of CF variables as values of records: unpacked, in the unit of the records, missing points marked as records mark them. */
import { type CfNumbers, type CfVariable, dtypeOf } from '../../formats/cf.js';
import type { FstField } from '../fst/field.js';
import { numberOf } from './cf-scope.js';
import type { Change } from './cf-units.js';

export interface RecordValues {
  readonly values: FstField['values'];
  readonly missing: number;
}

const isInteger = (values: CfNumbers): boolean =>
  !(values instanceof Float32Array) && !(values instanceof Float64Array);

/** The value that stands for a missing integer in records of its width. */
function flagOf(values: CfNumbers): number | bigint {
  const dtype = dtypeOf(values);
  const bits = Number(dtype.replace(/\D/g, ''));
  if (dtype.startsWith('u')) return bits === 64 ? 2n ** 64n - 1n : 2 ** bits - 1;
  return bits === 64 ? -(2n ** 63n) : -(2 ** (bits - 1));
}

function missingValues({ attributes }: CfVariable): readonly number[] {
  return ['_FillValue', 'missing_value'].flatMap((name) => {
    const value = numberOf(attributes, name);
    return value === undefined ? [] : [value];
  });
}

/** Integers that go back as they are: written by integers of records. */
export function keepsIntegers(variable: CfVariable, values: CfNumbers, packing: number | undefined): boolean {
  const base = packing === undefined ? -1 : (packing >> 8) & 63;
  return isInteger(values) && (base === 2 || base === 4) && variable.attributes['scale_factor'] === undefined;
}

function integers(variable: CfVariable, values: CfNumbers): RecordValues {
  const marks = missingValues(variable);
  if (marks.length === 0) return { values, missing: 0 };
  const flag = flagOf(values);
  const out = values.slice() as CfNumbers;
  let missing = 0;
  for (let k = 0; k < out.length; k++) {
    if (!marks.includes(Number(out[k]))) continue;
    out[k] = flag;
    missing++;
  }
  return { values: out, missing };
}

/** Values for a record. `wide`: keep float64. */
export function recordValues(
  variable: CfVariable,
  values: CfNumbers,
  change: Change,
  packing: number | undefined,
): RecordValues {
  if (keepsIntegers(variable, values, packing)) return integers(variable, values);
  const scale = numberOf(variable.attributes, 'scale_factor') ?? 1;
  const offset = numberOf(variable.attributes, 'add_offset') ?? 0;
  const marks = missingValues(variable).filter((mark) => !Number.isNaN(mark));
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
