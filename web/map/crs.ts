/** The three projections of the map, as Leaflet wants them. Bounds near the pole are only ever taken in projected pixels. */
import L from 'leaflet';
import { projectPolar, unprojectPolar } from '../geo/polar.js';
import type { Crs } from '../state/state.js';

/** Metres of one pixel at zoom 0: a tile of 256 pixels is 20 000 km. */
const METRES = 78_125;

const polarProjection: L.Projection = {
  project: ({ lat, lng }) => L.point(...(projectPolar(lat, lng) as [number, number])),
  unproject: (point) => {
    const { x, y } = point as L.Point;
    const [lat, lon] = unprojectPolar(x, y);
    return L.latLng(lat, lon);
  },
  bounds: L.bounds([-8e6, -8e6], [12e6, 12e6]),
};

export const POLAR: L.CRS = L.extend({}, L.CRS, {
  code: 'EPSG:5937',
  projection: polarProjection,
  transformation: new L.Transformation(1, 8e6, -1, 12e6),
  scale: (zoom: number) => 2 ** zoom / METRES,
  zoom: (scale: number) => Math.log2(scale * METRES),
  infinite: true,
  distance: L.CRS.Earth.distance.bind(L.CRS.Earth),
}) as unknown as L.CRS;

/** Latitude and longitude as they are; WMS 1.3.0 asks it as CRS:84, x before y. */
export const PLAIN: L.CRS = L.extend({}, L.CRS.EPSG4326, { code: 'CRS:84' }) as unknown as L.CRS;

export const CRS_OF: Readonly<Record<Crs, L.CRS>> = { '5937': POLAR, '3857': L.CRS.EPSG3857, '84': PLAIN };

/** Box of a rectangle of the map in the units of its projection, for a WMS request. */
export function projectedBox(map: L.Map, from: L.Point, to: L.Point): readonly [number, number, number, number] {
  const crs = map.options.crs!;
  const zoom = map.getZoom();
  const scale = crs.scale(zoom);
  const transformation = (crs as unknown as { transformation: L.Transformation }).transformation;
  const one = transformation.untransform(from, scale);
  const other = transformation.untransform(to, scale);
  return [Math.min(one.x, other.x), Math.min(one.y, other.y), Math.max(one.x, other.x), Math.max(one.y, other.y)];
}
