/**
 * Members of each feature as strict zod schemas: what a feature may hold and of which JSON type it is. The meaning of the
 * members is checked in feature.ts; the OpenAPI document is made from here.
 */
import { z } from 'zod';

const coordinate = z.union([z.number(), z.string().max(64)], { error: 'must be a number' });
const point = z.array(coordinate).max(8);
const points = z.array(point).describe('Points as [latitude, longitude], or in the order of `axes`.');
const names = z.union([z.string(), z.array(z.string()).max(8)]);
const scalar = z.union([z.number(), z.string()]);
const axes = names.optional().describe('Order of the values of a point; `axis` is the same.');

export const rangeShape = z
  .union(
    [
      z.strictObject({
        start: scalar.describe('First value.'),
        end: scalar.describe('Last value, included; excluded on datetime.'),
        interval: scalar.optional().describe('Distance of values, such as 6, `6h` or `1d`; absent: all that exist.'),
      }),
      z.array(scalar),
    ],
    { error: 'must be {"start", "end"} with "interval" where wanted, or a list of values' },
  )
  .optional()
  .describe('Values on the axis of the feature.');

const interpolation = z.enum(['nearest', 'bilinear']).optional().describe('How a value at a point is found.');
const box = z.array(point).describe('Two opposite corners.');
const polygonCoordinates = z.array(z.array(point));

export const featureShapes = {
  timeseries: z.strictObject({
    type: z.literal('timeseries'),
    points,
    time_axis: names.optional().describe('step (default), datetime or date.'),
    axes,
    range: rangeShape,
    interpolation,
  }),
  verticalprofile: z.strictObject({
    type: z.literal('verticalprofile'),
    points,
    axes,
    range: rangeShape,
    interpolation,
  }),
  position: z.strictObject({ type: z.literal('position'), points, axes, interpolation }),
  polygon: z.strictObject({
    type: z.literal('polygon'),
    shape: z
      .array(z.union([point, z.array(point)]))
      .optional()
      .describe('A ring, or a list of rings whose union is meant.'),
    geometry: z
      .union([
        z.strictObject({ type: z.literal('Polygon'), coordinates: polygonCoordinates }),
        z.strictObject({ type: z.literal('MultiPolygon'), coordinates: z.array(polygonCoordinates) }),
      ])
      .optional()
      .describe('GeoJSON, longitude first; inner rings are holes.'),
    axes,
  }),
  boundingbox: z.strictObject({ type: z.literal('boundingbox'), points: box, axes }),
  frame: z.strictObject({ type: z.literal('frame'), outer_box: box, inner_box: box, axes }),
  circle: z.strictObject({
    type: z.literal('circle'),
    center: z.array(z.union([coordinate, point])).describe('[[latitude, longitude]]'),
    radius: coordinate.describe('Above 0, in `units`.'),
    units: z.enum(['degrees', 'km']).optional().describe('Unit of the radius; degrees are planar.'),
    axes,
  }),
  trajectory: z.strictObject({
    type: z.literal('trajectory'),
    points: z.array(point).describe('Vertices of the path, in the order of `axes`.'),
    axes,
    padding: z.union([coordinate, point]).optional().describe('Same as inflation.'),
    inflation: z
      .union([coordinate, point])
      .optional()
      .describe('Radius, a number or one for each axis; default 1; 0 samples.'),
    inflate: z.enum(['round', 'box']).optional().describe('Form of the tube.'),
  }),
} as const;

export type FeatureTypeName = keyof typeof featureShapes;
export const FEATURE_TYPES = Object.keys(featureShapes) as readonly FeatureTypeName[];

export const featureShape = z.discriminatedUnion('type', [
  featureShapes.timeseries,
  featureShapes.verticalprofile,
  featureShapes.position,
  featureShapes.polygon,
  featureShapes.boundingbox,
  featureShapes.frame,
  featureShapes.circle,
  featureShapes.trajectory,
]);
