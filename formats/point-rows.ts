/**
 * Coverages as a long table: a row a point, time, level, member and parameter, sorted by parameter, level, member, point and
 * time. Values stay in compact cells until they are sorted; rows come out in chunks, as columns.
 */
import type { BlockRange, CollectionHead, CoverageBlock } from './coverage-block.js';
import type { TableColumn } from './table-column.js';

/** Values of one parameter, level and member, in the order in which they came. */
interface Cells {
  readonly param: number;
  readonly level: number;
  readonly number: number;
  point: number[];
  time: number[];
  reference: number[];
  value: number[];
}

/** Points in order of appearance. Equal places of different lists are one point. */
class Points {
  readonly lat: number[] = [];
  readonly lon: number[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #lists = new WeakMap<object, Int32Array>();

  number(lat: number, lon: number): number {
    const key = `${lat} ${lon}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.lat.length;
    this.#numbers.set(key, number);
    this.lat.push(lat);
    this.lon.push(lon);
    return number;
  }

  numbers(list: { readonly lat: Float64Array; readonly lon: Float64Array }): Int32Array {
    let numbers = this.#lists.get(list);
    if (numbers === undefined) {
      numbers = Int32Array.from(list.lat, (lat, k) => this.number(lat, list.lon[k]!));
      this.#lists.set(list, numbers);
    }
    return numbers;
  }
}

const HOUR_MS = 3_600_000;
const NO_NUMBER = -1;

/** Milliseconds of a step in metadata: whole hours, or text such as 1h30m; NaN when there is none. */
function stepMs(step: unknown): number {
  if (typeof step === 'number') return step * HOUR_MS;
  if (typeof step !== 'string') return Number.NaN;
  const parts = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(step);
  return parts === null
    ? Number.NaN
    : ((Number(parts[1] ?? 0) * 60 + Number(parts[2] ?? 0)) * 60 + Number(parts[3] ?? 0)) * 1000;
}

/** Texts of the columns, one list for all chunks. */
interface Texts {
  readonly levelTypes: readonly string[];
  readonly params: readonly string[];
  readonly units: readonly string[];
}

export class PointRows {
  readonly #texts: Texts;
  readonly #groups = new Map<string, Cells>();
  readonly #points = new Points();
  #rows = 0;

  constructor(readonly head: CollectionHead) {
    this.#texts = {
      levelTypes: [head.levtype ?? ''],
      params: head.params.map(({ name }) => name),
      units: head.params.map(({ unit }) => unit),
    };
  }

  get rows(): number {
    return this.#rows;
  }

  add(block: CoverageBlock): void {
    for (const range of block.ranges) this.#addRange(block, range);
  }

  #cells(param: number, level: number, number: number): Cells {
    const key = `${param} ${level} ${number}`;
    let cells = this.#groups.get(key);
    if (cells === undefined) {
      cells = { param, level, number, point: [], time: [], reference: [], value: [] };
      this.#groups.set(key, cells);
    }
    return cells;
  }

  #addRange({ metadata, domain }: CoverageBlock, { param, values }: BlockRange): void {
    const p = this.head.params.findIndex(({ name }) => name === param.name);
    const ensemble = metadata['type'] === 'pf' || metadata['type'] === 'cf' || metadata['number'] !== 0;
    const number = ensemble && typeof metadata['number'] === 'number' ? metadata['number'] : NO_NUMBER;
    const base = Date.parse(String(metadata['Forecast date'] ?? ''));
    const step = stepMs(metadata['step']);
    const put = (level: number, point: number, time: number, value: number): void => {
      const cells = this.#cells(p, level, number);
      cells.point.push(point);
      cells.time.push(time);
      cells.reference.push(Number.isNaN(step) ? base : time - step);
      cells.value.push(value);
    };
    this.#rows += values.length;
    switch (domain.type) {
      case 'PointSeries': {
        const point = this.#points.number(domain.lat, domain.lon);
        for (let k = 0; k < values.length; k++) put(domain.level, point, domain.times[k]!, values[k]!);
        return;
      }
      case 'VerticalProfile': {
        const point = this.#points.number(domain.lat, domain.lon);
        for (let k = 0; k < values.length; k++) put(domain.levels[k]!, point, domain.time, values[k]!);
        return;
      }
      case 'MultiPoint': {
        const points = this.#points.numbers(domain.points);
        for (let k = 0; k < values.length; k++) {
          const level = Math.floor(k / points.length);
          put(domain.levels[level]!, points[k - level * points.length]!, domain.valid, values[k]!);
        }
        return;
      }
      case 'Trajectory': {
        const { lat, lon, level, time } = domain.path;
        for (let k = 0; k < values.length; k++) {
          put(level[k]!, this.#points.number(lat[k]!, lon[k]!), time[time.length === 1 ? 0 : k]!, values[k]!);
        }
      }
    }
  }

  /** Groups in order of parameter, level and member, each with the order of its cells. */
  #sorted(): { readonly cells: Cells; readonly order: Uint32Array }[] {
    const groups = [...this.#groups.values()];
    groups.sort((a, b) => a.param - b.param || a.level - b.level || a.number - b.number);
    return groups.map((cells) => {
      const order = Uint32Array.from(cells.point, (_, k) => k);
      order.sort((a, b) => cells.point[a]! - cells.point[b]! || cells.time[a]! - cells.time[b]! || a - b);
      return { cells, order };
    });
  }

  /** Columns of at most so many rows at a time; `geometry` adds a point as WKB. */
  *chunks(most: number, geometry: boolean): Generator<readonly TableColumn[]> {
    let chunk = new ChunkBuilder(this.head, this.#points, Math.min(most, this.#rows));
    for (const { cells, order } of this.#sorted()) {
      for (const at of order) {
        chunk.add(cells, at);
        if (chunk.length < most) continue;
        yield chunk.columns(this.#texts, geometry);
        chunk = new ChunkBuilder(this.head, this.#points, Math.min(most, this.#rows));
      }
    }
    if (chunk.length > 0) yield chunk.columns(this.#texts, geometry);
  }
}

const WKB_POINT = 21;

/** A point as well-known binary, little-endian. */
function wkbPoint(lon: number, lat: number): Uint8Array {
  const bytes = new Uint8Array(WKB_POINT);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 1);
  view.setUint32(1, 1, true);
  view.setFloat64(5, lon, true);
  view.setFloat64(13, lat, true);
  return bytes;
}

const wrap180 = (lon: number): number => (lon >= -180 && lon < 180 ? lon : lon - 360 * Math.floor((lon + 180) / 360));

class ChunkBuilder {
  length = 0;
  readonly #point: Int32Array;
  readonly #lon: Float64Array;
  readonly #lat: Float64Array;
  readonly #reference: Float64Array;
  readonly #time: Float64Array;
  readonly #lead: Float64Array;
  readonly #number: Int32Array;
  readonly #level: Float64Array;
  readonly #param: Int32Array;
  readonly #value: Float32Array;

  constructor(
    readonly head: CollectionHead,
    readonly points: Points,
    capacity: number,
  ) {
    this.#point = new Int32Array(capacity);
    this.#lon = new Float64Array(capacity);
    this.#lat = new Float64Array(capacity);
    this.#reference = new Float64Array(capacity);
    this.#time = new Float64Array(capacity);
    this.#lead = new Float64Array(capacity);
    this.#number = new Int32Array(capacity);
    this.#level = new Float64Array(capacity);
    this.#param = new Int32Array(capacity);
    this.#value = new Float32Array(capacity);
  }

  add(cells: Cells, at: number): void {
    const row = this.length++;
    const point = cells.point[at]!;
    this.#point[row] = point;
    this.#lon[row] = wrap180(this.points.lon[point]!);
    this.#lat[row] = this.points.lat[point]!;
    this.#reference[row] = cells.reference[at]!;
    this.#time[row] = cells.time[at]!;
    this.#lead[row] = (cells.time[at]! - cells.reference[at]!) / HOUR_MS;
    this.#number[row] = cells.number;
    this.#level[row] = cells.level;
    this.#param[row] = cells.param;
    this.#value[row] = cells.value[at]!;
  }

  columns(texts: Texts, geometry: boolean): TableColumn[] {
    const n = this.length;
    const { levtype } = this.head;
    const hasLevel = levtype !== 'sfc' && levtype !== null;
    const flags = (holds: (row: number) => boolean): Uint8Array =>
      Uint8Array.from({ length: n }, (_, row) => (holds(row) ? 1 : 0));
    const param = this.#param.subarray(0, n);
    const places = (): Uint8Array[] => Array.from({ length: n }, (_, k) => wkbPoint(this.#lon[k]!, this.#lat[k]!));
    return [
      { name: 'point', type: 'int32', values: this.#point.subarray(0, n) },
      { name: 'longitude', type: 'float64', values: this.#lon.subarray(0, n) },
      { name: 'latitude', type: 'float64', values: this.#lat.subarray(0, n) },
      { name: 'reftime', type: 'timestamp', values: this.#reference.subarray(0, n) },
      { name: 'time', type: 'timestamp', values: this.#time.subarray(0, n) },
      { name: 'leadtime', type: 'float64', values: this.#lead.subarray(0, n) },
      {
        name: 'number',
        type: 'int32',
        values: this.#number.subarray(0, n),
        valid: flags((row) => this.#number[row] !== NO_NUMBER),
      },
      { name: 'level_type', type: 'text', values: new Int32Array(n), texts: texts.levelTypes },
      {
        name: 'level',
        type: 'float64',
        values: this.#level.subarray(0, n),
        valid: flags((row) => hasLevel && !Number.isNaN(this.#level[row]!)),
      },
      { name: 'param', type: 'text', values: param, texts: texts.params },
      { name: 'units', type: 'text', values: param, texts: texts.units },
      {
        name: 'value',
        type: 'float32',
        values: this.#value.subarray(0, n),
        valid: flags((row) => !Number.isNaN(this.#value[row]!)),
      },
      ...(geometry ? [{ name: 'geometry', type: 'binary' as const, values: places() }] : []),
    ];
  }
}
