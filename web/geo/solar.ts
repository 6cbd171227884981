/** When the sun is down: its elevation by the low-precision formulas of the Astronomical Almanac, good to a hundredth of a degree. */
import type { LatLon } from '../state/state.js';

const RAD = Math.PI / 180;
const J2000 = Date.UTC(2000, 0, 1, 12);
const DAY = 86_400_000;
/** of the centre of the sun at rise and set, degrees */
const HORIZON = -0.833;

/** Degrees above the horizon. */
export function solarElevation(ms: number, [lat, lon]: LatLon): number {
  const days = (ms - J2000) / DAY;
  const mean = (280.46 + 0.9856474 * days) * RAD;
  const anomaly = (357.528 + 0.9856003 * days) * RAD;
  const ecliptic = mean + (1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly)) * RAD;
  const obliquity = (23.439 - 0.0000004 * days) * RAD;
  const ascension = Math.atan2(Math.cos(obliquity) * Math.sin(ecliptic), Math.cos(ecliptic));
  const declination = Math.asin(Math.sin(obliquity) * Math.sin(ecliptic));
  const sidereal = (280.46061837 + 360.98564736629 * days + lon) * RAD;
  const hour = sidereal - ascension;
  const sin =
    Math.sin(lat * RAD) * Math.sin(declination) + Math.cos(lat * RAD) * Math.cos(declination) * Math.cos(hour);
  return Math.asin(sin) / RAD;
}

/** Intervals of night, ms, within a span; edges to five minutes. */
export function nights(from: number, to: number, at: LatLon): (readonly [number, number])[] {
  const step = 300_000;
  const found: [number, number][] = [];
  for (let time = from; time <= to; time += step) {
    if (solarElevation(time, at) >= HORIZON) continue;
    const last = found.at(-1);
    if (last !== undefined && time - last[1] <= step) last[1] = time;
    else found.push([time, time]);
  }
  return found;
}
