/** The reference systems of the OGC resources: everything is longitude before latitude. */
import { FeatureError } from '../../schemas/problem.js';
import type { Levtype } from '../../schemas/vocabulary.js';

export const CRS84_WKT =
  'GEOGCRS["WGS 84",DATUM["World Geodetic System 1984",ELLIPSOID["WGS 84",6378137,298.257223563,LENGTHUNIT["metre",1]]],PRIMEM["Greenwich",0,ANGLEUNIT["degree",0.0174532925199433]],CS[ellipsoidal,2],AXIS["geodetic longitude (Lon)",east,ORDER[1],ANGLEUNIT["degree",0.0174532925199433]],AXIS["geodetic latitude (Lat)",north,ORDER[2],ANGLEUNIT["degree",0.0174532925199433]],ID["OGC","CRS84"]]';

export const TRS = 'TIMECRS["DateTime",TDATUM["Gregorian Calendar"],CS[TemporalDateTime,1],AXIS["Time (T)",future]]';

const VRS: Readonly<Record<Exclude<Levtype, 'sfc'>, string>> = {
  pl: 'VERTCRS["Pressure level",VDATUM["Mean sea level"],CS[vertical,1],AXIS["pressure",down],PRESSUREUNIT["hPa",100]]',
  ml: 'PARAMETRICCRS["Model level",PDATUM["Model surface"],CS[parametric,1],AXIS["hybrid coordinate",down],PARAMETRICUNIT["1",1]]',
  hl: 'VERTCRS["Height above ground",VDATUM["Model surface"],CS[vertical,1],AXIS["height",up],LENGTHUNIT["metre",1]]',
  pt: 'PARAMETRICCRS["Isentropic level",PDATUM["Potential temperature"],CS[parametric,1],AXIS["potential temperature",up],PARAMETRICUNIT["K",1]]',
  o2d: 'VERTCRS["Depth",VDATUM["Water surface"],CS[vertical,1],AXIS["depth",down],LENGTHUNIT["metre",1]]',
};

/** Text of the vertical reference system; undefined on the surface. */
export function vrsOf(levtype: Levtype): string | undefined {
  return levtype === 'sfc' ? undefined : VRS[levtype];
}

const LEVEL_UNITS: Readonly<Record<Levtype, string>> = { sfc: '1', pl: 'hPa', ml: '1', hl: 'm', pt: 'K', o2d: 'm' };

/** Unit of the levels. */
export const levelUnit = (levtype: Levtype): string => LEVEL_UNITS[levtype];

/** Units that a height may be given in; on the surface, where it decides nothing, the usual ones. */
export const heightUnits = (levtype: Levtype): readonly string[] =>
  levtype === 'sfc' ? ['m', 'hPa', '1'] : [levelUnit(levtype)];

const ACCEPTED =
  /^(CRS:?84|OGC:CRS84|EPSG:4326|https?:\/\/www\.opengis\.net\/def\/crs\/(OGC\/1\.3\/CRS84|EPSG\/0\/4326)|\[?(OGC:CRS84|EPSG:4326)\]?)$/i;

/** Refuses any system but longitude and latitude on WGS 84; EPSG:4326 is read longitude first too. */
export function readCrs(text: string | undefined, key = 'crs'): void {
  if (text === undefined || ACCEPTED.test(text.trim())) return;
  throw new FeatureError(
    'bad_value',
    `${key}: "${text.slice(0, 80)}" is not offered; give CRS84 (longitude, latitude).`,
  );
}
