/**
 * CoverageJSON text of coverages, chunk by chunk, in the `ecmwf` and `ogc` profiles (docs/formats/coveragejson.md). What
 * several coverages share - times, coordinates - is made once and copied; no answer exists as one string.
 */
import type { CovjsonProfile } from '../schemas/coverage.js';
import type { BlockDomain, BlockRange, CollectionHead, CoverageBlock, PathList, PointList } from './coverage-block.js';
import { AXIS_NAMES, collectionHead, hasLevel } from './covjson-head.js';
import { isoTime, TextBuffer, wrapLongitude } from './float-text.js';

/** Chunks are handed over when they reach this size. */
const CHUNK = 1 << 18;
/** Shared blocks above this size are written anew each time instead of being kept. */
const KEEP = 32 << 20;
/** Points or values written between looks at the size of the chunk. */
const BATCH = 8192;
/** Values that a writer of values gets at once. */
const WRITTEN = 32_768;

/** Values as JSON text with commas between, as TextBuffer.float32 writes them: for writers that are faster than it. */
export type FloatWriter = (values: Float32Array) => Uint8Array;

/** Encoded lists by identity; one list of each kind is enough, since coverages that share come together. */
interface Kept {
  readonly key: readonly unknown[];
  readonly pieces: readonly Uint8Array[];
}

class CovjsonEncoder {
  readonly #buffer = new TextBuffer();
  readonly #text = new TextEncoder();
  readonly #withLevel: boolean;
  readonly #kept = new Map<string, Kept>();

  constructor(
    readonly profile: CovjsonProfile,
    readonly head: CollectionHead,
    readonly writeFloats: FloatWriter | undefined,
  ) {
    this.#withLevel = hasLevel(profile, head);
  }

  #json(value: unknown): void {
    this.#buffer.bytes(this.#text.encode(JSON.stringify(value)));
  }

  *#flush(limit: number): Generator<Uint8Array> {
    if (this.#buffer.length >= limit && this.#buffer.length > 0) yield this.#buffer.take();
  }

  *start(): Generator<Uint8Array> {
    this.#buffer.bytes(this.#text.encode(collectionHead(this.profile, this.head)));
    yield this.#buffer.take();
  }

  /** What is still to be handed over; `isLast`: and the end of the collection. */
  *end(isLast: boolean): Generator<Uint8Array> {
    if (isLast) this.#buffer.ascii(']}\n');
    yield* this.#flush(1);
  }

  *coverage(block: CoverageBlock, first: boolean): Generator<Uint8Array> {
    this.#buffer.ascii(first ? '{"mars:metadata":' : ',{"mars:metadata":');
    this.#json(block.metadata);
    this.#buffer.ascii(',"type":"Coverage","domain":{"type":"Domain",');
    if (this.profile === 'ogc') this.#buffer.ascii(`"domainType":"${block.domain.type}",`);
    this.#buffer.ascii('"axes":{');
    yield* this.#axes(block.domain);
    this.#buffer.ascii('}},"ranges":{');
    const axis = this.#rangeAxis(block.domain);
    for (const [index, range] of block.ranges.entries()) {
      if (index > 0) this.#buffer.ascii(',');
      yield* this.#range(range, axis);
    }
    this.#buffer.ascii('}}');
    yield* this.#flush(CHUNK);
  }

  #rangeAxis(domain: BlockDomain): string {
    if (domain.type === 'PointSeries') return 't';
    return domain.type === 'VerticalProfile' ? AXIS_NAMES[this.profile].level : 'composite';
  }

  *#range(range: BlockRange, axis: string): Generator<Uint8Array> {
    const { param, exact, values } = range;
    const integer = this.head.integers.has(param.name);
    this.#json(param.name);
    const type = integer ? 'integer' : 'float';
    const shape = `"dataType":"${type}","axisNames":["${axis}"],"shape":[${values.length}]`;
    this.#buffer.ascii(`:{"type":"NdArray",${shape},"values":[`);
    if (exact !== undefined) yield* this.#exact(exact, integer);
    else if (!integer && this.writeFloats !== undefined) yield* this.#written(values, this.writeFloats);
    else {
      for (let from = 0; from < values.length; from += BATCH) {
        const to = Math.min(values.length, from + BATCH);
        for (let v = from; v < to; v++) {
          if (v > 0) this.#buffer.byte(44);
          if (!integer) this.#buffer.float32(values[v]!);
          else this.#buffer.ascii(Number.isFinite(values[v]!) ? String(values[v]!) : 'null');
        }
        yield* this.#flush(CHUNK);
      }
    }
    this.#buffer.ascii(']}');
  }

  /** Values of records that hold more than float32. */
  *#exact(values: Float64Array, integer: boolean): Generator<Uint8Array> {
    for (let v = 0; v < values.length; v++) {
      if (v > 0) this.#buffer.byte(44);
      if (integer && Number.isFinite(values[v]!)) this.#buffer.ascii(String(values[v]!));
      else this.#buffer.float64(values[v]!);
      if (v % BATCH === 0) yield* this.#flush(CHUNK);
    }
  }

  /** Long lists of values are handed on as they were written, short ones join the buffer. */
  *#written(values: Float32Array, write: FloatWriter): Generator<Uint8Array> {
    for (let from = 0; from < values.length; from += WRITTEN) {
      if (from > 0) this.#buffer.byte(44);
      const text = write(values.subarray(from, Math.min(values.length, from + WRITTEN)));
      if (text.length < CHUNK / 8) this.#buffer.bytes(text);
      else {
        yield* this.#flush(1);
        yield text;
      }
    }
  }

  *#axes(domain: BlockDomain): Generator<Uint8Array> {
    const { lat, lon, level } = AXIS_NAMES[this.profile];
    switch (domain.type) {
      case 'PointSeries':
      case 'VerticalProfile': {
        const pair: [string, number][] = [
          [lat, domain.lat],
          [lon, wrapLongitude(domain.lon)],
        ];
        for (const [name, value] of this.profile === 'ogc' ? pair.reverse() : pair) {
          this.#buffer.ascii(`"${name}":{"values":[`);
          this.#buffer.degrees(value);
          this.#buffer.ascii(']},');
        }
        const levels = domain.type === 'PointSeries' ? [domain.level] : Array.from(domain.levels);
        if (this.#withLevel) this.#buffer.ascii(`"${level}":{"values":${JSON.stringify(levels)}},`);
        this.#times(domain.type === 'PointSeries' ? domain.times : Float64Array.of(domain.time));
        break;
      }
      case 'MultiPoint':
        this.#times(Float64Array.of(this.profile === 'ogc' ? domain.valid : domain.base));
        this.#buffer.ascii(',');
        yield* this.#composite([domain.points, domain.levels], (from) =>
          this.#areaTuples(domain.points, domain.levels, from),
        );
        break;
      case 'Trajectory':
        yield* this.#composite([domain.path], (from) => this.#pathTuples(domain.path, from));
    }
  }

  #times(times: Float64Array): void {
    const kept = this.#kept.get('times');
    if (kept?.key[0] === times) {
      for (const piece of kept.pieces) this.#buffer.bytes(piece);
      return;
    }
    const text = `"t":{"values":${JSON.stringify(Array.from(times, isoTime))}}`;
    const bytes = this.#text.encode(text);
    if (times.length > 1) this.#kept.set('times', { key: [times], pieces: [bytes] });
    this.#buffer.bytes(bytes);
  }

  /** The composite axis: from what was kept, or written piece by piece and kept when it is not too big. */
  *#composite(key: readonly unknown[], write: (from: number) => number): Generator<Uint8Array> {
    const kept = this.#kept.get('composite');
    if (kept?.key.every((part, n) => part === key[n])) {
      yield* this.#flush(1);
      yield* kept.pieces;
      return;
    }
    yield* this.#flush(1);
    const pieces: Uint8Array[] = [];
    let size = 0;
    this.#buffer.ascii(
      `"composite":{"dataType":"tuple","coordinates":${JSON.stringify(this.#tupleNames())},"values":[`,
    );
    for (let from = 0; from >= 0; ) {
      from = write(from);
      if (from < 0) this.#buffer.ascii(']}');
      const piece = this.#buffer.take();
      size += piece.length;
      if (size <= KEEP) pieces.push(piece);
      yield piece;
    }
    if (size <= KEEP) this.#kept.set('composite', { key, pieces });
    else this.#kept.delete('composite');
  }

  #tupleNames(): string[] {
    const { lat, lon, level } = AXIS_NAMES[this.profile];
    const horizontal = this.profile === 'ogc' ? [lon, lat] : [lat, lon];
    const time = this.head.domainType === 'Trajectory' ? ['t'] : [];
    return [...time, ...horizontal, ...(this.#withLevel ? [level] : [])];
  }

  #horizontal(points: PointList, p: number): void {
    const lon = wrapLongitude(points.lon[p]!);
    this.#buffer.degrees(this.profile === 'ogc' ? lon : points.lat[p]!);
    this.#buffer.byte(44);
    this.#buffer.degrees(this.profile === 'ogc' ? points.lat[p]! : lon);
  }

  /** Writes tuples from `from` on, level outermost; where to go on, or -1 at the end. */
  #areaTuples(points: PointList, levels: Float64Array, from: number): number {
    const n = points.lat.length;
    const total = n * levels.length;
    const to = Math.min(total, from + BATCH);
    for (let at = from; at < to; at++) {
      this.#buffer.ascii(at > 0 ? ',[' : '[');
      this.#horizontal(points, at % n);
      this.#buffer.ascii(this.#withLevel ? `,${levels[Math.floor(at / n)]!}]` : ']');
    }
    return to < total ? to : -1;
  }

  #pathTuples(path: PathList, from: number): number {
    const total = path.lat.length;
    const to = Math.min(total, from + BATCH);
    let known = Number.NaN;
    let time = '';
    for (let at = from; at < to; at++) {
      const ms = path.time[path.time.length === 1 ? 0 : at]!;
      if (ms !== known) {
        known = ms;
        time = isoTime(ms);
      }
      this.#buffer.ascii(`${at > 0 ? ',' : ''}["${time}",`);
      this.#horizontal(path, at);
      this.#buffer.ascii(`,${path.level[at]!}]`);
    }
    return to < total ? to : -1;
  }
}

/** A stretch of a collection's coverages: stretches one after another are the collection. */
export interface CollectionPiece {
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

const WHOLE: CollectionPiece = { isFirst: true, isLast: true };

/** Bytes of the whole collection, or of a piece. At least one coverage must come: an empty collection is no answer. */
export async function* encodeCovjson(
  profile: CovjsonProfile,
  head: CollectionHead,
  blocks: AsyncIterable<CoverageBlock>,
  writeFloats?: FloatWriter,
  piece: CollectionPiece = WHOLE,
): AsyncGenerator<Uint8Array> {
  const encoder = new CovjsonEncoder(profile, head, writeFloats);
  let first = piece.isFirst;
  for await (const block of blocks) {
    // the head waits for the first coverage, so that a failed read leaves no broken text behind
    if (first) yield* encoder.start();
    yield* encoder.coverage(block, first);
    first = false;
  }
  yield* encoder.end(piece.isLast);
}
