/** Coordinate systems as GeoTIFF keys (OGC 19-008): EPSG codes, and the polar stereographic planes of the sphere of the records. */

export type TiffCrs =
  | { readonly kind: 'geographic'; readonly epsg: number }
  | { readonly kind: 'projected'; readonly epsg: number }
  /** sphere of 6371000 m; `upright`: longitude of the meridian that runs straight down (north) or up (south) */
  | { readonly kind: 'stereographic'; readonly south: boolean; readonly upright: number; readonly scale: number }
  | { readonly kind: 'none' };

const SPHERE_RADIUS = 6371000;
const USER = 32767;

export interface GeoKeys {
  readonly directory: readonly number[];
  readonly doubles: readonly number[];
}

/** Values of the keys: short ones in the directory, the others in the list of doubles. */
export function geoKeys(crs: TiffCrs): GeoKeys | undefined {
  const entries: { readonly key: number; readonly short?: number; readonly double?: number }[] = [];
  const short = (key: number, value: number): void => void entries.push({ key, short: value });
  const double = (key: number, value: number): void => void entries.push({ key, double: value });
  if (crs.kind === 'none') return undefined;
  short(1024, crs.kind === 'geographic' ? 2 : 1);
  short(1025, 1);
  if (crs.kind === 'geographic') short(2048, crs.epsg);
  else if (crs.kind === 'projected') short(3072, crs.epsg);
  else {
    short(2048, USER);
    short(2050, USER);
    short(2054, 9102);
    short(2056, USER);
    double(2057, SPHERE_RADIUS);
    double(2058, SPHERE_RADIUS);
    short(3072, USER);
    short(3074, USER);
    short(3075, 15);
    short(3076, 9001);
    double(3081, crs.south ? -90 : 90);
    double(3082, 0);
    double(3083, 0);
    double(3092, crs.scale);
    double(3095, crs.upright);
  }
  const doubles: number[] = [];
  const directory = [1, 1, 0, entries.length];
  for (const { key, short: value, double: number } of entries) {
    if (number === undefined) directory.push(key, 0, 1, value!);
    else directory.push(key, 34736, 1, doubles.push(number) - 1);
  }
  return { directory, doubles };
}
