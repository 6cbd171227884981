/** Pressure of model levels as a field of its own, computed in float64 from the surface pressure (`pressure=3d`). */
import type { CfVariable } from '../../formats/cf.js';
import { levelValues, type VerticalTable } from '../fst/vertical.js';
import type { LevelAxis } from './level-axes.js';

const PASCALS = 100;

/**
 * Pressure in hPa on the levels of an axis, with the dimensions of the surface field and those of the axis. `surface` holds hPa;
 * `large` gives the row of the large-scale surface pressure of a cell, which some coordinates follow too.
 */
export function pressureOf(
  name: string,
  axis: LevelAxis,
  table: VerticalTable,
  surface: CfVariable,
  large: ((cell: number) => number) | undefined,
): CfVariable | undefined {
  const { data } = surface;
  if (data.kind !== 'planes' || !axis.isDimension || table.unit !== 'Pa') return undefined;
  const leading = surface.shape.length - data.planeDims;
  const count = axis.ip1.length;
  const spread = (rows: Int32Array): Int32Array =>
    Int32Array.from({ length: rows.length * count }, (_, cell) => rows[Math.floor(cell / count)]!);
  const { cell_methods: _, coordinates, grid_mapping } = surface.attributes;
  const { scale: __, offset: ___, ...plain } = data;
  const inPascals = (values: Float32Array): Float64Array => Float64Array.from(values, (value) => value * PASCALS);
  return {
    name,
    dtype: 'float32',
    dims: [...surface.dims.slice(0, leading), axis.name, ...surface.dims.slice(leading)],
    shape: [...surface.shape.slice(0, leading), count, ...surface.shape.slice(leading)],
    fill: Number.NaN,
    attributes: {
      _FillValue: Float32Array.of(Number.NaN),
      standard_name: 'air_pressure',
      long_name: 'pressure of the levels',
      units: 'hPa',
      ...(coordinates === undefined ? {} : { coordinates }),
      ...(grid_mapping === undefined ? {} : { grid_mapping }),
      fst_derived: Int32Array.of(1),
    },
    data: {
      ...plain,
      rows: spread(data.rows),
      ...(data.masks === undefined ? {} : { masks: spread(data.masks) }),
      derive: async (plane, cell, other) => {
        const row = large?.(Math.floor(cell / count)) ?? -1;
        const fields = { surface: inPascals(plane), ...(row < 0 ? {} : { large: inPascals(await other(row)) }) };
        const values = levelValues(table, [axis.ip1[cell % count]!], fields);
        return Float32Array.from(values, (value) => value / PASCALS);
      },
    },
  };
}
