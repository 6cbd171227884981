/**
 * The axes of tensor-product grids in their own frame (geographic, rotated, or polar stereographic), how the x axis wraps,
 * and what lies beyond the first and last row. Same formulas as native/core/grid.cc; a test holds both together.
 */
import { FeatureError } from '../../schemas/problem.js';
import type { GridDef } from '../../schemas/vocabulary.js';
import { gaussianLatitudes } from './gaussian.js';
import {
  decodeC,
  decodeE,
  decodeL,
  decodeStereo,
  isUpright,
  type LatLonParams,
  type RotatedParams,
  type StereoParams,
} from './params.js';
import { DEGREE, wrap360 } from './sphere.js';

/** window: ends where it ends; periodic: column ni + 1 is column 1; repeated: the last column or columns are the first again. */
export type GridWrap = 'window' | 'periodic' | 'repeated';

/** What follows the end row: nothing, the pole of the frame, or the mirror image at the equator (`twin`: of the row itself, `fold`: of the next). */
export type RowEnd = 'edge' | 'pole' | 'twin' | 'fold';

export interface TensorAxes {
  readonly frame: 'latlon' | 'rotated' | 'stereographic';
  /** array-column order; degrees (unwrapped, monotonic) or index units of the plane */
  readonly x: Float64Array;
  /** array-row order; degrees or index units of the plane */
  readonly y: Float64Array;
  readonly wrap: GridWrap;
  /** distinct columns */
  readonly columns: number;
  readonly before: RowEnd;
  readonly after: RowEnd;
  readonly rotation?: RotatedParams;
  readonly stereo?: StereoParams;
}

const regular = (first: number, step: number, count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, k) => first + k * step);

function unwrapped(lon: Float64Array): Float64Array {
  const out = Float64Array.from(lon);
  let shift = 0;
  for (let k = 1; k < out.length; k++) {
    const step = out[k]! + shift - out[k - 1]!;
    if (step < -180) shift += 360;
    if (step > 180) shift -= 360;
    out[k] = out[k]! + shift;
  }
  return out;
}

function classify(x: Float64Array): { wrap: GridWrap; columns: number } {
  const n = x.length;
  if (n < 3) return { wrap: 'window', columns: n };
  const step = Math.abs(x[n - 1]! - x[n - 2]!);
  const span = Math.abs(x[n - 1]! - x[0]!);
  if (span > 360 - 0.01 * step) {
    let columns = n;
    while (columns > 1 && Math.abs(x[columns - 1]! - x[0]!) > 360 - 0.01 * step) columns--;
    return { wrap: 'repeated', columns };
  }
  return { wrap: Math.abs(360 - span - step) < 0.01 * step ? 'periodic' : 'window', columns: n };
}

function checkMonotonic(def: GridDef, axis: Float64Array): void {
  for (let k = 0; k < axis.length; k++) {
    const rises = k < 1 || (axis[k]! - axis[k - 1]!) * (axis[1]! - axis[0]!) > 0;
    if (!Number.isFinite(axis[k]!) || !rises) {
      throw new FeatureError(
        'grid_error',
        `An axis of a grid of type ${def.grtyp} neither rises nor falls throughout (value ${k + 1}: ${axis[k]}); its descriptor is damaged.`,
      );
    }
  }
}

function globalRows(def: GridDef): { y: Float64Array; before: RowEnd; after: RowEnd } {
  const [half, inverted] = def.ig;
  if (half < 0 || half > 2) {
    throw new FeatureError('grid_error', `ig1 ${half} of a grid of type ${def.grtyp} means nothing; 0, 1 and 2 do.`);
  }
  const { nj } = def;
  const south = half === 1 ? 0 : -90;
  let y: Float64Array;
  if (def.grtyp === 'G') {
    const all = gaussianLatitudes(half === 0 ? nj : 2 * nj);
    y = all.slice(half === 1 ? nj : 0, half === 1 ? 2 * nj : nj);
  } else {
    const step = (half === 0 ? 180 : 90) / (def.grtyp === 'B' ? nj - 1 : nj);
    y = regular(def.grtyp === 'B' ? south : south + step / 2, step, nj);
  }
  const equator: RowEnd = def.grtyp === 'B' ? 'fold' : 'twin';
  const ends: RowEnd[] = [half === 1 ? equator : 'edge', half === 2 ? equator : 'edge'];
  if (inverted === 1) {
    y.reverse();
    ends.reverse();
  }
  return { y, before: ends[0]!, after: ends[1]! };
}

function reachesPole(end: number, outward: number): boolean {
  return Math.abs(outward) * (1 + 1e-6) > 90 - Math.abs(end) && end * outward > 0;
}

/** float32 axes may miss the pole by a rounding; further out a row has no place on the sphere. */
const ROW_SLACK = 1e-3;

function rowsOnSphere(def: GridDef, y: Float64Array): Float64Array {
  const most = Math.max(Math.abs(y[0]!), Math.abs(y[y.length - 1]!));
  if (most <= 90) return y;
  if (most > 90 + ROW_SLACK) {
    throw new FeatureError('grid_error', `A grid of type ${def.grtyp} has a row at latitude ${most}, beyond the pole.`);
  }
  return y.map((value) => Math.min(90, Math.max(-90, value)));
}

type Parts = Pick<TensorAxes, 'frame' | 'x' | 'y'> & Partial<TensorAxes>;

function latlonParts(params: LatLonParams, def: GridDef): Parts {
  return {
    frame: 'latlon',
    x: regular(params.lon0, params.dlon, def.ni),
    y: regular(params.lat0, params.dlat, def.nj),
  };
}

function referenceParts(def: GridDef): Parts | undefined {
  const { ref, ax, ay } = def;
  if (!ref || !ax || !ay || ax.length !== def.ni || ay.length !== def.nj) {
    throw new FeatureError(
      'grid_error',
      `A grid of type ${def.grtyp} has no axes of its own size ${def.ni} x ${def.nj}.`,
    );
  }
  if (ref.grtyp === 'L') {
    const { lat0, lon0, dlat, dlon } = decodeL(ref.ig);
    return { frame: 'latlon', x: unwrapped(ax.map((v) => lon0 + v * dlon)), y: ay.map((v) => lat0 + v * dlat) };
  }
  if (ref.grtyp === 'E') return { frame: 'rotated', x: unwrapped(ax), y: ay, rotation: decodeE(ref.ig) };
  if (ref.grtyp === 'N' || ref.grtyp === 'S') {
    return { frame: 'stereographic', x: ax, y: ay, stereo: decodeStereo(ref.grtyp, ref.ig) };
  }
  return undefined;
}

function partsOf(def: GridDef): Parts | undefined {
  switch (def.grtyp) {
    case 'A':
    case 'B':
    case 'G': {
      const columns = def.grtyp === 'B' ? def.ni - 1 : def.ni;
      return { frame: 'latlon', x: regular(0, 360 / columns, def.ni), ...globalRows(def) };
    }
    case 'L':
      return latlonParts(decodeL(def.ig), def);
    case 'C':
      return latlonParts(decodeC(def.ig), def);
    case 'E':
      return {
        frame: 'rotated',
        x: regular(0, 360 / (def.ni - 1), def.ni),
        y: regular(-90 + 90 / def.nj, 180 / def.nj, def.nj),
        rotation: decodeE(def.ig),
      };
    case 'N':
    case 'S':
      return {
        frame: 'stereographic',
        x: regular(1, 1, def.ni),
        y: regular(1, 1, def.nj),
        stereo: decodeStereo(def.grtyp, def.ig),
      };
    case 'Z':
    case '#':
      return referenceParts(def);
    default:
      return undefined;
  }
}

/** Axes of a tensor-product grid; undefined for other letters. Throws `grid_error` for impossible parameters. */
export function tensorAxes(def: GridDef): TensorAxes | undefined {
  const parts = partsOf(def);
  if (!parts) return undefined;
  const { x } = parts;
  checkMonotonic(def, x);
  checkMonotonic(def, parts.y);
  const spherical = parts.frame !== 'stereographic';
  const y = spherical ? rowsOnSphere(def, parts.y) : parts.y;
  const wrap = spherical ? classify(x) : { wrap: 'window' as const, columns: x.length };
  const n = y.length;
  const closed = wrap.wrap !== 'window' && n > 1;
  let { before = 'edge', after = 'edge' } = parts;
  if (closed && before === 'edge' && reachesPole(y[0]!, y[0]! - y[1]!)) before = 'pole';
  if (closed && after === 'edge' && reachesPole(y[n - 1]!, y[n - 1]! - y[n - 2]!)) after = 'pole';
  return { ...parts, y, ...wrap, before, after };
}

/** Latitudes of rows and longitudes of columns where each row is a parallel; undefined for other grids. Longitudes are unwrapped. */
export function separableAxes(
  axes: TensorAxes,
): { readonly lat: Float64Array; readonly lon: Float64Array } | undefined {
  if (axes.frame === 'latlon') return { lat: axes.y, lon: axes.x };
  if (!axes.rotation || !isUpright(axes.rotation)) return undefined;
  const [ax, ay] = axes.rotation.matrix;
  const upright = axes.rotation.poleLat > 0;
  // upright frames differ by a shift of longitude; upside-down ones run against the geographic sense in both axes
  const shift = Math.atan2(ay, ax) / DEGREE;
  const sense = upright ? 1 : -1;
  const first = wrap360(sense * axes.x[0]! + shift) - sense * axes.x[0]!;
  return { lat: axes.y.map((v) => sense * v), lon: axes.x.map((v) => sense * v + first) };
}
