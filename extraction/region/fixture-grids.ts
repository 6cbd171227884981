/**
 * Grids by their formulas, for tests of the search alone: regular lat-lon, axes on a rotated frame, polar stereographic and
 * Yin-Yang. Independent of the native core, so that both can be compared.
 */
import type { RegionGrid } from './grid-view.js';
import { type Rotation, toGeographic, toRotated, unitVector } from './rotation.js';

const RAD = Math.PI / 180;
const mod360 = (lon: number): number => ((lon % 360) + 360) % 360;

type ToGeo = (x: number, y: number) => readonly [lat: number, lon: number];
type ToIndex = (lat: number, lon: number) => readonly [x: number, y: number];

function formulaGrid(
  id: string,
  kind: RegionGrid['kind'],
  shape: { ni: number; nj: number; columns?: number; periodic?: boolean },
  geo: ToGeo,
  index: ToIndex,
): RegionGrid {
  const { ni, nj } = shape;
  return {
    id,
    kind,
    ni,
    nj,
    columns: shape.columns ?? ni,
    periodic: shape.periodic ?? false,
    latlon(points) {
      const n = points?.length ?? ni * nj;
      const lat = new Float64Array(n);
      const lon = new Float64Array(n);
      for (let p = 0; p < n; p++) {
        const k = points?.[p] ?? p;
        const [a, b] = geo((k % ni) + 1, Math.floor(k / ni) + 1);
        lat[p] = a;
        lon[p] = mod360(b);
      }
      return Promise.resolve({ lat, lon });
    },
    locate(lat, lon) {
      const xy = new Float64Array(2 * lat.length);
      for (let p = 0; p < lat.length; p++) {
        const [x, y] = index(lat[p]!, lon[p]!);
        const inside = (shape.periodic || (x >= 0.5 && x <= ni + 0.5)) && y >= 0.5 && y <= nj + 0.5;
        xy[2 * p] = inside ? x : Number.NaN;
        xy[2 * p + 1] = inside ? y : Number.NaN;
      }
      return Promise.resolve(xy);
    },
  };
}

/** Regular lat-lon. */
export function latLonGrid(ni: number, nj: number, lat0: number, lon0: number, dlat: number, dlon: number): RegionGrid {
  const periodic = Math.abs(ni * dlon - 360) < 1e-6;
  const repeated = (ni - 1) * dlon > 360 - 0.01 * dlon;
  return formulaGrid(
    `L ${[ni, nj, lat0, lon0, dlat, dlon].join(' ')}`,
    'separable',
    { ni, nj, columns: repeated ? ni - 1 : ni, periodic },
    (x, y) => [lat0 + (y - 1) * dlat, lon0 + (x - 1) * dlon],
    (lat, lon) => [mod360(lon - lon0) / dlon + 1, (lat - lat0) / dlat + 1],
  );
}

function axisIndex(axis: Float64Array, value: number): number {
  const n = axis.length;
  let k = 0;
  while (k + 2 < n && axis[k + 1]! <= value) k++;
  return k + 1 + (value - axis[k]!) / (axis[k + 1]! - axis[k]!);
}

/** Frame of an E reference from its packed parameters (docs/formats/grids.md#e). */
export function rotatedFrame(ig: readonly [number, number, number, number]): Rotation {
  const g1 = (ig[0] << 2) | (ig[2] & 3);
  let g2 = (ig[1] << 2) | (ig[3] & 3);
  let g3 = ig[2] >> 2;
  const g4 = ig[3] >> 2;
  if (g2 > 3600) g2 -= 7201;
  if (g3 < 3559) g3 += 16384;
  const p = new Float64Array(6);
  unitVector((g1 - 3600) / 40, (g3 - 3600) / 40, p, 0);
  unitVector(g2 / 40, g4 / 40, p, 3);
  const [ax, ay, az, bx, by, bz] = p as unknown as [number, number, number, number, number, number];
  const a = ax * bx + ay * by + az * bz;
  const cross = [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx] as const;
  const b = Math.hypot(...cross);
  const e2 = [a * ax - bx, a * ay - by, a * az - bz] as const;
  const n2 = Math.hypot(...e2);
  return [-ax, -ay, -az, e2[0] / n2, e2[1] / n2, e2[2] / n2, cross[0] / b, cross[1] / b, cross[2] / b];
}

/** Axes on a rotated frame. */
export function rotatedGrid(
  ax: Float64Array,
  ay: Float64Array,
  ig: readonly [number, number, number, number],
): RegionGrid {
  const frame = rotatedFrame(ig);
  const out = new Float64Array(2);
  const centre = (ax[0]! + ax[ax.length - 1]!) / 2;
  return formulaGrid(
    `Z ${ax.length} ${ay.length} ${ax[0]} ${ax[1]} ${ay[0]} ${ay[1]} ${ig.join(' ')}`,
    'projected',
    { ni: ax.length, nj: ay.length },
    (x, y) => {
      toGeographic(frame, ay[y - 1]!, ax[x - 1]!, out);
      return [out[0]!, out[1]!];
    },
    (lat, lon) => {
      toRotated(frame, lat, lon, out);
      const rlon = out[1]! - 360 * Math.round((out[1]! - centre) / 360);
      return [axisIndex(ax, rlon), axisIndex(ay, out[0]!)];
    },
  );
}

/** Polar stereographic, north or south; old-style parameters. */
export function polarGrid(
  letter: 'N' | 'S',
  ni: number,
  nj: number,
  ig: readonly [number, number, number, number],
): RegionGrid {
  const [pj, pi, dgrw, d60] = [ig[0] / 10, ig[1] / 10, ig[2] / 100, 100 * ig[3]];
  const re = (1.866025 * 6371000) / d60;
  const sign = letter === 'N' ? 1 : -1;
  return formulaGrid(
    `${letter} ${ni} ${nj} ${ig.join(' ')}`,
    'projected',
    { ni, nj },
    (x, y) => {
      const r = Math.hypot(x - pi, y - pj);
      const theta = Math.atan2(y - pj, x - pi) / RAD;
      const lat = sign * (90 - (2 * Math.atan(r / re)) / RAD);
      return [lat, r === 0 ? 0 : sign * (theta - dgrw)];
    },
    (lat, lon) => {
      const r = re * Math.tan((45 - (sign * lat) / 2) * RAD);
      const theta = (sign * lon + dgrw) * RAD;
      return [r * Math.cos(theta) + pi, r * Math.sin(theta) + pj];
    },
  );
}

/** Yin-Yang of two equal panels. */
export function yinYangGrid(
  ax: Float64Array,
  ay: Float64Array,
  yinIg: readonly [number, number, number, number],
  yangIg: readonly [number, number, number, number],
): RegionGrid {
  const yin = rotatedGrid(ax, ay, yinIg);
  const yang = rotatedGrid(ax, ay, yangIg);
  const half = yin.ni * yin.nj;
  return {
    id: `U ${yin.id} ${yang.id}`,
    kind: 'panels',
    ni: yin.ni,
    nj: 2 * yin.nj,
    columns: yin.ni,
    periodic: false,
    panels: { yin, yang, yinFrame: rotatedFrame(yinIg), yinAxes: { lon: ax, lat: ay } },
    async latlon(points) {
      const all = points ?? Uint32Array.from({ length: 2 * half }, (_, k) => k);
      const a = await yin.latlon(all.map((k) => k % half));
      const b = await yang.latlon(all.map((k) => k % half));
      return {
        lat: a.lat.map((v, p) => (all[p]! < half ? v : b.lat[p]!)),
        lon: a.lon.map((v, p) => (all[p]! < half ? v : b.lon[p]!)),
      };
    },
    locate: (lat, lon) => yin.locate(lat, lon),
  };
}

/** Packed parameters of a rotated frame: the inverse of the unpacking, in 1/40 degree. */
export function packRotation(lat1: number, lon1: number, lat2: number, lon2: number): [number, number, number, number] {
  const g1 = Math.round((lat1 + 90) * 40);
  let g2 = Math.round(lat2 * 40);
  if (g2 < 0) g2 += 7201;
  let g3 = Math.round((mod360(lon1) + 90) * 40);
  if (g3 >= 16384) g3 -= 16384;
  const g4 = Math.round(mod360(lon2) * 40);
  return [g1 >> 2, g2 >> 2, (g3 << 2) | (g1 & 3), (g4 << 2) | (g2 & 3)];
}

/** Evenly spaced axis; `single` rounds it to float32 as files do. */
export function axis(n: number, first: number, step: number, single = false): Float64Array {
  const values = Float64Array.from({ length: n }, (_, i) => first + i * step);
  return single ? values.map(Math.fround) : values;
}

/** The grids of the scenario tests. */
export const G1 = latLonGrid(360, 181, -90, 0, 1, 1);
export const G2 = rotatedGrid(axis(180, 150, 1 / 3, true), axis(140, -30, 5 / 12, true), [1217, 0, 57986, 57216]);
export const G3 = polarGrid('N', 121, 111, [600, 500, 2100, 1000]);
export const G4 = yinYangGrid(
  axis(141, 39, 2),
  axis(51, -50, 2),
  packRotation(0, 180, 0, 270),
  packRotation(0, 0, 90, 0),
);
