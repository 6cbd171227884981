/**
 * The points of a trajectory: tuples of grid point, level and step in the order of the path. Either one nearest point a
 * vertex, or every point in the tube, by place along the path, then distance to it, then storage offset.
 */
import { FeatureError } from '../../schemas/problem.js';
import type { Feature } from '../../schemas/vocabulary.js';
import { contains, type Shape } from '../region/shape.js';
import { expand } from '../region/spans.js';
import { type TubePart, tubeParts, tubeShape } from '../region/tube.js';
import { NO_ROW } from '../selection.js';
import { pointsInside } from './area.js';
import { type FeatureContext, fieldAt } from './context.js';
import { pointsAt } from './targets.js';

export type Trajectory = Extract<Feature, { type: 'trajectory' }>;

/** Level or step number of a tuple that holds for all levels or steps of the request. */
export const EVERY = -1;

export interface PathTuple {
  readonly point: number;
  readonly level: number;
  readonly step: number;
}

const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-5 * Math.max(Math.abs(a), Math.abs(b));

/** Finds the number of a level or step: the very value, or the first that is near. */
class Places {
  readonly #exact = new Map<number, number>();

  constructor(
    readonly values: Float64Array,
    readonly key: 'levelist' | 'step',
  ) {
    for (let n = values.length - 1; n >= 0; n--) this.#exact.set(values[n]!, n);
  }

  numberOf(value: number | undefined): number {
    if (value === undefined) return EVERY;
    const exact = this.#exact.get(value);
    if (exact !== undefined) return exact;
    const found = this.values.findIndex((v) => near(v, value));
    if (found >= 0) return found;
    const shown = this.key === 'step' ? `${value / 3600} h` : value;
    throw new FeatureError('no_data', `"${this.key}": no data for ${shown} on the path; use a value that exists.`);
  }
}

async function sampled(context: FeatureContext, feature: Trajectory): Promise<PathTuple[]> {
  const { selection, grid } = context;
  const points = await pointsAt(context, feature.vertices);
  const levels = new Places(selection.levels, 'levelist');
  const steps = new Places(selection.steps, 'step');
  const seen = new Set<number>();
  const tuples: PathTuple[] = [];
  for (let v = 0; v < feature.vertices.length; v++) {
    const vertex = feature.vertices[v]!;
    const point = points[v]!;
    if (point < 0) continue;
    const level = levels.numberOf(vertex.level);
    const step = steps.numberOf(vertex.step);
    // exact up to 2^53 tuples, far beyond what a request may ask for
    const key = ((level + 1) * (selection.steps.length + 1) + step + 1) * grid.size + point;
    if (!seen.has(key)) tuples.push({ point, level, step });
    seen.add(key);
  }
  return tuples;
}

/** True when some field of the request is there at a level and step. */
function available(context: FeatureContext, level: number, step: number): boolean {
  const { selection } = context;
  const levels = level === EVERY ? selection.levels.map((_, l) => l) : [level];
  const steps = step === EVERY ? selection.steps.map((_, s) => s) : [step];
  for (let b = 0; b < selection.bases.length; b++) {
    for (let n = 0; n < selection.numbers.length; n++) {
      for (const l of levels) {
        for (const s of steps) {
          const cell = fieldAt(selection, b, n, l, s, 0);
          for (let p = 0; p < selection.params.length; p++) if (selection.rows[cell + p] !== NO_ROW) return true;
        }
      }
    }
  }
  return false;
}

interface Placed extends PathTuple {
  readonly along: number;
  readonly distance: number;
}

/** Where a point is on the path: in the first part that contains it. */
function place(parts: readonly TubePart[], shapes: readonly Shape[], lat: number, lon: number) {
  for (const [n, part] of parts.entries()) {
    if (!contains(shapes[n]!, lat, lon)) continue;
    const { t, distance } = part.project(lat, lon);
    return { along: part.segment + t, distance };
  }
  return { along: Infinity, distance: Infinity };
}

async function swept(context: FeatureContext, feature: Trajectory): Promise<PathTuple[]> {
  const { selection, grid, regions } = context;
  const { vertices, inflation, inflate, axes } = feature;
  const levels = axes.includes('levelist') ? Array.from(selection.levels, (_, l) => l) : [EVERY];
  const steps = axes.includes('step') ? Array.from(selection.steps, (_, s) => s) : [EVERY];
  const found: Placed[] = [];
  for (const level of levels) {
    for (const step of steps) {
      if (!available(context, level, step)) continue;
      const at = {
        ...(level === EVERY ? {} : { level: selection.levels[level]! }),
        ...(step === EVERY ? {} : { step: selection.steps[step]! }),
      };
      const parts = tubeParts(vertices, inflation, inflate, at);
      const shape = tubeShape(parts);
      if (shape === undefined) continue;
      const key = JSON.stringify(['tube', vertices, inflation, inflate, at]);
      const points = expand(await regions.find(grid, shape, key));
      const { lat, lon } = await grid.latlon(points);
      const shapes = parts.map((part) => tubeShape([part])!);
      points.forEach((point, n) => {
        found.push({ point, level, step, ...place(parts, shapes, lat[n]!, lon[n]!) });
      });
    }
  }
  found.sort(
    (a, b) => a.along - b.along || a.distance - b.distance || a.point - b.point || a.level - b.level || a.step - b.step,
  );
  return found;
}

/** Tuples of the path; refuses a path without any. */
export async function pathTuples(context: FeatureContext, feature: Trajectory): Promise<PathTuple[]> {
  const tuples = feature.sample ? await sampled(context, feature) : await swept(context, feature);
  if (tuples.length > 0) return tuples;
  // the whole tube, whatever its levels and steps, tells whether place or level is at fault
  const inflation = {
    ...feature.inflation,
    lat: Math.max(feature.inflation.lat, 1e-6),
    lon: Math.max(feature.inflation.lon, 1e-6),
  };
  const shape = tubeShape(tubeParts(feature.vertices, inflation, feature.inflate, {}))!;
  await pointsInside(context, shape, JSON.stringify(['tube', feature.vertices, inflation, feature.inflate, {}]));
  throw new FeatureError(
    'no_points_in_feature',
    'feature "trajectory": no grid point on an available level and step lies on the path; widen "inflation" for levelist or step, or use vertices on levels and steps that exist.',
  );
}
