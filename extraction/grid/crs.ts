/** PROJ strings of grids: the frame in which rows and columns are straight. Everything is on the sphere of radius 6 371 000 m. */
import type { TensorAxes } from './axes.js';
import { wrap180 } from './sphere.js';

const SPHERE = '+R=6371000';
export const GEOGRAPHIC_CRS = `+proj=longlat ${SPHERE} +no_defs`;

const text = (value: number): string => String(Number(value.toFixed(9)));

/** CRS of the native axes. Stereographic coordinates are metres from the pole: d60 * (x - poleI), d60 * (y - poleJ). */
export function crsOf(axes: TensorAxes | undefined): string {
  if (axes?.rotation) {
    const { poleLat, poleLon, northPoleLon } = axes.rotation;
    return `+proj=ob_tran +o_proj=longlat +o_lat_p=${text(poleLat)} +o_lon_p=${text(northPoleLon)} +lon_0=${text(wrap180(poleLon - 180))} ${SPHERE} +no_defs`;
  }
  if (axes?.stereo) {
    const { south, dgrw } = axes.stereo;
    const [lat, lon] = south ? [-90, dgrw - 90] : [90, -90 - dgrw];
    return `+proj=stere +lat_0=${lat} +lon_0=${text(wrap180(lon))} +k_0=0.9330125 ${SPHERE} +units=m +no_defs`;
  }
  return GEOGRAPHIC_CRS;
}
