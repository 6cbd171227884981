/**
 * Values of a field as a map shows them: at the grid points of pixels, or interpolated between them; winds turned to east and
 * north, everything in the units delivered, rounded once to float32. The same numbers as a feature request gives.
 */
import { NO_POINT } from '../../native/index.js';
import type { Interpolation, ParamRef } from '../../schemas/vocabulary.js';
import type { Datacube } from '../datacube.js';
import type { Grid } from '../grid/grid-type.js';
import { applyWeights } from '../grid/weights.js';
import { inUnits, turnedComponent } from '../vectors.js';
import type { FieldCache } from './field-cache.js';
import type { Picture, PixelMaps } from './pixel-map.js';
import { type PlacesOnMap, pixelPlaces } from './reproject.js';

/** One record to be shown, and how its values are delivered. */
export interface MapField {
  readonly cube: Datacube;
  readonly grid: Grid;
  readonly param: ParamRef;
  readonly row: number;
  /** row of the other component, for winds that are turned */
  readonly partner?: number;
}

export interface SampleDeps {
  readonly fields: FieldCache;
  readonly maps: PixelMaps;
}

interface Stored {
  readonly own: Float32Array;
  readonly other: Float32Array | undefined;
}

async function stored({ fields }: SampleDeps, field: MapField, signal?: AbortSignal): Promise<Stored> {
  const [own, other] = await Promise.all([
    fields.field(field.cube, field.row, signal),
    field.partner === undefined ? undefined : fields.field(field.cube, field.partner, signal),
  ]);
  return { own, other };
}

/** Values at storage offsets, NaN at NO_POINT; `turns` holds a (c, s) pair for each. */
function valuesAt(
  { own, other }: Stored,
  param: ParamRef,
  points: Uint32Array,
  turns: Float64Array | undefined,
): Float32Array {
  const out = new Float32Array(points.length);
  const component = param.rotate?.component;
  const { scale, offset } = param;
  const isPlain = scale === 1 && offset === 0;
  for (let n = 0; n < points.length; n++) {
    const point = points[n]!;
    if (point === NO_POINT) {
      out[n] = Number.NaN;
      continue;
    }
    let value = own[point]!;
    if (other !== undefined && turns !== undefined && component !== undefined) {
      const [u, v] = component === 'u' ? [value, other[point]!] : [other[point]!, value];
      value = turnedComponent(component, u, v, turns[2 * n]!, turns[2 * n + 1]!);
    }
    out[n] = isPlain ? value : value * scale + offset;
  }
  return out;
}

/** Values at the pixels of a picture, NaN outside the grid and where the field has none. */
export async function samplePicture(
  deps: SampleDeps,
  field: MapField,
  picture: Picture,
  interpolation: Interpolation,
  signal?: AbortSignal,
): Promise<Float32Array> {
  if (interpolation === 'bilinear') {
    const { crs, box, width, height } = picture;
    return samplePlaces(deps, field, pixelPlaces(crs, box, width, height), signal);
  }
  const map = await deps.maps.of(field.grid, picture);
  if (map.isEmpty) return new Float32Array(map.points.length).fill(Number.NaN);
  const isTurned = field.partner !== undefined && field.param.rotate !== undefined;
  const [values, turns] = await Promise.all([
    stored(deps, field, signal),
    isTurned ? deps.maps.turns(field.grid, map) : undefined,
  ]);
  return valuesAt(values, field.param, map.points, turns);
}

/** Values at grid points. */
export async function samplePoints(
  deps: SampleDeps,
  field: MapField,
  points: Uint32Array,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const isTurned = field.partner !== undefined && field.param.rotate !== undefined;
  const turns = isTurned
    ? await field.grid.rotation(points.map((point) => (point === NO_POINT ? 0 : point)))
    : undefined;
  return valuesAt(await stored(deps, field, signal), field.param, points, turns);
}

/** Values interpolated bilinearly at places, NaN outside the grid. */
export async function samplePlaces(
  deps: SampleDeps,
  field: MapField,
  { lat, lon }: PlacesOnMap,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const { grid, param } = field;
  const weights = await grid.bilinear(lat, lon);
  const { own, other } = await stored(deps, field, signal);
  const mean = (values: Float32Array): Float64Array =>
    applyWeights(
      weights,
      Float32Array.from(weights.points, (point) => values[point]!),
    );
  const first = mean(own);
  if (other === undefined || param.rotate === undefined) return Float32Array.from(first, (v) => inUnits(param, v));
  const second = mean(other);
  const turns = grid.rotationAt(lat, lon);
  const { component } = param.rotate;
  return Float32Array.from(first, (value, n) => {
    const [u, v] = component === 'u' ? [value, second[n]!] : [second[n]!, value];
    return inUnits(param, turnedComponent(component, u, v, turns[2 * n]!, turns[2 * n + 1]!));
  });
}
