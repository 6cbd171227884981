/**
 * Canada polar stereographic, EPSG:5937: WGS 84, latitude of origin 90, longitude of origin -100, scale 0.994 at the pole,
 * false origin 2 000 000 m. Ellipsoidal formulas of Snyder, Map Projections: A Working Manual (1987), 21-33 to 21-41.
 */
const A = 6_378_137;
const F = 1 / 298.257223563;
const E = Math.sqrt(F * (2 - F));
const K0 = 0.994;
const ORIGIN_LON = -100;
const FALSE = 2_000_000;
const RAD = Math.PI / 180;

/** rho = SCALE * t */
const SCALE = (2 * A * K0) / Math.sqrt((1 + E) ** (1 + E) * (1 - E) ** (1 - E));

/** Degrees → metres. The south pole has no image and gets a very far one. */
export function projectPolar(lat: number, lon: number): readonly [x: number, y: number] {
  const phi = Math.max(lat, -89.9) * RAD;
  const s = E * Math.sin(phi);
  const t = Math.tan(Math.PI / 4 - phi / 2) / ((1 - s) / (1 + s)) ** (E / 2);
  const rho = SCALE * t;
  const theta = (lon - ORIGIN_LON) * RAD;
  return [FALSE + rho * Math.sin(theta), FALSE - rho * Math.cos(theta)];
}

/** Metres → degrees; longitude within -180 to 180. */
export function unprojectPolar(x: number, y: number): readonly [lat: number, lon: number] {
  const [dx, dy] = [x - FALSE, FALSE - y];
  const t = Math.hypot(dx, dy) / SCALE;
  let phi = Math.PI / 2 - 2 * Math.atan(t);
  for (let n = 0; n < 8; n++) {
    const s = E * Math.sin(phi);
    phi = Math.PI / 2 - 2 * Math.atan(t * ((1 - s) / (1 + s)) ** (E / 2));
  }
  const lon = dx === 0 && dy === 0 ? ORIGIN_LON : ORIGIN_LON + Math.atan2(dx, dy) / RAD;
  return [phi / RAD, ((((lon + 180) % 360) + 360) % 360) - 180];
}
