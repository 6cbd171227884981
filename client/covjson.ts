/** CoverageJSON as typed arrays: reads both profiles, `ecmwf` (latitude, longitude, levelist) and `ogc` (x, y, z). */
import type { Coverage, CoverageCollection } from '../schemas/coverage.js';

/** Coordinates of the values of one coverage, one entry a value where they vary, one entry in all where they do not. */
export interface Points {
  readonly lat: Float64Array;
  readonly lon: Float64Array;
  /** NaN where the coverage has no level */
  readonly level: Float64Array;
  /** ms since the epoch; NaN where the coverage has no time */
  readonly time: Float64Array;
}

/** One coverage: `values[name][i]` belongs to point i; missing is NaN. */
export interface DecodedCoverage extends Points {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly values: Readonly<Record<string, Float32Array>>;
  readonly units: Readonly<Record<string, string>>;
}

type Axes = Coverage['domain']['axes'];

const instant = (value: unknown): number => (typeof value === 'string' ? Date.parse(value) : Number.NaN);

function plain(axes: Axes, ...names: readonly string[]): readonly unknown[] {
  for (const name of names) {
    const axis = axes[name];
    if (axis !== undefined && 'values' in axis) return axis.values as readonly unknown[];
  }
  return [];
}

/** One column of a tuple axis, by any of its names. */
function column(
  tuples: readonly (readonly unknown[])[],
  coordinates: readonly string[],
  names: readonly string[],
): readonly unknown[] {
  const at = coordinates.findIndex((name) => names.includes(name));
  return at < 0 ? [] : tuples.map((tuple) => tuple[at]);
}

function pointsOf(coverage: Coverage): { points: Points; count: number } {
  const axes = coverage.domain.axes;
  const composite = axes['composite'];
  const isOgc = coverage.domain.domainType !== undefined;
  const names = isOgc ? { lat: ['y'], lon: ['x'] } : { lat: ['latitude', 'x'], lon: ['longitude', 'y'] };
  const levels = ['levelist', 'z'];
  let pick: (wanted: readonly string[]) => readonly unknown[];
  let count: number;
  if (composite !== undefined && 'coordinates' in composite) {
    const tuples = composite.values as readonly (readonly unknown[])[];
    count = tuples.length;
    pick = (wanted) => {
      const found = column(tuples, composite.coordinates, wanted);
      return found.length > 0 ? found : plain(axes, ...wanted);
    };
  } else {
    count = Math.max(plain(axes, 't').length, plain(axes, ...levels).length, 1);
    pick = (wanted) => plain(axes, ...wanted);
  }
  const numbers = (values: readonly unknown[]) => spread(values.map(Number), count);
  return {
    count,
    points: {
      lat: numbers(pick(names.lat)),
      lon: numbers(pick(names.lon)),
      level: numbers(pick(levels)),
      time: spread(pick(['t']).map(instant), count),
    },
  };
}

/** One value stands for all; none is NaN. */
function spread(values: readonly number[], count: number): Float64Array {
  if (values.length === count) return Float64Array.from(values);
  return new Float64Array(count).fill(values.length === 1 ? values[0]! : Number.NaN);
}

/** Every coverage of a collection, in order. */
export function decodeCoverages(collection: CoverageCollection): DecodedCoverage[] {
  return collection.coverages.map((coverage) => {
    const { points, count } = pointsOf(coverage);
    const values: Record<string, Float32Array> = {};
    const units: Record<string, string> = {};
    for (const [name, range] of Object.entries(coverage.ranges)) {
      if (range.values.length !== count) {
        throw new RangeError(
          `range ${name} has ${range.values.length} values for ${count} points; the document is damaged`,
        );
      }
      values[name] = Float32Array.from(range.values, (value) => value ?? Number.NaN);
      const symbol = collection.parameters?.[name]?.unit?.symbol;
      units[name] = typeof symbol === 'string' ? symbol : (symbol?.value ?? '');
    }
    return { ...points, metadata: coverage['mars:metadata'] ?? {}, values, units };
  });
}
