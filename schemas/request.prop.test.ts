import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../test/fast-check.js';
import { parseSelector, printSelector, type SelectorContext } from './mars.js';
import { FeatureError } from './problem.js';
import { parseFeatureRequest } from './request.js';
import { KEY_ORDER } from './request-keys.js';
import { printRequest, requestToJson } from './request-print.js';
import type { FeatureRequest, KeyName, KeySelector } from './vocabulary.js';

const now = new Date('2025-01-17T09:00:00Z');
const context: SelectorContext = { now: now.getTime(), mostValues: 1e9, levtype: 'ml' };

const hours = fc.integer({ min: 0, max: 500 });
const duration = fc.oneof(
  hours.map(String),
  fc.integer({ min: 1, max: 5000 }).map((n) => `${n}m`),
  fc.integer({ min: 1, max: 99_999 }).map((n) => `${n}s`),
);
const day = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2200-01-01'), noInvalidDate: true })
  .map((d) => d.toISOString().slice(0, 10));
const clock = fc
  .integer({ min: 0, max: 1439 })
  .map((n) => `${String(Math.floor(n / 60)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}`);
const level = fc.oneof(
  fc.integer({ min: 1, max: 120 }).map(String),
  fc.constantFrom('0.0', '1.0', '0.5', '0.995', '850.25'),
);
const whole = fc.integer({ min: 0, max: 2 ** 31 }).map(String);
const word = fc.stringMatching(/^[a-z][a-z0-9]{0,3}$/).filter((text) => text !== 'to' && text !== 'by');

const tokens: Partial<Record<KeyName, fc.Arbitrary<string>>> = {
  step: duration,
  date: day,
  time: clock,
  levelist: level,
  number: whole,
  param: word,
  class: word,
  nomvar: fc.constantFrom('TT', 'U*', 'gz', '?'),
  etiket: fc.constantFrom('R1DEMO__N', 'E1*', 'x y'),
  ip1: whole,
  ig2: whole,
};

/** Text of a key: a list, or a range with or without `by`. Some of it is refused, which is fine. */
const textOf = fc.constantFrom(...(Object.keys(tokens) as KeyName[])).chain((key) => {
  const token = tokens[key]!;
  const list = fc.array(token, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));
  const range = fc.tuple(token, token).map(([a, b]) => `${a}/to/${b}`);
  const by = fc
    .tuple(token, token, fc.oneof(token, fc.integer({ min: 1, max: 50 }).map(String)))
    .map(([a, b, c]) => `${a}/To/${b}/BY/${c}`);
  return fc.tuple(fc.constant(key), fc.oneof(list, range, by));
});

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    assert.ok(error instanceof FeatureError, String(error));
    return undefined;
  }
}

test('reading what was printed gives the selector back', () => {
  let read = 0;
  fc.assert(
    fc.property(textOf, ([key, text]) => {
      const once = attempt(() => parseSelector(key, text, context));
      if (once === undefined) return;
      read++;
      const printed = printSelector(key, once);
      const twice: KeySelector = parseSelector(key, printed, context);
      assert.deepEqual(twice, once);
      assert.equal(printSelector(key, twice), printed);
    }),
    { numRuns: 2000 },
  );
  assert.ok(read > 500, `${read} selectors were read`);
});

const lat = fc.double({ min: -90, max: 90, noNaN: true });
const lon = fc.double({ min: -720, max: 720, noNaN: true });
const place = fc.tuple(lat, lon);
const places = fc.array(place, { minLength: 1, maxLength: 8 });
const feature = fc.oneof(
  fc.record({ type: fc.constant('timeseries'), points: places, axes: fc.constantFrom('step', 'datetime') }),
  fc.record({ type: fc.constant('verticalprofile'), points: places }),
  fc.record({ type: fc.constant('polygon'), shape: places }),
  fc.record({ type: fc.constant('polygon'), shape: fc.array(places, { maxLength: 3 }) }),
  fc.record({ type: fc.constant('boundingbox'), points: fc.tuple(place, place), axes: fc.constant(['lat', 'lon']) }),
  fc.record({
    type: fc.constant('frame'),
    outer_box: fc.constant([
      [-90, -180],
      [90, 180],
    ]),
    inner_box: fc.tuple(place, place),
  }),
  fc.record({
    type: fc.constant('circle'),
    center: fc.tuple(place),
    radius: fc.double({ min: 0.001, max: 50, noNaN: true }),
  }),
  fc.record({
    type: fc.constant('trajectory'),
    points: places,
    axes: fc.constant(['lat', 'lon']),
    padding: fc.constantFrom(0, 0.5, 2),
  }),
);
const body = fc.record({
  levtype: fc.constantFrom('sfc', 'pl', 'ml'),
  levelist: fc.option(level, { nil: undefined }),
  date: day,
  time: clock,
  step: fc.option(duration, { nil: undefined }),
  param: fc.constantFrom('2t', 't/q', 'TT'),
  feature,
  expect: fc.constantFrom(undefined, 'any'),
});

function withoutNotes({ notes: _, ...request }: FeatureRequest): Omit<FeatureRequest, 'notes'> {
  return request;
}

test('reading a printed request gives the request back', () => {
  let read = 0;
  fc.assert(
    fc.property(body, (given) => {
      const raw = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      const once = attempt(() => parseFeatureRequest(raw, { now }));
      if (once === undefined) return;
      read++;
      const json = JSON.parse(printRequest(once)) as unknown;
      const twice = parseFeatureRequest(json, { now: new Date(0) });
      assert.deepEqual(withoutNotes(twice), withoutNotes(once));
      assert.deepEqual(requestToJson(twice), requestToJson(once));
    }),
    { numRuns: 2000 },
  );
  assert.ok(read > 200, `${read} requests were read`);
});

test('whatever is sent, nothing but a FeatureError comes out', () => {
  const keyed = fc.dictionary(
    fc.oneof(fc.constantFrom(...KEY_ORDER, 'feature', 'format', 'LEVEL'), fc.string()),
    fc.jsonValue(),
  );
  const members = fc.dictionary(
    fc.constantFrom(
      'type',
      'points',
      'shape',
      'axes',
      'axis',
      'range',
      'radius',
      'center',
      'inflation',
      'padding',
      'outer_box',
      'inner_box',
      'geometry',
    ),
    fc.oneof(fc.jsonValue(), places, fc.constantFrom('step', 'levelist', 0, -1, { start: 0, end: 1e300 })),
  );
  const types = fc.constantFrom(
    'timeseries',
    'verticalprofile',
    'polygon',
    'boundingbox',
    'frame',
    'circle',
    'trajectory',
    'position',
  );
  const near = fc
    .tuple(keyed, members, types, body)
    .map(([extra, more, type, good]) => ({ ...good, ...extra, feature: { ...more, type } }));
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), keyed, near), (raw) => {
      attempt(() => parseFeatureRequest(raw, { now }));
    }),
    { numRuns: 5000 },
  );
});
