/**
 * The run that W1-W5 read, written once by the project's own writer: 240 hourly fields of 1000 x 1000 that move like weather
 * (three seeded fields, mixed by the hour), one file a step, plain 16 bits and compressed; a column of 80 levels; variants.
 */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeIp } from '../extraction/fst/ip.js';
import { isoToStamp } from '../extraction/fst/time.js';
import { append, encode, type NativeField } from '../native/index.js';
import type { Container } from '../schemas/vocabulary.js';
import { weatherField } from './field.js';
import { LEVELS, SIDE, STEPS } from './workloads.js';

const ORIGIN = isoToStamp('2025-01-15T00:00:00Z');
const PRESSURE = 2;

export interface Packing {
  readonly container: Container;
  readonly datyp: number;
  readonly nbits: number;
}

export const PLAIN: Packing = { container: 'xdf', datyp: 1, nbits: 16 };
export const COMPRESSED: Packing = { container: 'xdf', datyp: 134, nbits: 16 };

/** Three fields of one size, made once. */
export class MovingWeather {
  readonly #parts: readonly Float32Array[];

  constructor(
    readonly ni: number,
    readonly nj: number,
  ) {
    this.#parts = [11, 12, 13].map((seed) => weatherField(ni, nj, seed));
  }

  /** Field of an hour; `level` only shifts it. */
  at(hour: number, level = 500): Float32Array {
    const [a, b, c] = this.#parts as [Float32Array, Float32Array, Float32Array];
    const [x, y] = [0.6 * Math.sin(hour / 24), 0.4 * Math.cos(hour / 17)];
    const shift = -10 + 0.02 * (level - 500);
    const out = new Float32Array(a.length);
    for (let k = 0; k < out.length; k++) out[k] = a[k]! + x * b[k]! + y * c[k]! + shift;
    return out;
  }
}

export interface Place {
  readonly ni: number;
  readonly nj: number;
  readonly hour: number;
  readonly level: number;
}

/** Grid L, lon 230 + 0.1 i, lat 25 + 0.05 j. */
export function fieldOf(values: Float32Array, packing: Packing, { ni, nj, hour, level }: Place): NativeField {
  return {
    nomvar: 'TT',
    typvar: 'P',
    etiket: 'BENCH',
    grtyp: 'L',
    ip1: encodeIp(level, PRESSURE),
    ip2: hour,
    ip3: 0,
    ni,
    nj,
    nk: 1,
    deet: 3600,
    npas: hour,
    ig1: 5,
    ig2: 10,
    ig3: 11500,
    ig4: 23000,
    dateo: ORIGIN,
    datyp: packing.datyp,
    nbits: packing.nbits,
    values,
  };
}

/** Writes a file under another name first, so that an interrupted run leaves nothing half written. */
export async function writeFileOnce(
  path: string,
  container: Container,
  fields: () => Iterable<NativeField>,
): Promise<void> {
  if (existsSync(path)) return;
  const part = `${path}.part`;
  await rm(part, { force: true });
  for (const field of fields()) await append(part, container, [await encode(container, field)]);
  await rename(part, path);
}

/** `name/NNN.fst` below `folder`, one file an hour. */
export async function hourlyFiles(folder: string, name: string, packing: Packing, steps = STEPS): Promise<string> {
  const place = join(folder, name);
  if (existsSync(join(place, `${String(steps - 1).padStart(3, '0')}.fst`))) return place;
  await mkdir(place, { recursive: true });
  const weather = new MovingWeather(SIDE, SIDE);
  for (let hour = 0; hour < steps; hour++) {
    await writeFileOnce(join(place, `${String(hour).padStart(3, '0')}.fst`), packing.container, () => [
      fieldOf(weather.at(hour), packing, { ni: SIDE, nj: SIDE, hour, level: 500 }),
    ]);
  }
  return place;
}

/** `name.fst`: 80 pressure levels at hour 0. */
export async function levelsFile(folder: string, name: string, packing: Packing): Promise<string> {
  const path = join(folder, `${name}.fst`);
  if (existsSync(path)) return path;
  await mkdir(folder, { recursive: true });
  const weather = new MovingWeather(SIDE, SIDE);
  await writeFileOnce(path, packing.container, function* () {
    for (const level of LEVELS) yield fieldOf(weather.at(0, level), packing, { ni: SIDE, nj: SIDE, hour: 0, level });
  });
  return path;
}

/** 24 files of 500 small records each: 24 hours, 500 levels. */
export async function manyRecords(folder: string): Promise<string> {
  const place = join(folder, 'many');
  await mkdir(place, { recursive: true });
  const [ni, nj] = [100, 100];
  const weather = new MovingWeather(ni, nj);
  for (let hour = 0; hour < 24; hour++) {
    const values = weather.at(hour);
    await writeFileOnce(join(place, `${String(hour).padStart(3, '0')}.fst`), 'xdf', function* () {
      for (let level = 1; level <= 500; level++) yield fieldOf(values, PLAIN, { ni, nj, hour, level });
    });
  }
  return place;
}
