/**
 * Fields with fewer bits: mantissas rounded to some bits (`quantize`), and 16-bit integers with a step and an offset where one
 * pair fits all records of a variable within half a step (`pack=short`).
 */
import type { CfDataset, CfGroup, CfPlanes, CfVariable } from '../../formats/cf.js';
import { FeatureError } from '../../schemas/problem.js';
import type { RunColumns } from '../run-index.js';

type Fields = (variable: CfVariable, planes: CfPlanes) => CfVariable;

/** The same dataset with float32 fields changed. */
function withFields(group: CfGroup, change: Fields): CfGroup {
  const variables = group.variables.map((variable) => {
    const { data, dtype } = variable;
    return data.kind === 'planes' && dtype === 'float32' ? change(variable, data) : variable;
  });
  return { ...group, variables, groups: group.groups.map((child) => withFields(child, change)) };
}

/** Values rounded to so many bits of the mantissa, half to even; infinities, NaN and zeros stay. */
export function bitRounded(values: Float32Array, bits: number): Float32Array {
  const out = Float32Array.from(values);
  const words = new Uint32Array(out.buffer);
  const drop = 23 - bits;
  if (drop === 0) return out;
  const half = 2 ** (drop - 1) - 1;
  for (let k = 0; k < words.length; k++) {
    const word = words[k]!;
    if ((word & 0x7f800000) === 0x7f800000) continue;
    words[k] = ((word + half + ((word >>> drop) & 1)) >>> drop) << drop;
  }
  return out;
}

/** Float fields keep `bits` bits of their mantissas, which compress better; each says so. */
export function quantized(dataset: CfDataset, bits: number): CfDataset {
  const changed = withFields(dataset, (variable, planes) => ({
    ...variable,
    attributes: {
      ...variable.attributes,
      quantization: 'quantization_info',
      quantization_nsb: Int32Array.of(bits),
    },
    data: {
      ...planes,
      derive: async (plane, cell, other) => {
        const values = planes.derive === undefined ? plane : await planes.derive(plane, cell, other);
        return bitRounded(values as Float32Array, bits);
      },
    },
  }));
  const info: CfVariable = {
    name: 'quantization_info',
    dims: [],
    shape: [],
    dtype: 'int32',
    attributes: { algorithm: 'bitround', implementation: 'polyfst' },
    data: { kind: 'values', values: Int32Array.of(0) },
  };
  const place = (group: CfGroup): CfGroup => {
    const has = group.variables.some(({ attributes }) => attributes['quantization'] !== undefined);
    return { ...group, variables: has ? [...group.variables, info] : group.variables, groups: group.groups.map(place) };
  };
  return place(changed);
}

/** Steps between the least and the largest of the integers used; one more stands for missing points. */
const MOST_STEPS = 65534;
const MISSING = -32768;

/** Greatest power of two of which all differences to the first value are multiples; Infinity when all are equal, 0 for none. */
function stepOf(values: Float32Array): number {
  const first = values.find((value) => !Number.isNaN(value)) ?? 0;
  let step = Infinity;
  for (const value of values) {
    if (Number.isNaN(value) || value === first) continue;
    let difference = Math.abs(value - first);
    if (!Number.isFinite(difference)) return 0;
    if (difference >= step && difference % step === 0) continue;
    let other = step;
    if (other === Infinity) other = 2 ** Math.floor(Math.log2(difference));
    while (other > 0 && difference % other !== 0) other /= 2;
    if (other === 0) return 0;
    difference = other;
    if (difference < step) step = difference;
  }
  return step;
}

/** Follows the planes of a variable: their range, and the finest step of the records. */
class StepMeter {
  least = Infinity;
  most = -Infinity;
  step = Infinity;

  add(values: Float32Array, datyp: number, nbits: number): void {
    let [least, most] = [Infinity, -Infinity];
    for (const value of values) {
      if (value < least) least = value;
      if (value > most) most = value;
    }
    this.least = Math.min(this.least, least);
    this.most = Math.max(this.most, most);
    if (!(most > least)) return;
    // sums of type 1 are rounded to float32, so its step is known only from its range
    const own = (datyp & 63) === 1 ? 2 ** Math.ceil(Math.log2((most - least) / 2 ** nbits)) : stepOf(values);
    this.step = Math.min(this.step, own);
  }

  /** Step and offset of the integers; undefined where the range takes more of them than there are. */
  affine(): { readonly scale: number; readonly offset: number } | undefined {
    if (!(this.most >= this.least)) return { scale: 1, offset: 0 };
    const scale = this.step === Infinity ? 1 : this.step;
    const steps = Math.ceil((this.most - this.least) / scale);
    return !(steps <= MOST_STEPS) ? undefined : { scale, offset: this.least + scale * Math.floor(steps / 2) };
  }
}

type Measure = (put: (variable: CfVariable, cell: number, values: unknown) => Promise<void>) => Promise<unknown>;

/**
 * Float fields as 16-bit integers. `measure` reads every plane once before. Throws FeatureError `bad_value` naming the variables
 * that no single step fits.
 */
export async function asShorts(dataset: CfDataset, columns: RunColumns, measure: Measure): Promise<CfDataset> {
  const meters = new Map<CfVariable, StepMeter>();
  await measure(async (variable, cell, values) => {
    if (!(values instanceof Float32Array) || variable.data.kind !== 'planes') return;
    const meter = meters.get(variable) ?? new StepMeter();
    meters.set(variable, meter);
    const row = variable.data.rows[cell]!;
    meter.add(values, columns.datyp[row]!, columns.nbits[row]!);
  });
  const unfit: string[] = [];
  const packed = withFields(dataset, (variable, planes) => {
    const affine = (meters.get(variable) ?? new StepMeter()).affine();
    if (affine === undefined) {
      unfit.push(variable.name);
      return variable;
    }
    return shortVariable(variable, planes, affine.scale, affine.offset);
  });
  if (unfit.length === 0) return packed;
  throw new FeatureError(
    'bad_value',
    `--set pack=short: one step for all records of ${unfit.slice(0, 5).join(', ')} needs more than 16 bits; leave it out, or convert fewer records at a time.`,
  );
}

function shortVariable(variable: CfVariable, planes: CfPlanes, scale: number, offset: number): CfVariable {
  return {
    ...variable,
    dtype: 'int16',
    fill: MISSING,
    attributes: {
      ...variable.attributes,
      _FillValue: Int16Array.of(MISSING),
      scale_factor: scale,
      add_offset: offset,
    },
    data: {
      ...planes,
      derive: async (plane, cell, other) => {
        const values = planes.derive === undefined ? plane : await planes.derive(plane, cell, other);
        return Int16Array.from(values as Float32Array, (value) =>
          Number.isNaN(value) ? MISSING : Math.round((value - offset) / scale),
        );
      },
    },
  };
}
