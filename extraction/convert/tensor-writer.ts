/**
 * A CF dataset as a folder of NumPy arrays: `NAME.npy` for each field and coordinate, written plane by plane at its place, and
 * `statistics.json` with dimensions, units and what normalises the values (docs/conversions.md#tensors).
 */
import { type FileHandle, mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tensorFile } from '../../formats/arrow-tensor.js';
import {
  bytesOf,
  type CfDataset,
  type CfGroup,
  type CfNumbers,
  type CfVariable,
  DTYPE_BYTES,
  groupsOf,
  loadValues,
  newNumbers,
  planeSize,
} from '../../formats/cf.js';
import { npyHeader } from '../../formats/npy.js';
import type { PlaneWriter } from './cf-write.js';
import { FieldStatistics, type Summary } from './field-statistics.js';

type Numeric = Exclude<CfVariable['dtype'], 'string'>;

const LEVEL = /^(pres|level|height|altitude|theta|depth|sfclevel)/;

interface Stack {
  readonly name: string;
  readonly file: FileHandle;
  readonly head: number;
  readonly planeBytes: number;
  readonly there: Uint8Array;
  readonly whole: FieldStatistics;
  /** by index along the vertical dimension, where there is one */
  readonly levels: readonly FieldStatistics[];
}

/** What `statistics.json` says of an array. */
interface Described {
  readonly file: string;
  readonly dtype: string;
  readonly dims: readonly string[];
  readonly shape: readonly number[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly statistics?: Summary;
  readonly byLevel?: readonly Summary[];
}

/** Index along the vertical dimension of a cell; 0 where there is none. */
function levelOf({ dims, shape }: CfVariable, cell: number, leading: number): number {
  const at = dims.findIndex((dim, n) => n < leading && LEVEL.test(dim));
  if (at < 0) return 0;
  const after = shape.slice(at + 1, leading).reduce((product, extent) => product * extent, 1);
  return Math.floor(cell / after) % shape[at]!;
}

const levelsOf = ({ dims, shape }: CfVariable, leading: number): number => {
  const at = dims.findIndex((dim, n) => n < leading && LEVEL.test(dim));
  return at < 0 ? 0 : shape[at]!;
};

/** Attributes as JSON has them. */
function plainAttributes({ attributes }: CfVariable): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'string' || typeof value === 'number') plain[name] = value;
    else plain[name] = value.length === 1 ? Number(value[0]) : Array.from(value as ArrayLike<number>, Number);
  }
  return plain;
}

async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    at += (await file.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
  }
}

async function readAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, position + at);
    if (bytesRead === 0) throw new RangeError('a stack of fields is shorter than what was put in it');
    at += bytesRead;
  }
}

export class TensorWriter implements PlaneWriter {
  readonly #stacks = new Map<CfVariable, Stack>();
  readonly #described: Record<string, Described> = {};
  #bytes = 0;

  private constructor(
    readonly folder: string,
    readonly dataset: CfDataset,
    readonly form: 'npy' | 'arrow',
  ) {}

  /** `form`: what fields become; coordinates are NumPy arrays always. */
  static async create(folder: string, dataset: CfDataset, form: 'npy' | 'arrow'): Promise<TensorWriter> {
    await mkdir(folder, { recursive: true });
    const writer = new TensorWriter(folder, dataset, form);
    for (const { path, group } of groupsOf(dataset)) await writer.#open(path, group);
    return writer;
  }

  async #open(path: string, { variables }: CfGroup): Promise<void> {
    for (const variable of variables) {
      if (variable.data.kind !== 'planes') continue;
      const name = path === '' ? variable.name : `${path.replaceAll('/', '_')}_${variable.name}`;
      const { plane, cells } = planeSize(variable, variable.data);
      const header = npyHeader(variable.dtype as Numeric, variable.shape);
      const file = await open(join(this.folder, `${name}.npy`), 'wx+');
      await writeAt(file, header, 0);
      const planeBytes = plane * DTYPE_BYTES[variable.dtype as Numeric];
      await file.truncate(header.length + cells * planeBytes);
      this.#bytes += header.length + cells * planeBytes;
      const levels = levelsOf(variable, variable.shape.length - variable.data.planeDims);
      this.#stacks.set(variable, {
        ...{ name, file, head: header.length, planeBytes, there: new Uint8Array(cells), whole: new FieldStatistics() },
        levels: Array.from({ length: levels }, () => new FieldStatistics()),
      });
    }
  }

  put = async (variable: CfVariable, cell: number, values: CfNumbers): Promise<void> => {
    const stack = this.#stacks.get(variable)!;
    this.#count(variable, stack, cell, values);
    stack.there[cell] = 1;
    await writeAt(stack.file, bytesOf(values), stack.head + cell * stack.planeBytes);
  };

  #count(variable: CfVariable, { whole, levels }: Stack, cell: number, values: CfNumbers): void {
    const planeDims = variable.data.kind === 'planes' ? variable.data.planeDims : 0;
    whole.add(values, variable.fill);
    levels[levelOf(variable, cell, variable.shape.length - planeDims)]?.add(values, variable.fill);
  }

  /** Cells without a record hold the value of missing points. */
  async #fill(variable: CfVariable, stack: Stack): Promise<void> {
    const { file, head, planeBytes, there } = stack;
    if (variable.fill === undefined || !there.includes(0)) return;
    const dtype = variable.dtype as Numeric;
    const empty = newNumbers(dtype, planeBytes / DTYPE_BYTES[dtype]).fill(variable.fill as never);
    for (const [cell, isThere] of there.entries()) {
      if (isThere === 1) continue;
      this.#count(variable, stack, cell, empty);
      await writeAt(file, bytesOf(empty), head + cell * planeBytes);
    }
  }

  async close(signal: AbortSignal): Promise<number> {
    for (const { path, group } of groupsOf(this.dataset)) {
      for (const variable of group.variables) {
        signal.throwIfAborted();
        await this.#finish(variable, path === '' ? '' : `${path.replaceAll('/', '_')}_`, signal);
      }
    }
    const text = `${JSON.stringify({ format: 'polyfst tensors 1', arrays: this.#described }, null, 1)}\n`;
    await writeFile(join(this.folder, 'statistics.json'), text);
    return this.#bytes + Buffer.byteLength(text);
  }

  async #finish(variable: CfVariable, prefix: string, signal: AbortSignal): Promise<void> {
    const stack = this.#stacks.get(variable);
    const { dtype, dims, shape } = variable;
    if (dtype === 'string') return;
    const name = stack?.name ?? prefix + variable.name;
    const described = { file: `${name}.npy`, dtype, dims, shape, attributes: plainAttributes(variable) };
    if (stack === undefined) {
      const values = (await loadValues(variable, signal)) as CfNumbers;
      const bytes = Buffer.concat([npyHeader(dtype, shape), bytesOf(values)]);
      await writeFile(join(this.folder, `${name}.npy`), bytes);
      this.#bytes += bytes.length;
      this.#described[name] = described;
      return;
    }
    await this.#fill(variable, stack);
    const file = this.form === 'arrow' ? await this.#asArrow(variable, stack, signal) : described.file;
    await stack.file.sync();
    await stack.file.close();
    if (file !== described.file) await rm(join(this.folder, described.file));
    const own = { ...described, file };
    const byLevel = stack.levels.map((level) => level.summary());
    const statistics = stack.whole.summary();
    this.#described[name] = byLevel.length === 0 ? { ...own, statistics } : { ...own, statistics, byLevel };
  }

  /** The stack as an Arrow file beside it: a row for each index of the first dimension, one row of all where there is none. */
  async #asArrow(variable: CfVariable, { name, file, head }: Stack, signal: AbortSignal): Promise<string> {
    const type = variable.dtype as Numeric;
    const isField = variable.data.kind === 'planes' && variable.shape.length === variable.data.planeDims;
    const [count, shape, dims] = isField
      ? [1, variable.shape, variable.dims]
      : [variable.shape[0]!, variable.shape.slice(1), variable.dims.slice(1)];
    const size = shape.reduce((product, extent) => product * extent, 1);
    const rows = async function* (): AsyncGenerator<CfNumbers> {
      for (let row = 0; row < count; row++) {
        signal.throwIfAborted();
        const values = newNumbers(type, size);
        await readAt(file, bytesOf(values), head + row * size * DTYPE_BYTES[type]);
        yield values;
      }
    };
    const out = await open(join(this.folder, `${name}.arrow`), 'wx');
    let bytes = 0;
    try {
      for await (const piece of tensorFile({ name, type, shape, dims, metadata: {} }, rows())) {
        await writeAt(out, piece, bytes);
        bytes += piece.length;
      }
      await out.sync();
    } finally {
      await out.close();
    }
    this.#bytes += bytes - head - count * size * DTYPE_BYTES[type];
    return `${name}.arrow`;
  }

  async abandon(): Promise<void> {
    for (const { file } of this.#stacks.values()) await file.close().catch(() => undefined);
  }
}
