/** Small makers of CF variables. */
import { type CfAttributes, type CfNumbers, type CfVariable, dtypeOf } from '../../formats/cf.js';
import type { Grid } from '../grid/grid.js';

/** An integer attribute. */
export const int = (value: number): Int32Array => Int32Array.of(value);

export function numbers(
  name: string,
  dims: readonly string[],
  shape: readonly number[],
  values: CfNumbers,
  attributes: CfAttributes = {},
): CfVariable {
  return { name, dims, shape, dtype: dtypeOf(values), attributes, data: { kind: 'values', values } };
}

export function scalar(name: string, value: CfNumbers, attributes: CfAttributes = {}): CfVariable {
  return numbers(name, [], [], value, attributes);
}

export function texts(name: string, dim: string, values: readonly string[], attributes: CfAttributes = {}): CfVariable {
  return { name, dims: [dim], shape: [values.length], dtype: 'string', attributes, data: { kind: 'values', values } };
}

/** Latitudes and longitudes of all points, computed when they are written. */
export function latLon(
  grid: Grid,
  dims: readonly string[],
  shape: readonly number[],
  lat: CfAttributes,
  lon: CfAttributes,
): CfVariable[] {
  const of = (name: 'lat' | 'lon', attributes: CfAttributes): CfVariable => ({
    name,
    dims,
    shape,
    dtype: 'float64',
    attributes,
    data: { kind: 'lazy', load: async () => (await grid.latlon())[name] },
  });
  return [of('lat', lat), of('lon', lon)];
}
