/**
 * The workloads W1-W5 as requests: a point, 100 points, a 12-gon, a column and a path on a 1000 x 1000 grid of 240 hourly
 * steps. Indices are 0-based, row 0 southernmost: lon = 230 + 0.1 i, lat = 25 + 0.05 j.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../test/paths.js';

export const SIDE = 1000;
export const STEPS = 240;
export const AREA_STEPS = 24;
export const LEVELS: readonly number[] = Array.from({ length: 80 }, (_, l) => 1000 - 12 * l);

type Cell = readonly [i: number, j: number];

interface Places {
  readonly W1: Cell;
  readonly W2: readonly Cell[];
  /** row, first column, column after the last */
  readonly W3: readonly (readonly [j: number, first: number, end: number])[];
  readonly W5: readonly (readonly [i: number, j: number, step: number])[];
}

const places = JSON.parse(readFileSync(join(root, 'bench', 'workloads.json'), 'utf8')) as Places;

const tidy = (degrees: number): number => Math.round(degrees * 1e9) / 1e9;
const latOf = (j: number): number => tidy(25 + 0.05 * j);
const lonOf = (i: number): number => tidy(230 + 0.1 * i - 360);
const pointOf = ([i, j]: Cell): [number, number] => [latOf(j), lonOf(i)];

/** Storage offset of a cell. */
export const offsetOf = ([i, j]: readonly [number, number, ...number[]]): number => j * SIDE + i;

/** Storage offsets of the cells of the 12-gon, ascending. */
export const AREA: readonly number[] = places.W3.flatMap(([j, first, end]) =>
  Array.from({ length: end - first }, (_, n) => offsetOf([first + n, j])),
);

export const W1_CELL: Cell = places.W1;
export const W1_POINT: readonly [lat: number, lon: number] = pointOf(places.W1);

/** Corners of a 12-gon around cell (500, 500); radius in cells. */
export const ringOf = (radius: number): readonly (readonly [number, number])[] =>
  Array.from({ length: 12 }, (_, k) => {
    const angle = (k * Math.PI) / 6;
    return pointOf([500 + radius * Math.cos(angle), 500 + radius * Math.sin(angle)]);
  });

const ring = ringOf(57.5);

/** Which field keys the files have beside step and level. */
export type Keys = Readonly<Record<string, string | number>>;

/** Requests by workload; `keys` name the variable and the run. */
export function requestOf(row: string, keys: Keys): Readonly<Record<string, unknown>> {
  const steps = `0/to/${STEPS - 1}`;
  switch (row) {
    case 'W1':
      return { ...keys, step: steps, feature: { type: 'timeseries', points: [pointOf(places.W1)], time_axis: 'step' } };
    case 'W2':
      return {
        ...keys,
        step: steps,
        feature: { type: 'timeseries', points: places.W2.map(pointOf), time_axis: 'step' },
      };
    case 'W3':
      return { ...keys, step: `0/to/${AREA_STEPS - 1}`, feature: { type: 'polygon', shape: ring } };
    case 'W4':
      return {
        ...keys,
        levelist: LEVELS.join('/'),
        feature: { type: 'verticalprofile', points: [pointOf(places.W1)] },
      };
    case 'W5': {
      const points = places.W5.map(([i, j, step]) => [latOf(j), lonOf(i), step]);
      return { ...keys, feature: { type: 'trajectory', points, axes: ['lat', 'long', 'step'], padding: 0 } };
    }
    default:
      throw new RangeError(`${row} is no workload`);
  }
}

/** What a correct answer holds: (file, storage offset) of every value. W3 has its cells in AREA. */
export function expectedCells(row: string): readonly { readonly file: number; readonly offset: number }[] | undefined {
  const steps = Array.from({ length: STEPS }, (_, file) => file);
  switch (row) {
    case 'W1':
      return steps.map((file) => ({ file, offset: offsetOf(places.W1) }));
    case 'W2':
      return places.W2.flatMap((cell) => steps.map((file) => ({ file, offset: offsetOf(cell) })));
    case 'W5':
      return places.W5.map((cell) => ({ file: cell[2], offset: offsetOf(cell) }));
    default:
      return undefined;
  }
}
