/** Winds on a map: their speed as a fill, barbs and arrows on a lattice that does not move with the picture. */
import { samplePicture, samplePoints } from '../../extraction/maps/map-field.js';
import { nearestOf } from '../../extraction/maps/pixel-map.js';
import { northOnMap } from '../../extraction/maps/reproject.js';
import { drawWinds, type WindMark } from '../../formats/render/barbs.js';
import { type Bins, paintBins } from '../../formats/render/fill.js';
import { NO_POINT } from '../../native/index.js';
import type { Scale } from '../../schemas/styles.js';
import { type Drawing, inksOf, placeLattice } from './drawing.js';
import type { ChosenField } from './field-choice.js';
import { KNOTS_A_METRE_SECOND, speedScale, windOf } from './winds.js';

/** Speed in m/s, rounded once. */
export function speeds(u: Float32Array, v: Float32Array, factor: number): Float32Array {
  return u.map((value, n) => Math.hypot(value, v[n]!) * factor);
}

export async function drawSpeed(drawing: Drawing, chosen: ChosenField, bins: (scale: Scale) => Bins): Promise<void> {
  const { deps, picture, look, canvas } = drawing;
  const wind = windOf(chosen);
  const [u, v] = await Promise.all(
    [wind.u, wind.v].map((field) => samplePicture(deps, field, picture, look.interpolation)),
  );
  paintBins(canvas, speeds(u!, v!, wind.factor), bins(speedScale(chosen)));
}

export async function drawWindSymbols(drawing: Drawing, chosen: ChosenField, kind: 'barbs' | 'arrows'): Promise<void> {
  const { deps, picture, look, canvas } = drawing;
  const wind = windOf(chosen);
  const lattice = placeLattice(picture, look.spacing * look.pixelRatio, 1, true);
  const { lat, lon } = lattice.places;
  const points = await nearestOf(wind.u.grid, lat, lon);
  const [u, v, turns] = await Promise.all([
    samplePoints(deps, wind.u, points),
    samplePoints(deps, wind.v, points),
    wind.u.grid.rotation(points.map((point) => (point === NO_POINT ? 0 : point))),
  ]);
  const marks: WindMark[] = [];
  for (let n = 0; n < points.length; n++) {
    const speed = Math.hypot(u[n]!, v[n]!) * wind.factor;
    if (Number.isNaN(speed)) continue;
    const [c, s] = [turns[2 * n]!, turns[2 * n + 1]!];
    const [east, north] = [c * u[n]! - s * v[n]!, s * u[n]! + c * v[n]!];
    // on the map east stands a right angle clockwise from north
    const [nx, ny] = northOnMap(picture.crs, lon[n]!);
    const [x, y] = [north * nx + east * ny, north * ny - east * nx];
    const length = Math.hypot(x, y) || 1;
    const row = Math.floor(n / lattice.columns);
    const shift = (lattice.firstRow + row) % 2 !== 0 ? 0.5 : 0;
    marks.push({
      x: lattice.x + lattice.step * ((n % lattice.columns) + shift),
      y: lattice.y + lattice.step * row,
      dx: x / length,
      dy: -y / length,
      knots: speed * KNOTS_A_METRE_SECOND,
      southern: lat[n]! < 0,
    });
  }
  drawWinds(canvas, marks, kind, { ...inksOf(look), pixelRatio: look.pixelRatio });
}
