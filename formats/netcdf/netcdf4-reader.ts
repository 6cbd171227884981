/** NetCDF-4 files, and other HDF5 files with dimension scales, read by libhdf5 in WebAssembly on the file itself. */
import h5wasm from 'h5wasm/node';
import { FeatureError } from '../../schemas/problem.js';
import {
  type CfAttribute,
  type CfDimension,
  type CfDtype,
  type CfGroup,
  type CfNumbers,
  type CfValues,
  type CfVariable,
  sizeOf,
} from '../cf.js';
import type { CfSource } from '../cf-source.js';

type H5File = InstanceType<typeof h5wasm.File>;
type H5Group = InstanceType<typeof h5wasm.Group>;
type H5Dataset = InstanceType<typeof h5wasm.Dataset>;

const TYPES: Readonly<Record<string, CfDtype>> = {
  f: 'float32',
  d: 'float64',
  b: 'int8',
  B: 'uint8',
  h: 'int16',
  H: 'uint16',
  i: 'int32',
  I: 'uint32',
  q: 'int64',
  Q: 'uint64',
};

/** Attributes that belong to the file format. */
const INTERNAL = new Set([
  'CLASS',
  'NAME',
  'DIMENSION_LIST',
  'REFERENCE_LIST',
  '_Netcdf4Dimid',
  '_Netcdf4Coordinates',
  '_NCProperties',
]);
const BARE_DIMENSION = 'This is a netCDF dimension but not a netCDF variable';

function dtypeOfData(dataset: H5Dataset): CfDtype | undefined {
  const { dtype } = dataset;
  if (typeof dtype !== 'string') return undefined;
  if (dtype.startsWith('S')) return 'string';
  return TYPES[dtype.slice(-1)];
}

function attributesOf(of: H5Group | H5Dataset): Record<string, CfAttribute> {
  const found: Record<string, CfAttribute> = {};
  for (const [name, attribute] of Object.entries(of.attrs)) {
    if (INTERNAL.has(name)) continue;
    const { value } = attribute;
    if (typeof value === 'string') found[name] = value.replace(/\0+$/, '');
    else if (typeof value === 'number') found[name] = value;
    else if (typeof value === 'bigint') found[name] = Number(value);
    else if (ArrayBuffer.isView(value)) found[name] = value as unknown as CfNumbers;
    else if (Array.isArray(value) && value.every((one) => typeof one === 'string')) found[name] = value.join(' ');
  }
  return found;
}

const lastName = (path: string): string => path.split('/').at(-1)!;

class Reader {
  readonly #sets = new Map<CfVariable, H5Dataset>();

  constructor(readonly file: H5File) {}

  dataset(variable: CfVariable): H5Dataset {
    return this.#sets.get(variable)!;
  }

  group(group: H5Group, name: string): CfGroup {
    const dims: CfDimension[] = [];
    const variables: CfVariable[] = [];
    const groups: CfGroup[] = [];
    for (const key of group.keys()) {
      const entity = group.get(key);
      if (entity instanceof h5wasm.Group) groups.push(this.group(entity, key));
      if (!(entity instanceof h5wasm.Dataset)) continue;
      const scale = entity.get_scale_name();
      const shape = entity.shape ?? [];
      if (scale !== null && shape.length > 0) dims.push({ name: key, size: shape[0]! });
      if (scale?.startsWith(BARE_DIMENSION) === true) continue;
      const variable = this.#variable(entity, key, shape, scale !== null);
      if (variable !== undefined) variables.push(variable);
    }
    return { name, dims, variables, attributes: attributesOf(group), groups };
  }

  #variable(entity: H5Dataset, name: string, shape: readonly number[], isScale: boolean): CfVariable | undefined {
    const dtype = dtypeOfData(entity);
    if (dtype === undefined) return undefined;
    const dims = shape.map((extent, at) => {
      if (isScale && shape.length === 1) return name;
      const [scale] = entity.get_attached_scales(at);
      // a dimension without a scale is told by its length
      return scale === undefined ? `dim_${extent}` : lastName(scale);
    });
    const variable: CfVariable = {
      name,
      dtype,
      dims,
      shape,
      attributes: attributesOf(entity),
      data: { kind: 'lazy', load: async () => loaded(entity) },
    };
    this.#sets.set(variable, entity);
    return variable;
  }
}

function loaded(entity: H5Dataset): CfValues {
  const value: unknown = entity.value;
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.map(String);
  if (ArrayBuffer.isView(value)) return value as unknown as CfNumbers;
  if (typeof value === 'bigint') return BigInt64Array.of(value);
  return Float64Array.of(Number(value));
}

/** Opens a file. Throws FeatureError `damaged_file` for one that libhdf5 does not take. */
export async function openNetCdf4(path: string): Promise<CfSource> {
  await h5wasm.ready;
  let reader: Reader;
  let dataset: CfGroup;
  try {
    reader = new Reader(new h5wasm.File(path, 'r'));
    dataset = reader.group(reader.file, '');
  } catch (cause) {
    throw new FeatureError('damaged_file', `${path}: this HDF5 file cannot be opened; get it again.`, { cause });
  }
  return {
    dataset,
    async slice(variable, leading) {
      const entity = reader.dataset(variable);
      const ranges = variable.shape.map((extent, at): [number, number] =>
        at < leading.length ? [leading[at]!, leading[at]! + 1] : [0, extent],
      );
      try {
        const value: unknown = ranges.length === 0 ? loaded(entity) : entity.slice(ranges);
        if (ArrayBuffer.isView(value)) return value as unknown as CfNumbers;
      } catch (cause) {
        throw new FeatureError(
          'decode_failed',
          `${path}: values of ${variable.name} cannot be read; its filter may not be known here.`,
          { cause },
        );
      }
      throw new FeatureError(
        'unsupported_type',
        `${path}: ${variable.name} has ${sizeOf(variable.shape)} values that are no numbers.`,
      );
    },
    async close() {
      reader.file.close();
    },
  };
}
