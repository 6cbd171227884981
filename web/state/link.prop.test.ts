import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fc } from '../../test/fast-check.js';
import { parseLink, printLink } from './link.js';
import { type Feature, type LatLon, type Overlay, START, type State, UNIT_CHOICES, type UnitFamily } from './state.js';

const grid = (low: number, high: number, step: number): fc.Arbitrary<number> =>
  fc
    .integer({ min: Math.round(low / step), max: Math.round(high / step) })
    .map((n) => Number((n * step).toFixed(4)) + 0);
const place: fc.Arbitrary<LatLon> = fc.tuple(grid(-90, 90, 0.0001), grid(-180, 180, 0.0001));
const box = fc.tuple(grid(-90, 0, 0.01), grid(-180, 180, 0.01), grid(1, 90, 0.01), grid(-180, 180, 0.01));
const feature: fc.Arbitrary<Feature> = fc.oneof(
  place.map((at): Feature => ({ kind: 'pt', at })),
  fc.array(place, { minLength: 3, maxLength: 30 }).map((ring): Feature => ({ kind: 'poly', ring })),
  box.map((one): Feature => ({ kind: 'box', box: one })),
  fc.record({ kind: fc.constant('circ' as const), at: place, km: grid(0.1, 3000, 0.1) }),
  fc.record({ kind: fc.constant('frame' as const), outer: box, inner: box }),
  fc.record({
    kind: fc.constant('track' as const),
    vertices: fc.array(fc.record({ at: place, hours: grid(0, 400, 0.25) }), { minLength: 2, maxLength: 20 }),
    levels: fc.uniqueArray(fc.integer({ min: 1, max: 1000 }), { maxLength: 5 }),
  }),
);
const name = fc.stringMatching(/^[a-z][a-zA-Z0-9._-]{0,20}$/);
const units = fc.record(
  Object.fromEntries(
    Object.entries(UNIT_CHOICES).map(([family, choices]) => [family, fc.constantFrom(...choices.slice(1))]),
  ) as Record<UnitFamily, fc.Arbitrary<string>>,
  { requiredKeys: [] },
);
const state: fc.Arbitrary<State> = fc.record({
  collection: name,
  run: fc.constantFrom('latest', '20250116T000000Z'),
  param: name,
  level: fc.option(fc.constantFrom(1000, 850, 0.995), { nil: undefined }),
  member: fc.integer({ min: -1, max: 50 }),
  time: fc.constantFrom('', '2025-01-16T18:00Z', '2025-01-16T18:00:30Z', '+18h', '+0.25h'),
  overlays: fc.subarray<Overlay>(['msl', 'barbs', 'gh', 'points']),
  scale: fc.constantFrom(undefined, [-10, 25] as const, [0, 1e-7] as const, [968.5, 1048] as const),
  crs: fc.constantFrom(undefined, '5937' as const, '3857' as const, '84' as const),
  view: fc.option(fc.record({ lat: grid(-90, 90, 0.001), lon: grid(-180, 180, 0.001), zoom: grid(0, 12, 0.01) }), {
    nil: undefined,
  }),
  feature: fc.option(feature, { nil: undefined }),
  tab: fc.constantFrom('met' as const, 'prof' as const, 'area' as const, 'track' as const, 'data' as const),
  units,
  zone: fc.constantFrom('utc' as const, 'local' as const),
  lang: fc.constantFrom('en' as const, 'fr' as const),
  theme: fc.constantFrom('auto' as const, 'light' as const, 'dark' as const),
  job: fc.option(fc.constant('0190-ab.c'), { nil: undefined }),
  playing: fc.constant(false),
  tool: fc.constant(undefined),
});

/** Without what JSON does not keep: prototypes, and members that are undefined. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('deep links', () => {
  it('give the state back', () => {
    fc.assert(
      fc.property(state, (one) => {
        const { state: parsed, dropped } = parseLink(printLink(one));
        assert.deepEqual(dropped, []);
        assert.deepEqual(plain({ ...START, ...parsed }), plain(one));
      }),
      { numRuns: 300 },
    );
  });

  it('are equal for equal states, and shorter than the defaults', () => {
    fc.assert(fc.property(state, (one) => assert.equal(printLink({ ...one }), printLink({ ...START, ...one }))));
    assert.equal(printLink(START), '');
  });

  it('never throw, whatever they hold', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => void parseLink(text)));
  });

  it('name what they drop', () => {
    const { state: parsed, dropped } = parseLink('#p=2t&z=high&nonsense=1&t=yesterday&f=pt:95,0&u=wind:furlong');
    assert.deepEqual(parsed, { param: '2t' });
    assert.deepEqual(dropped, ['z', 'nonsense', 't', 'f', 'u']);
  });

  it('reads the example of the documentation', () => {
    const { state: parsed, dropped } = parseLink(
      '#c=demo-sfc&r=20250116T000000Z&p=2t&z=850&m=0&t=2025-01-16T18:00Z&o=msl,barbs&crs=5937&v=54.3,-79.5,3.9&f=pt:45.5,-73.57&tab=met&u=wind:kt,temperature:C&tz=local&lang=fr&theme=dark&job=ID',
    );
    assert.deepEqual(dropped, []);
    assert.deepEqual(parsed.feature, { kind: 'pt', at: [45.5, -73.57] });
    assert.equal(parsed.zone, 'local');
  });
});
