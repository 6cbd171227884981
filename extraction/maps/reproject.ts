/**
 * The coordinate systems of maps: from the plane of a picture to latitude and longitude and back. Formulas of the polar
 * stereographic plane: J. P. Snyder, Map Projections (1987), 21-33 to 21-40 and 3-5, on the WGS 84 ellipsoid.
 */

/** lonlat: degrees, x = longitude, y = latitude. */
export type MapCrs = 'lonlat' | 'EPSG:3857' | 'EPSG:5937';

export interface MapBox {
  readonly minx: number;
  readonly miny: number;
  readonly maxx: number;
  readonly maxy: number;
}

const DEGREE = Math.PI / 180;
const MERCATOR_RADIUS = 6378137;
/** Half of the width of the world in EPSG:3857. */
export const MERCATOR_EDGE = Math.PI * MERCATOR_RADIUS;

const E = Math.sqrt(0.0066943799901413165);
const E2 = E * E;
const LON0 = -100;
const FALSE_ORIGIN = 2_000_000;
const SCALE = 0.994;
/** Distance from the pole for t = 1. */
const POLAR_RADIUS = (2 * 6378137 * SCALE) / Math.sqrt((1 + E) ** (1 + E) * (1 - E) ** (1 - E));
const SERIES = [
  E2 / 2 + (5 * E2 ** 2) / 24 + E2 ** 3 / 12 + (13 * E2 ** 4) / 360,
  (7 * E2 ** 2) / 48 + (29 * E2 ** 3) / 240 + (811 * E2 ** 4) / 11520,
  (7 * E2 ** 3) / 120 + (81 * E2 ** 4) / 1120,
  (4279 * E2 ** 4) / 161280,
] as const;

/** Latitude (degrees) of a conformal latitude (radians). */
function geodetic(chi: number): number {
  const two = 2 * chi;
  return (
    (chi +
      SERIES[0] * Math.sin(two) +
      SERIES[1] * Math.sin(2 * two) +
      SERIES[2] * Math.sin(3 * two) +
      SERIES[3] * Math.sin(4 * two)) /
    DEGREE
  );
}

/** x, y of a place. Places without image (poles of Mercator, the far pole of the polar plane) are not finite. */
export function project(crs: MapCrs, lat: number, lon: number): readonly [x: number, y: number] {
  if (crs === 'lonlat') return [lon, lat];
  if (crs === 'EPSG:3857') {
    return [MERCATOR_RADIUS * lon * DEGREE, MERCATOR_RADIUS * Math.atanh(Math.sin(lat * DEGREE))];
  }
  const sine = Math.sin(lat * DEGREE);
  const t = Math.tan((45 - lat / 2) * DEGREE) / ((1 - E * sine) / (1 + E * sine)) ** (E / 2);
  const angle = (lon - LON0) * DEGREE;
  return [FALSE_ORIGIN + POLAR_RADIUS * t * Math.sin(angle), FALSE_ORIGIN - POLAR_RADIUS * t * Math.cos(angle)];
}

/** Latitude and longitude (degrees) of a point of the plane; latitudes beyond 90 where a lat-lon picture shows more than the globe. */
export function unproject(crs: MapCrs, x: number, y: number): readonly [lat: number, lon: number] {
  if (crs === 'lonlat') return [y, x];
  if (crs === 'EPSG:3857') return [Math.atan(Math.sinh(y / MERCATOR_RADIUS)) / DEGREE, x / MERCATOR_RADIUS / DEGREE];
  const [east, south] = [x - FALSE_ORIGIN, FALSE_ORIGIN - y];
  const rho = Math.hypot(east, south);
  const chi = Math.PI / 2 - 2 * Math.atan(rho / POLAR_RADIUS);
  const lon = rho === 0 ? 0 : LON0 + Math.atan2(east, south) / DEGREE;
  return [geodetic(chi), lon < -180 ? lon + 360 : lon];
}

export interface PlacesOnMap {
  readonly lat: Float64Array;
  readonly lon: Float64Array;
}

/** Places of the pixel centres of a picture, row by row from the top. */
export function pixelPlaces(crs: MapCrs, box: MapBox, width: number, height: number): PlacesOnMap {
  const lat = new Float64Array(width * height);
  const lon = new Float64Array(width * height);
  const dx = (box.maxx - box.minx) / width;
  const dy = (box.maxy - box.miny) / height;
  for (let j = 0; j < height; j++) {
    const y = box.maxy - (j + 0.5) * dy;
    if (crs === 'EPSG:5937') {
      for (let i = 0; i < width; i++) {
        const place = unproject(crs, box.minx + (i + 0.5) * dx, y);
        lat[j * width + i] = place[0];
        lon[j * width + i] = place[1];
      }
      continue;
    }
    lat.fill(unproject(crs, 0, y)[0], j * width, (j + 1) * width);
    if (j === 0) for (let i = 0; i < width; i++) lon[i] = unproject(crs, box.minx + (i + 0.5) * dx, 0)[1];
    else lon.copyWithin(j * width, 0, width);
  }
  return { lat, lon };
}

/** Direction of north at a place of a map: unit vector (x right, y up) of a small step northwards. */
export function northOnMap(crs: MapCrs, lon: number): readonly [x: number, y: number] {
  if (crs !== 'EPSG:5937') return [0, 1];
  const angle = (lon - LON0) * DEGREE;
  return [-Math.sin(angle), Math.cos(angle)];
}

/** Box in a coordinate system around a box in degrees, by points along its edges and inside; undefined where nothing has an image. */
export function boxOnMap(
  crs: MapCrs,
  box: { readonly south: number; readonly west: number; readonly north: number; readonly east: number },
): MapBox {
  const edge = 85.0511287798066;
  const [south, north] =
    crs === 'EPSG:3857' ? [Math.max(box.south, -edge), Math.min(box.north, edge)] : [box.south, box.north];
  if (crs === 'lonlat') return { minx: box.west, miny: south, maxx: box.east, maxy: north };
  if (crs === 'EPSG:3857') {
    const [minx, miny] = project(crs, south, box.west);
    const [maxx, maxy] = project(crs, north, box.east);
    return { minx, miny, maxx, maxy };
  }
  let [minx, miny, maxx, maxy] = [Infinity, Infinity, -Infinity, -Infinity];
  const STEPS = 72;
  for (let a = 0; a <= STEPS; a++) {
    for (let b = 0; b <= 8; b++) {
      // the plane has no end: of what crosses the equator only the northern part counts
      const lat = Math.max(north > 0 ? 0 : -80, south + ((north - south) * b) / 8);
      const [x, y] = project(crs, lat, box.west + ((box.east - box.west) * a) / STEPS);
      [minx, miny, maxx, maxy] = [Math.min(minx, x), Math.min(miny, y), Math.max(maxx, x), Math.max(maxy, y)];
    }
  }
  return { minx, miny, maxx, maxy };
}
