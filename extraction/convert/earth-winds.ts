/** Components of wind along the axes of a grid turned to true east and north, plane by plane (docs/conversions.md#variables). */
import type { CfAttribute, CfPlanes, CfVariable } from '../../formats/cf.js';
import type { Grid } from '../grid/grid.js';
import { toEarth, WIND_PAIRS } from '../grid/winds.js';
import type { ViewTable } from './dataset.js';
import { isTurned } from './grib2-grid.js';
import { partnerOf } from './wind-partner.js';

const STANDARD_NAMES: Readonly<Record<string, string>> = { x_wind: 'eastward_wind', y_wind: 'northward_wind' };

/** Numbers of the grid's points that a window takes. */
function pointsOf({ start, stride, columns, rows }: CfPlanes['window']): Uint32Array {
  const points = new Uint32Array(rows * columns);
  for (let row = 0, k = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) points[k++] = start + row * stride + column;
  }
  return points;
}

function named(attributes: CfVariable['attributes'], isU: boolean): Record<string, CfAttribute> {
  const kept = Object.fromEntries(Object.entries(attributes).filter(([key]) => !key.startsWith('fst_')));
  const standard = STANDARD_NAMES[String(kept['standard_name'])];
  const name = { long_name: `Wind component to the ${isU ? 'east' : 'north'}` };
  return { ...kept, ...(standard === undefined ? {} : { standard_name: standard }), ...name };
}

/** What is lost when some records stay along the axes of their grid. */
export const UNTURNED = 'its partner component is not there, so it stays along the axes of the grid';

/**
 * The variable turned, without the keys of its records, which it no longer holds; as it is on grids whose axes are true
 * directions and for what is no wind. `undefined`: the partner of a record is missing.
 */
export function turnedWind(
  table: ViewTable,
  variable: CfVariable,
  nomvar: string,
  grid: Grid | undefined,
): CfVariable | undefined {
  const { data } = variable;
  const pair = WIND_PAIRS[nomvar];
  if (data.kind !== 'planes' || pair === undefined || grid === undefined || !isTurned(grid)) return variable;
  const partners = Int32Array.from(data.rows, (row) => (row < 0 ? -1 : (partnerOf(table, row) ?? -1)));
  if (data.rows.some((row, cell) => row >= 0 && partners[cell]! < 0)) return undefined;
  const isU = pair.component === 'u';
  let turns: Promise<Float64Array> | undefined;
  const derive: CfPlanes['derive'] = async (plane, cell, other) => {
    turns ??= grid.rotation(pointsOf(data.window));
    const partner = await other(partners[cell]!);
    const { east, north } = toEarth(isU ? plane : partner, isU ? partner : plane, await turns);
    return Float32Array.from(isU ? east : north);
  };
  return {
    ...variable,
    dtype: 'float32',
    fill: Number.NaN,
    attributes: { ...named(variable.attributes, isU), _FillValue: Float32Array.of(Number.NaN) },
    data: { ...data, derive },
  };
}
