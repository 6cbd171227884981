/**
 * Chunks along time instead of one a record: whole series of small squares, for readers that want a point at all times. Fields are
 * transposed in slabs of bounded size; where a field does not fit, it is decoded once for every strip of its rows.
 */
import {
  type CfDataset,
  type CfGroup,
  type CfNumbers,
  type CfPlanes,
  type CfVariable,
  DTYPE_BYTES,
  groupsOf,
  newNumbers,
  sizeOf,
} from '../../formats/cf.js';
import { FeatureError } from '../../schemas/problem.js';
import { type PlaneTable, readPlane } from './planes.js';

const SQUARE = 32;
const MOST_TIMES = 512;
const SLAB_BYTES = 64 * 2 ** 20;
const DECODING_AT_ONCE = 4;

/** Which dimension of a field is its time; -1 for none. */
const timeAxis = ({ dims }: CfVariable): number => dims.findIndex((name) => /^(time|leadtime)(_|$)/.test(name));

function withChunks(variable: CfVariable): CfVariable {
  const { data, shape } = variable;
  const time = timeAxis(variable);
  if (data.kind !== 'planes' || data.planeDims !== 2 || time < 0 || variable.dtype === 'string') return variable;
  const [rows, columns] = [shape.at(-2)!, shape.at(-1)!];
  const strip = SQUARE * columns * DTYPE_BYTES[variable.dtype];
  const times = Math.max(1, Math.min(shape[time]!, MOST_TIMES, Math.floor(SLAB_BYTES / strip)));
  const chunks = shape.map((_, at) => (at === time ? times : 1));
  chunks.splice(-2, 2, Math.max(1, Math.min(SQUARE, rows)), Math.max(1, Math.min(SQUARE, columns)));
  return { ...variable, data: { ...data, chunks } };
}

/** The same dataset with fields in chunks along time. */
export function seriesChunks(dataset: CfDataset): CfDataset {
  const group = (one: CfGroup): CfGroup => ({
    ...one,
    variables: one.variables.map(withChunks),
    groups: one.groups.map(group),
  });
  return group(dataset);
}

export interface SeriesStream {
  /** writes a whole chunk: values beyond the edge are fill values */
  putChunk(variable: CfVariable, place: readonly number[], values: CfNumbers): Promise<void>;
  put(variable: CfVariable, cell: number, values: CfNumbers): Promise<void>;
  onBad(row: number, error: FeatureError): void;
  readonly signal: AbortSignal;
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

/** Fields with `chunks`, transposed one after the other; those without go plane by plane. Returns the number of records written. */
export async function streamSeries(table: PlaneTable, dataset: CfDataset, options: SeriesStream): Promise<number> {
  const fields = [...groupsOf(dataset)].flatMap(({ group }) => group.variables);
  const total = new Set(fields.flatMap(({ data }) => (data.kind === 'planes' ? [...data.rows] : []))).size;
  const work = new Transposer(table, options, total);
  for (const variable of fields) {
    if (variable.data.kind === 'planes') await work.field(variable, variable.data);
  }
  return work.written.size;
}

class Transposer {
  /** rows of the records that were written */
  readonly written = new Set<number>();
  readonly #bad = new Set<number>();

  constructor(
    readonly table: PlaneTable,
    readonly options: SeriesStream,
    readonly total: number,
  ) {}

  async field(variable: CfVariable, data: CfPlanes): Promise<void> {
    const { chunks, planeDims } = data;
    if (chunks === undefined) {
      for (const cell of data.rows.keys()) {
        const values = await this.#plane(variable, data, cell);
        if (values !== undefined) await this.options.put(variable, cell, values);
      }
      return;
    }
    const leading = variable.shape.slice(0, variable.shape.length - planeDims);
    const time = timeAxis(variable);
    const outer = sizeOf(leading.filter((_, at) => at !== time));
    for (let cell = 0; cell < outer; cell++) {
      const place = placeOf(leading, time, cell);
      for (let from = 0; from < leading[time]!; from += chunks[time]!) {
        await this.#block(variable, data, chunks, place, from);
      }
    }
  }

  async #plane(variable: CfVariable, data: CfPlanes, cell: number): Promise<CfNumbers | undefined> {
    const row = data.rows[cell]!;
    if (row < 0 || this.#bad.has(row)) return undefined;
    this.options.signal.throwIfAborted();
    try {
      const values = await readPlane(this.table, variable, cell, this.options.signal);
      this.written.add(row);
      this.options.progress?.(this.written.size, this.total);
      return values;
    } catch (error) {
      if (!(error instanceof FeatureError)) throw error;
      this.#bad.add(row);
      this.options.onBad(row, error);
      return undefined;
    }
  }

  /** All chunks of one column of cells over one stretch of times. */
  async #block(variable: CfVariable, data: CfPlanes, chunks: readonly number[], place: number[], from: number) {
    const time = timeAxis(variable);
    const [rows, columns] = [variable.shape.at(-2)!, variable.shape.at(-1)!];
    const [high, wide, times] = [chunks.at(-2)!, chunks.at(-1)!, chunks[time]!];
    const dtype = variable.dtype as Exclude<CfVariable['dtype'], 'string'>;
    const perRow = times * columns * DTYPE_BYTES[dtype];
    const strip = Math.max(high, Math.floor(SLAB_BYTES / perRow / high) * high);
    for (let top = 0; top < rows; top += strip) {
      const height = Math.min(strip, rows - top);
      const slab = newNumbers(dtype, times * height * columns).fill((variable.fill ?? 0) as never);
      await this.#fillSlab(variable, data, slab, { place, time, from, times, top, height, columns });
      for (let y = 0; y < height; y += high) {
        for (let x = 0; x < columns; x += wide) {
          const chunk = newNumbers(dtype, times * high * wide).fill((variable.fill ?? 0) as never);
          const width = Math.min(wide, columns - x);
          for (let t = 0; t < times; t++) {
            for (let j = 0; j < Math.min(high, height - y); j++) {
              const start = (t * height + y + j) * columns + x;
              chunk.set(slab.subarray(start, start + width) as never, (t * high + j) * wide);
            }
          }
          const at = place.map((index, dim) => (dim === time ? from / times : index));
          await this.options.putChunk(variable, [...at, (top + y) / high, x / wide], chunk);
        }
      }
    }
  }

  async #fillSlab(variable: CfVariable, data: CfPlanes, slab: CfNumbers, where: Slab): Promise<void> {
    const { place, time, from, times, top, height, columns } = where;
    const leading = variable.shape.slice(0, variable.shape.length - data.planeDims);
    const last = Math.min(times, leading[time]! - from);
    const one = async (t: number): Promise<void> => {
      const index = place.map((value, dim) => (dim === time ? from + t : value));
      const cell = index.reduce((sum, value, dim) => sum * leading[dim]! + value, 0);
      const values = await this.#plane(variable, data, cell);
      if (values === undefined) return;
      slab.set(values.subarray(top * columns, (top + height) * columns) as never, t * height * columns);
    };
    for (let t = 0; t < last; t += DECODING_AT_ONCE) {
      const several = Array.from({ length: Math.min(DECODING_AT_ONCE, last - t) }, (_, n) => one(t + n));
      await Promise.all(several);
    }
  }
}

interface Slab {
  readonly place: readonly number[];
  readonly time: number;
  readonly from: number;
  readonly times: number;
  readonly top: number;
  readonly height: number;
  readonly columns: number;
}

/** Indices of a cell among the leading dimensions without time. */
function placeOf(leading: readonly number[], time: number, cell: number): number[] {
  const place = new Array<number>(leading.length).fill(0);
  let rest = cell;
  for (let at = leading.length - 1; at >= 0; at--) {
    if (at === time) continue;
    place[at] = rest % leading[at]!;
    rest = Math.floor(rest / leading[at]!);
  }
  return place;
}
