/**
 * A cube that is turned: planes go in and columns come out, or the other way round. It lies in a temporary file, so that its
 * size is not bounded by memory.
 */
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesOf, type CfDtype, type CfNumbers, DTYPE_BYTES, newNumbers } from '../../formats/cf.js';

type Numeric = Exclude<CfDtype, 'string'>;

/** The temporary file; cubes take places in it one after the other. */
export class SpoolFile implements AsyncDisposable {
  #end = 0;

  private constructor(
    readonly folder: string,
    readonly handle: FileHandle,
  ) {}

  static async create(): Promise<SpoolFile> {
    const folder = await mkdtemp(join(tmpdir(), 'polyfst-turn-'));
    return new SpoolFile(folder, await open(join(folder, 'cubes'), 'w+'));
  }

  /** Room for a cube of `cells` planes with `rows` times `columns` values. */
  cube(dtype: Numeric, cells: number, rows: number, columns: number, fill: number | bigint | undefined): Cube {
    const start = this.#end;
    this.#end += cells * rows * columns * DTYPE_BYTES[dtype];
    return new Cube(this.handle, start, dtype, cells, rows, columns, fill);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.handle.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function readAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await handle.read(bytes, at, bytes.length - at, position + at);
    if (bytesRead === 0) throw new RangeError('the temporary file of a conversion is shorter than what was put in it');
    at += bytesRead;
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    at += (await handle.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
  }
}

export class Cube {
  readonly #there: Uint8Array;

  constructor(
    private readonly handle: FileHandle,
    private readonly start: number,
    readonly dtype: Numeric,
    readonly cells: number,
    readonly rows: number,
    readonly columns: number,
    private readonly fill: number | bigint | undefined,
  ) {
    this.#there = new Uint8Array(cells);
  }

  #place(cell: number, row: number): number {
    return this.start + (cell * this.rows + row) * this.columns * DTYPE_BYTES[this.dtype];
  }

  /** Whether a plane was put there. */
  has(cell: number): boolean {
    return this.#there[cell] === 1;
  }

  async putPlane(cell: number, values: CfNumbers): Promise<void> {
    await writeAll(this.handle, bytesOf(values), this.#place(cell, 0));
    this.#there[cell] = 1;
  }

  /** A plane; where none was put, the value of missing points. */
  async plane(cell: number): Promise<CfNumbers> {
    const values = newNumbers(this.dtype, this.rows * this.columns);
    if (this.has(cell)) await readAll(this.handle, bytesOf(values), this.#place(cell, 0));
    else if (this.fill !== undefined) values.fill(this.fill as never);
    return values;
  }

  /** Rows `from` to `to` of all planes, turned: [row, column, cell]. */
  async band(from: number, to: number): Promise<CfNumbers> {
    const { cells } = this;
    const count = (to - from) * this.columns;
    const out = newNumbers(this.dtype, count * cells);
    const part = newNumbers(this.dtype, count);
    for (let cell = 0; cell < cells; cell++) {
      if (this.has(cell)) await readAll(this.handle, bytesOf(part), this.#place(cell, from));
      else if (this.fill !== undefined) part.fill(this.fill as never);
      for (let k = 0; k < count; k++) out[k * cells + cell] = part[k]!;
    }
    return out;
  }

  /** Puts values of the order [row, column, cell] from row `from` on. */
  async putBand(from: number, values: CfNumbers): Promise<void> {
    const { cells } = this;
    const count = values.length / cells;
    const part = newNumbers(this.dtype, count);
    for (let cell = 0; cell < cells; cell++) {
      for (let k = 0; k < count; k++) part[k] = values[k * cells + cell]!;
      await writeAll(this.handle, bytesOf(part), this.#place(cell, from));
      this.#there[cell] = 1;
    }
  }
}
