/**
 * Cloud-optimised GeoTIFF: the directories of all resolutions first, then the data, smallest overview first. Classic TIFF, or
 * BigTIFF where the file could pass 4 GiB. Bands come one after the other; those of the full resolution wait in a side file.
 */
import { type FileHandle, open, rm } from 'node:fs/promises';
import { geoKeys, type TiffCrs } from './keys.js';
import { halved, type Raster, type Resampling, tilesOf } from './tiles.js';

export interface BandInfo {
  readonly description: string;
  readonly units: string;
  /** further items of the GDAL metadata */
  readonly items: Readonly<Record<string, string>>;
}

export interface TiffHead {
  readonly width: number;
  readonly height: number;
  readonly crs: TiffCrs;
  /** outer corner of the north-west pixel, and the size of pixels (both positive) */
  readonly west: number;
  readonly north: number;
  readonly dx: number;
  readonly dy: number;
  readonly bands: readonly BandInfo[];
  readonly resampling: Resampling;
  /** items of the whole file */
  readonly items: Readonly<Record<string, string>>;
}

const LARGEST_TILE = 512;
const TILE_STEP = 16;
const CLASSIC_LIMIT = 2 ** 32 - 2 ** 24;
const COPY_BYTES = 4 * 2 ** 20;

const TYPE = { ascii: 2, short: 3, long: 4, double: 12, long8: 16 } as const;
const SIZES: Readonly<Record<number, number>> = { 2: 1, 3: 2, 4: 4, 12: 8, 16: 8 };

interface Tag {
  readonly code: number;
  readonly type: number;
  readonly values: readonly number[];
}

interface Level {
  readonly width: number;
  readonly height: number;
  readonly across: number;
  readonly down: number;
}

const escaped = (text: string): string =>
  text.replace(/[<>&"']/g, (letter) => `&#${letter.charCodeAt(0)};`).replace(/[^\x20-\x7e]/g, '?');

function gdalMetadata({ items, bands }: TiffHead): string {
  const item = (name: string, text: string, more = ''): string =>
    `  <Item name="${name}"${more}>${escaped(text)}</Item>\n`;
  let xml = '<GDALMetadata>\n';
  for (const [name, text] of Object.entries(items)) xml += item(name, text);
  for (const [band, { description, units, items: own }] of bands.entries()) {
    const sample = ` sample="${band}"`;
    xml += item('DESCRIPTION', description, `${sample} role="description"`);
    xml += item('UNITTYPE', units, `${sample} role="unittype"`);
    for (const [name, text] of Object.entries(own)) xml += item(name, text, sample);
  }
  return `${xml}</GDALMetadata>`;
}

const ascii = (text: string): number[] => [...Buffer.from(`${text}\0`, 'latin1')];

function levelsOf(width: number, height: number, size: number): Level[] {
  const levels: Level[] = [];
  let [w, h] = [width, height];
  for (;;) {
    levels.push({ width: w, height: h, across: Math.ceil(w / size), down: Math.ceil(h / size) });
    if (w <= size && h <= size) return levels;
    [w, h] = [Math.ceil(w / 2), Math.ceil(h / 2)];
  }
}

/** Tiles of one resolution: where they will be, and (overviews) their bytes. */
interface Stored {
  readonly counts: number[];
  readonly tiles: Uint8Array[];
}

export class TiffWriter {
  readonly #size: number;
  readonly #levels: readonly Level[];
  readonly #stored: readonly Stored[];
  readonly #big: boolean;
  #side: FileHandle | undefined;

  constructor(
    readonly path: string,
    readonly head: TiffHead,
  ) {
    const longest = Math.max(head.width, head.height);
    this.#size = Math.min(LARGEST_TILE, Math.ceil(longest / TILE_STEP) * TILE_STEP);
    this.#levels = levelsOf(head.width, head.height, this.#size);
    this.#stored = this.#levels.map(() => ({ counts: [], tiles: [] }));
    this.#big = head.width * head.height * 4 * head.bands.length * 1.5 > CLASSIC_LIMIT;
  }

  get #sidePath(): string {
    return `${this.path}.tiles`;
  }

  /** The next band. */
  async add(values: Float32Array): Promise<void> {
    let raster: Raster = { width: this.head.width, height: this.head.height, values };
    for (const [n, stored] of this.#stored.entries()) {
      if (n > 0) raster = halved(raster, this.head.resampling);
      const tiles = await tilesOf(raster, this.#size);
      stored.counts.push(...tiles.map(({ length }) => length));
      if (n > 0 || this.head.bands.length === 1) stored.tiles.push(...tiles);
      else {
        this.#side ??= await open(this.#sidePath, 'wx+');
        await this.#side.writev(tiles);
      }
    }
  }

  #tags(n: number, offsets: readonly number[]): Tag[] {
    const { head } = this;
    const level = this.#levels[n]!;
    const bands = head.bands.length;
    const offsetType = this.#big ? TYPE.long8 : TYPE.long;
    const short = (code: number, ...values: number[]): Tag => ({ code, type: TYPE.short, values });
    const tags: Tag[] = [
      { code: 254, type: TYPE.long, values: [n === 0 ? 0 : 1] },
      { code: 256, type: TYPE.long, values: [level.width] },
      { code: 257, type: TYPE.long, values: [level.height] },
      short(258, ...new Array<number>(bands).fill(32)),
      short(259, 8),
      short(262, 1),
      short(277, bands),
      short(284, bands > 1 ? 2 : 1),
      short(317, 3),
      short(322, this.#size),
      short(323, this.#size),
      { code: 324, type: offsetType, values: offsets },
      { code: 325, type: TYPE.long, values: this.#stored[n]!.counts },
      ...(bands > 1 ? [short(338, ...new Array<number>(bands - 1).fill(0))] : []),
      short(339, ...new Array<number>(bands).fill(3)),
      { code: 42113, type: TYPE.ascii, values: ascii('nan') },
    ];
    if (n > 0) return tags;
    const keys = geoKeys(head.crs);
    tags.push(
      { code: 33550, type: TYPE.double, values: [head.dx, head.dy, 0] },
      { code: 33922, type: TYPE.double, values: [0, 0, 0, head.west, head.north, 0] },
      { code: 42112, type: TYPE.ascii, values: ascii(gdalMetadata(head)) },
    );
    if (keys !== undefined) tags.push({ code: 34735, type: TYPE.short, values: keys.directory });
    if (keys !== undefined && keys.doubles.length > 0) {
      tags.push({ code: 34736, type: TYPE.double, values: keys.doubles });
    }
    return tags.sort((a, b) => a.code - b.code);
  }

  /** Bytes of all directories, for given places of the tiles. */
  #directories(offsets: readonly (readonly number[])[]): Buffer {
    const start = this.#big ? 16 : 8;
    const parts: Buffer[] = [];
    let at = start;
    for (const [n, own] of offsets.entries()) {
      const part = this.#directory(this.#tags(n, own), at, n === offsets.length - 1);
      parts.push(part);
      at += part.length;
    }
    const header = Buffer.alloc(start);
    header.write('II', 0, 'latin1');
    header.writeUInt16LE(this.#big ? 43 : 42, 2);
    if (this.#big) {
      header.writeUInt16LE(8, 4);
      header.writeBigUInt64LE(BigInt(start), 8);
    } else header.writeUInt32LE(start, 4);
    return Buffer.concat([header, ...parts]);
  }

  #directory(tags: readonly Tag[], at: number, last: boolean): Buffer {
    const [entry, word, count] = this.#big ? [20, 8, 8] : [12, 4, 2];
    const tableBytes = count + tags.length * entry + word;
    const table = Buffer.alloc(tableBytes);
    const extra: Buffer[] = [];
    let extraAt = at + tableBytes;
    if (this.#big) table.writeBigUInt64LE(BigInt(tags.length), 0);
    else table.writeUInt16LE(tags.length, 0);
    for (const [k, tag] of tags.entries()) {
      const place = count + k * entry;
      table.writeUInt16LE(tag.code, place);
      table.writeUInt16LE(tag.type, place + 2);
      if (this.#big) table.writeBigUInt64LE(BigInt(tag.values.length), place + 4);
      else table.writeUInt32LE(tag.values.length, place + 4);
      const bytes = tagBytes(tag);
      const inline = place + (this.#big ? 12 : 8);
      if (bytes.length <= word) bytes.copy(table, inline);
      else {
        const padded = Buffer.concat([bytes, Buffer.alloc((8 - (bytes.length % 8)) % 8)]);
        if (this.#big) table.writeBigUInt64LE(BigInt(extraAt), inline);
        else table.writeUInt32LE(extraAt, inline);
        extra.push(padded);
        extraAt += padded.length;
      }
    }
    const next = last ? 0 : extraAt;
    if (this.#big) table.writeBigUInt64LE(BigInt(next), tableBytes - word);
    else table.writeUInt32LE(next, tableBytes - word);
    return Buffer.concat([table, ...extra]);
  }

  /** Writes the file when all bands were added. Returns its size. */
  async finish(): Promise<number> {
    const blank = this.#stored.map(({ counts }) => counts.map(() => 0));
    let at = this.#directories(blank).length;
    const offsets: number[][] = [];
    for (let n = this.#stored.length - 1; n >= 0; n--) {
      offsets[n] = this.#stored[n]!.counts.map((count) => {
        const place = at;
        at += count;
        return place;
      });
    }
    const file = await open(this.path, 'wx');
    try {
      await file.write(this.#directories(offsets));
      for (const { tiles } of [...this.#stored].reverse()) for (const tile of tiles) await file.write(tile);
      if (this.#side !== undefined) await copyAll(this.#side, file);
    } finally {
      await file.close();
      await this.close();
    }
    return at;
  }

  /** Lets go of the side file; needed when `finish` is never reached. */
  async close(): Promise<void> {
    if (this.#side === undefined) return;
    await this.#side.close();
    this.#side = undefined;
    await rm(this.#sidePath, { force: true });
  }
}

function tagBytes({ type, values }: Tag): Buffer {
  const bytes = Buffer.alloc(values.length * SIZES[type]!);
  for (const [k, value] of values.entries()) {
    if (type === TYPE.ascii) bytes.writeUInt8(value, k);
    else if (type === TYPE.short) bytes.writeUInt16LE(value, 2 * k);
    else if (type === TYPE.long) bytes.writeUInt32LE(value, 4 * k);
    else if (type === TYPE.double) bytes.writeDoubleLE(value, 8 * k);
    else bytes.writeBigUInt64LE(BigInt(value), 8 * k);
  }
  return bytes;
}

async function copyAll(from: FileHandle, to: FileHandle): Promise<void> {
  const buffer = Buffer.alloc(COPY_BYTES);
  for (let at = 0; ; ) {
    const { bytesRead } = await from.read(buffer, 0, COPY_BYTES, at);
    if (bytesRead === 0) return;
    await to.write(buffer, 0, bytesRead);
    at += bytesRead;
  }
}
