/** Further runs that the benchmark writes: another container and width, a rotated grid, many records a file, many sizes. */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { axis } from '../extraction/region/fixture-grids.js';
import { append, encode, gridPoints, type NativeField } from '../native/index.js';
import type { GridDef } from '../schemas/vocabulary.js';
import { fieldOf, MovingWeather, type Packing, PLAIN, writeFileOnce } from './run-files.js';

const ROTATION: readonly [number, number, number, number] = [1217, 0, 57986, 57216];
const TAGS = { ip1: 1200, ip2: 1300, ip3: 1400 } as const;

/** A run on a grid, and a point of it with the place where its value is stored. */
export interface VariantRun {
  readonly folder: string;
  readonly offset: number;
  readonly lat: number;
  readonly lon: number;
}

const nameOf = (hour: number): string => `${String(hour).padStart(3, '0')}.fst`;

/** Z on E: straight axes in a rotated frame. `spread`: degrees that the grid covers along its rows. */
function rotatedGrid(ni: number, nj: number, spread: number): GridDef {
  const step = spread / ni;
  return {
    ...{ grtyp: 'Z', ni, nj, ig: [0, 0, 0, 0], ref: { grtyp: 'E', ig: ROTATION } },
    ...{ ax: axis(ni, 180 - spread / 2, step, true), ay: axis(nj, -(step * nj) / 2, step, true) },
  };
}

function descriptors(grid: GridDef): NativeField[] {
  const [ig1, ig2, ig3, ig4] = ROTATION;
  const shared = {
    ...{ typvar: 'X', etiket: 'POSITION', grtyp: 'E', ...TAGS, nk: 1, deet: 0, npas: 0, ig1, ig2, ig3, ig4, dateo: 0 },
    ...{ datyp: 5, nbits: 32 },
  };
  const { ni, nj } = grid;
  return [
    { ...shared, nomvar: '>>', ni, nj: 1, values: Float32Array.from(grid.ax!) },
    { ...shared, nomvar: '^^', ni: 1, nj, values: Float32Array.from(grid.ay!) },
  ];
}

/** A run of some hours on a rotated grid of any size. */
export async function rotatedRun(
  folder: string,
  name: string,
  packing: Packing,
  { ni, nj, steps }: { readonly ni: number; readonly nj: number; readonly steps: number },
): Promise<VariantRun> {
  const place = join(folder, name);
  const grid = rotatedGrid(ni, nj, 57);
  if (!existsSync(join(place, nameOf(steps - 1)))) {
    await mkdir(place, { recursive: true });
    const weather = new MovingWeather(ni, nj);
    for (let hour = 0; hour < steps; hour++) {
      await writeFileOnce(join(place, nameOf(hour)), packing.container, function* () {
        yield* descriptors(grid);
        const field = fieldOf(weather.at(hour), packing, { ni, nj, hour, level: 500 });
        yield { ...field, grtyp: 'Z', ig1: TAGS.ip1, ig2: TAGS.ip2, ig3: TAGS.ip3, ig4: 0 };
      });
    }
  }
  const offset = Math.floor(nj * 0.583) * ni + Math.floor(ni * 0.417);
  const { lat, lon } = await gridPoints(grid, Uint32Array.of(offset));
  return { folder: place, offset, lat: lat[0]!, lon: lon[0]! };
}

const SMALL = 20;
const HOURS = 24;
const LEVELS_A_NAME = 40;

/** A run of small fields in 24 hourly files with `records` records altogether: TT first, then other names, on 40 levels each. */
export async function recordsRun(folder: string, records: number): Promise<VariantRun> {
  const place = join(folder, `records-${records}`);
  await mkdir(place, { recursive: true });
  const values = new MovingWeather(SMALL, SMALL);
  for (let hour = 0; hour < HOURS; hour++) {
    const path = join(place, nameOf(hour));
    if (existsSync(path)) continue;
    const count = Math.floor(((hour + 1) * records) / HOURS) - Math.floor((hour * records) / HOURS);
    const field = values.at(hour);
    const made: Uint8Array[] = [];
    for (let r = 0; r < count; r++) {
      const number = Math.floor(r / LEVELS_A_NAME);
      const nomvar = number === 0 ? 'TT' : `V${number.toString(36).toUpperCase().padStart(3, '0')}`;
      const level = 1000 - 12 * (r % LEVELS_A_NAME);
      made.push(await encode('xdf', { ...fieldOf(field, PLAIN, { ni: SMALL, nj: SMALL, hour, level }), nomvar }));
    }
    await rm(`${path}.part`, { force: true });
    await append(`${path}.part`, 'xdf', made);
    await rename(`${path}.part`, path);
  }
  // column 7, row 11 of grid L
  return { folder: place, offset: 11 * SMALL + 7, lat: 25.55, lon: 230.7 - 360 };
}
