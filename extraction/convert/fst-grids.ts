/**
 * Grids from elsewhere as records: the letter and parameters that hold them exactly, or axes on a reference, or a list of
 * places; and how rows and columns must be arranged for it. Angles in degrees, lengths in metres.
 */

import { FeatureError } from '../../schemas/problem.js';
import type { GridDef } from '../../schemas/vocabulary.js';
import type { FstField } from '../fst/field.js';
import { tensorAxes } from '../grid/axes.js';
import { encodeL, encodeStereo } from '../grid/encode-params.js';
import { gridId } from '../grid/identity.js';
import { decodeStereo, type Igs, type StereoParams } from '../grid/params.js';
import { rotatedReference } from './rotated-reference.js';
import { uniformAxis } from './uniform-axis.js';

/** Keys of data records on a grid, and the records that describe it. */
export interface FstGrid {
  readonly def: GridDef;
  readonly keys: Pick<FstField, 'grtyp' | 'ig1' | 'ig2' | 'ig3' | 'ig4'> & { readonly ni: number; readonly nj: number };
  /** `>>` and `^^`; none for grids that ig1..ig4 describe */
  readonly descriptors: readonly FstField[];
  /** Values of a field in the given order as the record holds them. */
  arrange(values: Float32Array): Float32Array;
}

const POSITION = { typvar: 'X', etiket: 'POSX', datyp: 5, nbits: 32, dateo: 0 } as const;
const TAG_DIGITS = 6;
const SAME_DEGREES = 1e-5;
/** Reference whose index units are degrees. */
const DEGREES_L: Igs = [100, 100, 9000, 0];
const CENTI = 100;

function plain(grtyp: string, ni: number, nj: number, ig: Igs, arrange: FstGrid['arrange'] = (v) => v): FstGrid {
  return {
    def: { grtyp, ni, nj, ig },
    keys: { grtyp, ni, nj, ig1: ig[0], ig2: ig[1], ig3: ig[2], ig4: ig[3] },
    descriptors: [],
    arrange,
  };
}

/** A grid with `>>` and `^^` records, whose tags are made from its content: equal grids share them. */
function described(
  grtyp: 'Z' | 'Y',
  ni: number,
  nj: number,
  ref: { readonly grtyp: string; readonly ig: Igs },
  ax: Float32Array,
  ay: Float32Array,
  arrange: FstGrid['arrange'] = (v) => v,
): FstGrid {
  const def: GridDef = {
    grtyp,
    ni,
    nj,
    ig: [0, 0, 0, 0],
    ref,
    ax: Float64Array.from(ax),
    ay: Float64Array.from(ay),
  };
  const id = gridId(def);
  const tag = (n: number): number => Number.parseInt(id.slice(n * TAG_DIGITS, (n + 1) * TAG_DIGITS), 16);
  const tags = { ip1: tag(0), ip2: tag(1), ip3: tag(2) };
  const [ig1, ig2, ig3, ig4] = ref.ig;
  const shared = { ...POSITION, ...tags, grtyp: ref.grtyp, ig1, ig2, ig3, ig4 };
  const line = grtyp === 'Z';
  return {
    def,
    keys: { grtyp, ni, nj, ig1: tags.ip1, ig2: tags.ip2, ig3: tags.ip3, ig4: 0 },
    descriptors: [
      { ...shared, nomvar: '>>', ni, nj: line ? 1 : nj, values: ax },
      { ...shared, nomvar: '^^', ni: line ? 1 : ni, nj, values: ay },
    ],
    arrange,
  };
}

/** Rows in the opposite order. */
export function flipped(values: Float32Array, ni: number): Float32Array {
  const nj = values.length / ni;
  const out = new Float32Array(values.length);
  for (let j = 0; j < nj; j++) out.set(values.subarray(j * ni, (j + 1) * ni), (nj - 1 - j) * ni);
  return out;
}

/** The first column once more at the end of each row. */
function withRepeat(values: Float32Array, ni: number): Float32Array {
  const nj = values.length / ni;
  const out = new Float32Array((ni + 1) * nj);
  for (let j = 0; j < nj; j++) {
    out.set(values.subarray(j * ni, (j + 1) * ni), j * (ni + 1));
    out[j * (ni + 1) + ni] = values[j * ni]!;
  }
  return out;
}

function unwrapped(lon: Float64Array): Float64Array {
  const out = Float64Array.from(lon);
  for (let k = 1; k < out.length; k++) while (out[k]! < out[k - 1]! - 180) out[k]! += 360;
  return out;
}

function close(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, k) => Math.abs(value - b[k]!) <= SAME_DEGREES);
}

/** A, B or G with either hemisphere and direction, whose rows and columns are these. */
function globalGrid(lat: Float64Array, lon: Float64Array): FstGrid | undefined {
  const [ni, nj] = [lon.length, lat.length];
  if (ni < 4 || nj < 2 || Math.abs(lon[0]! % 360) > SAME_DEGREES) return undefined;
  for (const grtyp of ['A', 'B', 'G']) {
    for (const columns of grtyp === 'B' ? [ni, ni + 1] : [ni]) {
      for (const half of [0, 1, 2]) {
        for (const inverted of [0, 1]) {
          const ig: Igs = [half, inverted, 0, 0];
          const axes = tensorAxes({ grtyp, ni: columns, nj, ig })!;
          if (!close(axes.y, lat) || !close(axes.x.slice(0, ni), lon)) continue;
          const add = columns > ni;
          return plain(grtyp, columns, nj, ig, add ? (values) => withRepeat(values, ni) : undefined);
        }
      }
    }
  }
  return undefined;
}

const centi = (value: number): boolean => Math.abs(value * CENTI - Math.round(value * CENTI)) <= SAME_DEGREES * CENTI;

/** L where hundredths of a degree hold all of it. */
function regularGrid(lat: Float64Array, lon: Float64Array): Igs | undefined {
  const x = uniformAxis(lon);
  const y = uniformAxis(lat);
  if (x === undefined || y === undefined || x.step <= 0 || y.step <= 0) return undefined;
  if (![x.first, x.step, y.first, y.step].every(centi)) return undefined;
  const ig = encodeL({ lat0: y.first, lon0: x.first, dlat: y.step, dlon: x.step });
  const axes = tensorAxes({ grtyp: 'L', ni: lon.length, nj: lat.length, ig })!;
  const turn = Math.round((lon[0]! - axes.x[0]!) / 360) * 360;
  return close(axes.y, lat) &&
    close(
      axes.x.map((value) => value + turn),
      lon,
    )
    ? ig
    : undefined;
}

/** Grid of one latitude a row and one longitude a column, any direction of the rows. */
export function latLonGrid(latitudes: Float64Array, longitudes: Float64Array): FstGrid {
  const lon = unwrapped(longitudes);
  const found = globalGrid(latitudes, lon);
  if (found !== undefined) return found;
  const [ni, nj] = [lon.length, latitudes.length];
  const down = nj > 1 && latitudes[1]! < latitudes[0]!;
  const lat = down ? latitudes.slice().reverse() : latitudes;
  const arrange = down ? (values: Float32Array) => flipped(values, ni) : undefined;
  const upward = down ? globalGrid(lat, lon) : undefined;
  if (upward !== undefined) return { ...upward, arrange: (values) => upward.arrange(flipped(values, ni)) };
  const ig = regularGrid(lat, lon);
  if (ig !== undefined) return plain('L', ni, nj, ig, arrange);
  const ref = { grtyp: 'L', ig: DEGREES_L };
  return described('Z', ni, nj, ref, Float32Array.from(lon), Float32Array.from(lat), arrange);
}

export interface RotatedPole {
  /** geographic place of the rotated north pole */
  readonly poleLat: number;
  readonly poleLon: number;
  /** rotated longitude of the true north pole */
  readonly northPoleLon: number;
}

/** Grid whose rows and columns are straight in a rotated frame. */
export function rotatedGrid(rotatedLat: Float64Array, rotatedLon: Float64Array, pole: RotatedPole): FstGrid {
  const { ig, shift } = rotatedReference(pole.poleLat, pole.poleLon, pole.northPoleLon);
  const lon = unwrapped(rotatedLon);
  const [ni, nj] = [lon.length, rotatedLat.length];
  const turn = shift - 360 * Math.floor((lon[0]! + shift) / 360);
  const down = nj > 1 && rotatedLat[1]! < rotatedLat[0]!;
  const lat = Float32Array.from(rotatedLat);
  if (down) lat.reverse();
  const arrange = down ? (values: Float32Array) => flipped(values, ni) : undefined;
  return described(
    'Z',
    ni,
    nj,
    { grtyp: 'E', ig },
    Float32Array.from(lon, (value) => value + turn),
    lat,
    arrange,
  );
}

/** A polar stereographic plane: metres from the pole, x to the right of the upright meridian. */
export interface PolarPlane {
  readonly south: boolean;
  /** meridian that runs straight down (north) or up (south) from the pole, degrees */
  readonly upright: number;
  /** scale at the pole; (1 + sin |latitude of true scale|) / 2 */
  readonly scale: number;
  readonly radius: number;
}

const ONE_PLUS_SIN60 = 1.866025;
const EARTH_RADIUS_M = 6371000;
const SAME_CELLS = 0.01;
const MOST_OLD_POLE = 2047 / 10;

/** How far the corners of a grid move (cells) when its parameters go through ig1..ig4. */
function cornerMiss(wanted: StereoParams, got: StereoParams, ni: number, nj: number): number {
  const turn = ((got.dgrw - wanted.dgrw) * Math.PI) / 180;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  let miss = 0;
  for (const i of [1, ni]) {
    for (const j of [1, nj]) {
      const [x, y] = [(i - wanted.poleI) * wanted.d60, (j - wanted.poleJ) * wanted.d60];
      const [gotX, gotY] = [(i - got.poleI) * got.d60, (j - got.poleJ) * got.d60];
      miss = Math.max(miss, Math.hypot(cos * x - sin * y - gotX, sin * x + cos * y - gotY) / wanted.d60);
    }
  }
  return miss;
}

/** Grid whose columns and rows are `x` and `y` metres (of the given plane) from the pole. */
export function polarGrid(x: Float64Array, y: Float64Array, plane: PolarPlane): FstGrid {
  const grtyp = plane.south ? 'S' : 'N';
  const factor = (ONE_PLUS_SIN60 * EARTH_RADIUS_M) / (2 * plane.radius * plane.scale);
  const [ni, nj] = [x.length, y.length];
  const down = nj > 1 && y[1]! < y[0]!;
  const columns = x.map((value) => value * factor);
  const rows = y.map((value) => value * factor);
  if (down) rows.reverse();
  const arrange = down ? (values: Float32Array) => flipped(values, ni) : undefined;
  const raw = plane.south ? plane.upright + 90 : -90 - plane.upright;
  const dgrw = ((raw % 360) + 360) % 360;
  const [ux, uy] = [uniformAxis(columns), uniformAxis(rows)];
  if (ux !== undefined && uy !== undefined && Math.abs(ux.step - uy.step) <= 1e-4 * ux.step && ux.step > 0) {
    const d60 = Math.abs(ux.step - Math.round(ux.step)) < 1e-3 ? Math.round(ux.step) : ux.step;
    const wanted = { south: plane.south, poleI: 1 - ux.first / d60, poleJ: 1 - uy.first / d60, d60, dgrw };
    const ig = encodeStereo(wanted);
    if (cornerMiss(wanted, decodeStereo(grtyp, ig), ni, nj) <= SAME_CELLS) return plain(grtyp, ni, nj, ig, arrange);
  }
  const reference = decodeStereo(grtyp, referenceOf(grtyp, dgrw, ux?.step ?? 1000));
  if (Math.abs(reference.dgrw - dgrw) > 1e-6) {
    throw new FeatureError('unsupported_grid', `A meridian of ${plane.upright} degrees is finer than records hold.`);
  }
  return described(
    'Z',
    ni,
    nj,
    { grtyp, ig: encodeStereo(reference) },
    Float32Array.from(columns, (value) => reference.poleI + value / reference.d60),
    Float32Array.from(rows, (value) => reference.poleJ + value / reference.d60),
    arrange,
  );
}

/** Parameters of a plane in old coding with cells of about the size of the grid's. */
function referenceOf(grtyp: string, dgrw: number, step: number): Igs {
  const d60 = Math.min(3_200_000, Math.max(100, Math.round(step / 100) * 100));
  const pole = Math.floor(MOST_OLD_POLE / 2);
  return encodeStereo({ south: grtyp === 'S', poleI: pole, poleJ: pole, d60, dgrw });
}

/** Places one by one: a list (`nj` 1) or a curvilinear grid. */
export function placesGrid(lat: Float64Array, lon: Float64Array, ni: number, nj: number): FstGrid {
  const east = Float32Array.from(lon, (value) => ((value % 360) + 360) % 360);
  return described('Y', ni, nj, { grtyp: 'L', ig: DEGREES_L }, east, Float32Array.from(lat));
}
