/** Queries of one run of the demo: one of each kind, and asking with the checks that every answer and every refusal must stand. */
import assert from 'node:assert/strict';
import type { Reply } from '../contract/http.js';
import { coveragesOf, type EdrCoverage, edr } from './client.js';

export const RUN = '/collections/demo-pl/instances/20250115T000000Z';
export const POINT = 'POINT(-73.5 45.5)';
export const RING = '((-75 45,-74 45,-74 46,-75 46,-75 45))';
export const LINE = 'LINESTRING(-75 45,-74 46)';
/** A query of each kind with all that it must have. */
export const QUERIES = {
  position: `position?coords=${POINT}`,
  radius: `radius?coords=${POINT}&within=60&within-units=km`,
  area: `area?coords=POLYGON${RING}`,
  cube: 'cube?bbox=-75,45,-74,46',
  trajectory: `trajectory?coords=${LINE}`,
  corridor: `corridor?coords=${LINE}&corridor-width=100&width-units=km&corridor-height=100&height-units=hPa`,
  locations: 'locations/centre?',
} as const;
export const KINDS = Object.keys(QUERIES) as (keyof typeof QUERIES)[];
export const TIME = 'datetime=2025-01-15T06:00:00Z';
export const ONE = `parameter-name=t&${TIME}&z=500`;

/** Asks for data of the run, of the service that is up by then. */
export function runQueries(service: { readonly url: string }) {
  const ask = (query: string, headers: Record<string, string> = {}): Promise<Reply> =>
    edr(service.url, `${RUN}/${query}`, headers);

  async function refused(query: string, word: string): Promise<void> {
    const reply = await ask(query);
    assert.equal(reply.status, 400, `${query}: ${reply.status} ${reply.text.slice(0, 200)}`);
    assert.equal(reply.headers['content-type'], 'application/problem+json', query);
    assert.equal(typeof reply.json['code'], 'string', query);
    assert.ok(String(reply.json['description']).includes(word), `${query}: ${String(reply.json['description'])}`);
  }

  async function coverages(query: string): Promise<readonly EdrCoverage[]> {
    const reply = await ask(query);
    assert.equal(reply.status, 200, `${query}: ${reply.status} ${reply.text.slice(0, 200)}`);
    return coveragesOf(reply);
  }

  return { ask, refused, coverages };
}

/** Different times or levels of some coverages, on an axis of their own or in their tuples; sorted as text. */
export function seen(all: readonly EdrCoverage[], axis: 't' | 'z'): readonly string[] {
  const found = new Set<string>();
  for (const { domain } of all) {
    const { composite } = domain.axes;
    const place = composite?.coordinates?.indexOf(axis) ?? -1;
    for (const value of domain.axes[axis]?.values ?? []) found.add(String(value));
    if (place >= 0) for (const tuple of composite!.values as unknown[][]) found.add(String(tuple[place]));
  }
  return [...found].sort();
}

export const hours = (...all: number[]): string[] =>
  all.map((hour) => `2025-01-15T${String(hour).padStart(2, '0')}:00:00Z`);
