/** One array of a Zarr store as its metadata describe it, in either version: type, chunks, codecs, keys. */
import { FeatureError } from '../schemas/problem.js';
import { type CfDtype, type CfNumbers, DTYPE_BYTES, numbersOver, sizeOf } from './cf.js';
import { swapBytes } from './netcdf/netcdf3-reader.js';
import { type CodecConfig, decoderOf } from './zarr-codecs.js';

export type JsonObject = Readonly<Record<string, unknown>>;

export const objectOf = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};

export interface ArraySpec {
  readonly version: 2 | 3;
  readonly path: string;
  readonly dtype: CfDtype;
  readonly shape: readonly number[];
  readonly chunks: readonly number[];
  readonly dims: readonly string[];
  /** value of chunks that are not there; undefined: none is given */
  readonly fill: number | bigint | undefined;
  readonly bigEndian: boolean;
  keyOf(place: readonly number[]): string;
  /** undoes the codecs */
  plain(stored: Uint8Array): Promise<Uint8Array>;
  texts(bytes: Uint8Array): readonly string[];
}

function unsupported(path: string, what: string): never {
  throw new FeatureError(
    'unsupported_type',
    `array ${path}: ${what.slice(0, 80)} is not read here; write the store without it.`,
  );
}

const V2_TYPES: Readonly<Record<string, CfDtype>> = {
  f4: 'float32',
  f8: 'float64',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  b1: 'uint8',
};

const numbersOf = (value: unknown): number[] => (Array.isArray(value) ? value.map(Number) : []);

function fillOf(value: unknown, dtype: CfDtype): number | bigint | undefined {
  if (value === null || value === undefined || dtype === 'string') return undefined;
  const number = value === 'NaN' ? Number.NaN : Number(value);
  if (dtype === 'int64' || dtype === 'uint64') return Number.isInteger(number) ? BigInt(number) : undefined;
  return number;
}

const trimmed = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8').replace(/\0+$/, '');

function fixedTexts(width: number): ArraySpec['texts'] {
  return (bytes) =>
    Array.from({ length: bytes.length / width }, (_, n) => trimmed(bytes.subarray(n * width, (n + 1) * width)));
}

/** UTF-32, as NumPy has it. */
function wideTexts(letters: number): ArraySpec['texts'] {
  return (bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Array.from({ length: bytes.length / (4 * letters) }, (_, n) => {
      let text = '';
      for (let k = 0; k < letters; k++) {
        const code = view.getUint32(4 * (n * letters + k), true);
        if (code > 0 && code <= 0x10ffff) text += String.fromCodePoint(code);
      }
      return text;
    });
  };
}

/** Texts with their lengths in front. */
function variableTexts(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const out: string[] = [];
  let at = 4;
  for (let n = view.getUint32(0, true); n > 0; n--) {
    const length = view.getUint32(at, true);
    out.push(trimmed(bytes.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return out;
}

function chain(configs: readonly CodecConfig[]): ArraySpec['plain'] {
  const decoders = configs.map((config) => decoderOf(config));
  for (const one of decoders) one.catch(() => undefined);
  return async (stored) => {
    let bytes = stored;
    for (const decoder of [...decoders].reverse()) bytes = await (await decoder)(bytes);
    return bytes;
  };
}

export function arrayOfV2(path: string, metadata: JsonObject, attributes: JsonObject): ArraySpec {
  const code = String(metadata['dtype'] ?? '');
  const letters = Number(code.slice(2));
  const filters = (Array.isArray(metadata['filters']) ? metadata['filters'] : []).map((one) => objectOf(one));
  const isText = /^[<>|][SU]/.test(code) || code === '|O';
  const dtype = isText ? 'string' : (V2_TYPES[code.slice(1)] ?? unsupported(path, `type ${code}`));
  if (metadata['order'] === 'F' && numbersOf(metadata['shape']).length > 1) unsupported(path, 'order F');
  for (const { id } of filters) if (id !== 'vlen-utf8') unsupported(path, `filter ${String(id)}`);
  const { compressor } = metadata;
  const codecs =
    compressor === null || compressor === undefined ? [] : [objectOf(compressor) as unknown as CodecConfig];
  const shape = numbersOf(metadata['shape']);
  const separator = String(metadata['dimension_separator'] ?? '.');
  const names = attributes['_ARRAY_DIMENSIONS'];
  return {
    version: 2,
    path,
    dtype,
    shape,
    chunks: numbersOf(metadata['chunks']),
    dims: Array.isArray(names) ? names.map(String) : shape.map((extent) => `dim_${extent}`),
    fill: fillOf(metadata['fill_value'], dtype),
    bigEndian: code.startsWith('>'),
    keyOf: (place) => `${path}/${place.length === 0 ? '0' : place.join(separator)}`,
    plain: chain(codecs),
    texts: code === '|O' ? variableTexts : code[1] === 'U' ? wideTexts(letters) : fixedTexts(Math.max(1, letters)),
  };
}

interface V3Codec {
  readonly name: string;
  readonly configuration: JsonObject;
}

export function arrayOfV3(path: string, metadata: JsonObject): ArraySpec {
  const named = (value: unknown): V3Codec => {
    const one = typeof value === 'string' ? { name: value } : objectOf(value);
    return { name: String(one['name']), configuration: objectOf(one['configuration']) };
  };
  const type = metadata['data_type'];
  const { name: typeName, configuration } = named(type);
  const isText = ['string', 'fixed_length_utf32', 'null_terminated_bytes'].includes(typeName);
  const dtype = isText
    ? 'string'
    : typeName === 'bool'
      ? 'uint8'
      : typeName in DTYPE_BYTES
        ? (typeName as CfDtype)
        : unsupported(path, `type ${typeName}`);
  const codecs = (Array.isArray(metadata['codecs']) ? metadata['codecs'] : []).map(named);
  const grid = named(metadata['chunk_grid']);
  if (grid.name !== 'regular') unsupported(path, `chunk grid ${grid.name}`);
  const shape = numbersOf(metadata['shape']);
  const bytesCodecs = codecs.filter(({ name }) => !['bytes', 'vlen-utf8'].includes(name));
  for (const { name } of bytesCodecs)
    if (name === 'transpose' || name === 'sharding_indexed') unsupported(path, `codec ${name}`);
  const endian = codecs.find(({ name }) => name === 'bytes')?.configuration['endian'];
  const keys = named(metadata['chunk_key_encoding']);
  const separator = String(keys.configuration['separator'] ?? (keys.name === 'v2' ? '.' : '/'));
  const names = metadata['dimension_names'];
  const width = Number(configuration['length_bytes'] ?? 4);
  return {
    version: 3,
    path,
    dtype,
    shape,
    chunks: numbersOf(grid.configuration['chunk_shape']),
    dims: Array.isArray(names)
      ? names.map((name, at) => (name === null ? `dim_${shape[at]}` : String(name)))
      : shape.map((extent) => `dim_${extent}`),
    fill: fillOf(metadata['fill_value'], dtype),
    bigEndian: endian === 'big',
    keyOf: (place) =>
      keys.name === 'v2'
        ? `${path}/${place.length === 0 ? '0' : place.join(separator)}`
        : [`${path}/c`, ...place].join(separator === '/' ? '/' : separator).replace(/\/c\./, '/c.'),
    plain: chain(bytesCodecs.map(({ name, configuration: own }) => ({ ...own, id: name }))),
    texts:
      typeName === 'string'
        ? variableTexts
        : typeName === 'fixed_length_utf32'
          ? wideTexts(width / 4)
          : fixedTexts(width),
  };
}

/** The numbers of a stored chunk. Throws FeatureError `decode_failed` where it does not hold what its metadata say. */
export async function decodeChunk(array: ArraySpec, stored: Uint8Array, where: string): Promise<CfNumbers> {
  const { dtype, chunks, path, bigEndian } = array;
  if (dtype === 'string') throw new TypeError('texts have no numbers');
  let bytes: Uint8Array;
  try {
    bytes = await array.plain(stored);
  } catch (cause) {
    if (cause instanceof FeatureError) throw cause;
    throw new FeatureError('decode_failed', `${where}: a chunk of ${path} cannot be unpacked; its bytes are damaged.`, {
      cause,
    });
  }
  const width = DTYPE_BYTES[dtype];
  const count = sizeOf(chunks);
  if (bytes.length !== count * width) {
    throw new FeatureError(
      'decode_failed',
      `${where}: a chunk of ${path} has ${bytes.length} bytes, not ${count * width}.`,
    );
  }
  const copy = Uint8Array.from(bytes);
  if (bigEndian) swapBytes(copy, width);
  return numbersOver(dtype, copy.buffer, 0, count);
}
