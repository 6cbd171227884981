/** The ground of a cross-section: from the surface pressure along a track to a path. Pure. */
import { decodeCoverages } from '../../client/covjson.js';
import type { CoverageCollection } from '../../schemas/coverage.js';
import { pathKm } from '../geo/sphere.js';
import type { Ground } from '../page/page.js';
import type { Frame } from './section.js';

/** From the answer of a trajectory. */
export function groundOf(document: unknown, name: string): Ground {
  const answer = document as CoverageCollection & CoverageCollection['coverages'][number];
  const { parameters, coverages = [answer] } = answer;
  const km: number[] = [];
  const pressure: number[] = [];
  for (const { lat, lon, values, units } of decodeCoverages({ type: 'CoverageCollection', parameters, coverages })) {
    const scale = units[name] === 'Pa' ? 0.01 : 1;
    const path = Array.from(lat, (one, n) => [one, lon[n]!] as const);
    for (const [n, value] of (values[name] ?? []).entries()) {
      if (Number.isNaN(value)) continue;
      km.push(pathKm(path.slice(0, n + 1)));
      pressure.push(value * scale);
    }
  }
  return { km, pressure };
}

/** Path of the ground; empty where it is below the section everywhere. */
export function groundPath({ km, pressure }: Ground, { x, y, top, height }: Frame): string {
  const bottom = top + height;
  const line = pressure.map((one, n) => `${x(km[n]!).toFixed(1)} ${y(one).toFixed(1)}`);
  if (pressure.every((one) => y(one) >= bottom)) return '';
  return `M${x(km[0]!).toFixed(1)} ${bottom}L${line.join('L')}L${x(km.at(-1)!).toFixed(1)} ${bottom}Z`;
}
