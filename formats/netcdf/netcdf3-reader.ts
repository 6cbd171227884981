/** Classic NetCDF files (CDF-1, 64-bit offset CDF-2, 64-bit data CDF-5), read in place. Numbers are big-endian in the file. */
import { type FileHandle, open } from 'node:fs/promises';
import { FeatureError } from '../../schemas/problem.js';
import {
  type CfAttribute,
  type CfDtype,
  type CfNumbers,
  type CfVariable,
  DTYPE_BYTES,
  numbersOver,
  sizeOf,
} from '../cf.js';
import type { CfSource } from '../cf-source.js';

const TYPES: readonly (CfDtype | 'char' | undefined)[] = [
  undefined,
  'int8',
  'char',
  'int16',
  'int32',
  'float32',
  'float64',
  'uint8',
  'uint16',
  'uint32',
  'int64',
  'uint64',
];

/** Longer headers come from damaged files. */
const MOST_HEADER = 256 * 2 ** 20;

export function isNetCdf3(head: Uint8Array): boolean {
  return head[0] === 0x43 && head[1] === 0x44 && head[2] === 0x46 && [1, 2, 5].includes(head[3]!);
}

function damaged(path: string, why: string): never {
  throw new FeatureError('damaged_file', `${path}: ${why}; get the file again.`);
}

/** Reverses the bytes of every element in place. */
export function swapBytes(bytes: Uint8Array, width: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (width === 2) buffer.swap16();
  else if (width === 4) buffer.swap32();
  else if (width === 8) buffer.swap64();
}

function elementSize(type: CfDtype | 'char'): number {
  return type === 'char' || type === 'string' ? 1 : DTYPE_BYTES[type];
}

class Header {
  at = 4;
  constructor(
    readonly path: string,
    readonly bytes: Buffer,
    readonly wide: boolean,
    readonly wideOffset: boolean,
  ) {}

  #take(count: number): number {
    const at = this.at;
    this.at += count;
    if (this.at > this.bytes.length) damaged(this.path, 'its header is cut short');
    return at;
  }

  u32(): number {
    return this.bytes.readUInt32BE(this.#take(4));
  }

  /** counts and lengths: 4 bytes, or 8 in CDF-5 */
  count(): number {
    return this.wide ? Number(this.bytes.readBigUInt64BE(this.#take(8))) : this.u32();
  }

  offset(): number {
    return this.wideOffset ? Number(this.bytes.readBigUInt64BE(this.#take(8))) : this.u32();
  }

  name(): string {
    const length = this.count();
    const at = this.#take(4 * Math.ceil(length / 4));
    return this.bytes.toString('utf8', at, at + length);
  }

  list<T>(item: () => T): T[] {
    this.u32();
    const count = this.count();
    if (count > this.bytes.length) damaged(this.path, 'its header counts more things than it has bytes');
    return Array.from({ length: count }, item);
  }

  attribute(): [string, CfAttribute] {
    const name = this.name();
    const type = TYPES[this.u32()] ?? damaged(this.path, `attribute ${name} has no known type`);
    const count = this.count();
    const size = count * elementSize(type);
    const at = this.#take(4 * Math.ceil(size / 4));
    if (type === 'char' || type === 'string')
      return [name, this.bytes.toString('utf8', at, at + size).replace(/\0+$/, '')];
    const copy = Uint8Array.from(this.bytes.subarray(at, at + size));
    swapBytes(copy, elementSize(type));
    return [name, numbersOver(type, copy.buffer, 0, count)];
  }
}

interface Stored {
  readonly begin: number;
  readonly type: Exclude<CfDtype, 'string'>;
  /** bytes from one record to the next; 0: not along the record dimension */
  readonly stride: number;
}

async function readAt(file: FileHandle, path: string, start: number, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; ) {
    const { bytesRead } = await file.read(bytes, at, Math.min(size - at, 2 ** 30), start + at);
    if (bytesRead === 0) {
      throw new FeatureError('truncated_file', `${path}: values end at byte ${start + at}; get the file again.`);
    }
    at += bytesRead;
  }
  return bytes;
}

interface Parsed {
  readonly variables: CfVariable[];
  readonly dims: { name: string; size: number }[];
  readonly attributes: Record<string, CfAttribute>;
  readonly stored: ReadonlyMap<CfVariable, Stored>;
}

type Load = (variable: CfVariable) => Promise<CfNumbers>;

function parse(header: Header, load: Load): Parsed {
  const records = header.count();
  const raw = header.list(() => ({ name: header.name(), size: header.count() }));
  // length 0 marks the record dimension
  const dims = raw.map(({ name, size }) => ({ name, size: size === 0 ? records : size }));
  const attributes = Object.fromEntries(header.list(() => header.attribute()));
  const stored = new Map<CfVariable, Stored>();
  const isRecord = (ids: readonly number[]): boolean => ids.length > 0 && raw[ids[0]!]!.size === 0;
  const drafts = header.list(() => {
    const name = header.name();
    const count = header.count();
    if (count > 1024) damaged(header.path, `variable ${name} has ${count} dimensions`);
    const ids = Array.from({ length: count }, () => header.count());
    if (ids.some((id) => dims[id] === undefined))
      damaged(header.path, `variable ${name} has a dimension that is not there`);
    const own = Object.fromEntries(header.list(() => header.attribute()));
    const type = TYPES[header.u32()] ?? damaged(header.path, `variable ${name} has no known type`);
    header.count();
    return { name, ids, own, type, begin: header.offset() };
  });
  const sliceBytes = ({ ids, type }: (typeof drafts)[number]): number =>
    sizeOf(ids.slice(1).map((id) => dims[id]!.size)) * elementSize(type);
  const along = drafts.filter(({ ids }) => isRecord(ids));
  // a lone record variable is not padded
  const stride =
    along.length === 1
      ? sliceBytes(along[0]!)
      : along.reduce((sum, one) => sum + 4 * Math.ceil(sliceBytes(one) / 4), 0);
  const variables = drafts.map(({ name, ids, own, type, begin }): CfVariable => {
    const dtype = type === 'char' || type === 'string' ? 'uint8' : type;
    const place = { begin, type: dtype, stride: isRecord(ids) ? stride : 0 };
    const variable: CfVariable = {
      name,
      dtype,
      dims: ids.map((id) => dims[id]!.name),
      shape: ids.map((id) => dims[id]!.size),
      attributes: own,
      data: { kind: 'lazy', load: () => load(variable) },
    };
    stored.set(variable, place);
    return type === 'char' && ids.length > 0 ? textsOf(variable, load) : variable;
  });
  return { variables, dims, attributes, stored };
}

/** Letters along a last dimension as texts along the others, without the padding behind them. */
function textsOf(letters: CfVariable, load: Load): CfVariable {
  const width = letters.shape.at(-1)!;
  const read = async (): Promise<readonly string[]> => {
    const bytes = (await load(letters)) as Uint8Array;
    return Array.from({ length: sizeOf(letters.shape.slice(0, -1)) }, (_, n) =>
      Buffer.from(bytes.subarray(n * width, (n + 1) * width))
        .toString('utf8')
        .replace(/[\0 ]+$/, ''),
    );
  };
  return {
    ...letters,
    dtype: 'string',
    dims: letters.dims.slice(0, -1),
    shape: letters.shape.slice(0, -1),
    data: { kind: 'lazy', load: read },
  };
}

async function headerOf(file: FileHandle, path: string, load: Load): Promise<Parsed> {
  const { size } = await file.stat();
  for (let length = 2 ** 20; ; length *= 4) {
    const bytes = Buffer.from(await readAt(file, path, 0, Math.min(size, length)));
    if (!isNetCdf3(bytes)) damaged(path, 'it is no classic NetCDF file');
    try {
      return parse(new Header(path, bytes, bytes[3] === 5, bytes[3] !== 1), load);
    } catch (error) {
      // the header may be longer than what was read of it
      if (length >= size || length >= MOST_HEADER) throw error;
    }
  }
}

/** Opens a file. Throws FeatureError `damaged_file`. */
export async function openNetCdf3(path: string): Promise<CfSource> {
  const file = await open(path, 'r');
  let parsed: Parsed;
  const slice = async (variable: CfVariable, leading: readonly number[]): Promise<CfNumbers> => {
    const { begin, type, stride } = parsed.stored.get(variable)!;
    const width = DTYPE_BYTES[type];
    const inner = variable.shape.map((_, at) => sizeOf(variable.shape.slice(at + 1)) * width);
    if (stride > 0 && leading.length === 0) return wholeOf(variable, slice, type);
    const start = leading.reduce(
      (sum, index, at) => sum + index * (at === 0 && stride > 0 ? stride : inner[at]!),
      begin,
    );
    const bytes = await readAt(file, path, start, sizeOf(variable.shape.slice(leading.length)) * width);
    swapBytes(bytes, width);
    return numbersOver(type, bytes.buffer as ArrayBuffer, 0, bytes.length / width);
  };
  try {
    parsed = await headerOf(file, path, (variable) => slice(variable, []));
  } catch (error) {
    await file.close();
    throw error;
  }
  const { dims, variables, attributes } = parsed;
  return {
    dataset: { name: '', dims, variables, attributes, groups: [] },
    slice,
    close: () => file.close(),
  };
}

/** A record variable, whose records lie apart. */
async function wholeOf(
  variable: CfVariable,
  slice: (variable: CfVariable, leading: readonly number[]) => Promise<CfNumbers>,
  type: Exclude<CfDtype, 'string'>,
): Promise<CfNumbers> {
  const size = sizeOf(variable.shape);
  const whole = numbersOver(type, new ArrayBuffer(size * DTYPE_BYTES[type]), 0, size);
  const step = sizeOf(variable.shape.slice(1));
  for (let record = 0; record < variable.shape[0]!; record++) {
    whole.set((await slice(variable, [record])) as never, record * step);
  }
  return whole;
}
