import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { shared, skipWithout } from '../test/paths.js';
import { FeatureError } from './problem.js';
import { parseFeatureRequest, type RequestContext } from './request.js';
import { openKeys } from './request-keys.js';
import { canonicalKey, marsText, printRequest, requestToJson } from './request-print.js';
import type { FeatureRequest } from './vocabulary.js';

const corpus = shared('spec', 'feature-requests.json');
const context: RequestContext = { now: new Date('2025-01-17T09:00:00Z') };

const keys = {
  class: 'rd',
  stream: 'oper',
  type: 'fc',
  expver: '0001',
  domain: 'g',
  date: '20250115',
  time: '0000',
  levtype: 'sfc',
  param: '2t',
  step: '0',
};
const point = { type: 'timeseries', points: [[45.5, -73.5]] };

function parse(body: unknown, more: Partial<RequestContext> = {}): FeatureRequest {
  return parseFeatureRequest(body, { ...context, ...more });
}

/** A valid body with changes; `undefined` removes a key. */
function body(changes: Record<string, unknown> = {}, feature: unknown = point): Record<string, unknown> {
  const all = { ...keys, ...changes, feature };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function refusal(request: unknown, more: Partial<RequestContext> = {}): FeatureError {
  try {
    parse(request, more);
  } catch (error) {
    assert.ok(error instanceof FeatureError, String(error));
    return error;
  }
  return assert.fail(`accepted: ${JSON.stringify(request).slice(0, 300)}`);
}

function assertRefused(request: unknown, code: string, ...words: string[]): void {
  const error = refusal(request);
  assert.equal(error.code, code, error.message);
  for (const word of words)
    assert.ok(error.message.toLowerCase().includes(word.toLowerCase()), `${word}: ${error.message}`);
}

/** Cases that only the data can decide. */
const WITH_DATA = new Set(['FR-029', 'FR-030', 'FR-041', 'FR-058', 'FR-081', 'FR-082']);

interface Case {
  id: string;
  request: unknown;
  expect: 'ok' | 'error';
  errorContains?: string[];
}

test('the corpus of requests, as far as it can be judged without data', {
  skip: skipWithout(corpus, 'the corpus'),
}, () => {
  const cases = JSON.parse(readFileSync(corpus!, 'utf8')) as Case[];
  assert.equal(cases.length, 95);
  for (const { id, request, expect, errorContains } of cases) {
    if (expect === 'ok' || WITH_DATA.has(id)) {
      const parsed = parse(request);
      assert.deepEqual(parse(requestToJson(parsed)), parsed, id);
      continue;
    }
    const { message, status } = refusal(request);
    assert.equal(status, 400, id);
    for (const word of errorContains ?? [])
      assert.ok(message.toLowerCase().includes(word.toLowerCase()), `${id} ${word}: ${message}`);
  }
});

test('spellings of one request are one request', () => {
  const plain = parse(body({ step: '0/6' }));
  const shouted = {
    ...Object.fromEntries(Object.entries(keys).map(([key, value]) => [key.toUpperCase(), value])),
    feature: point,
  };
  for (const other of [
    { ...shouted, STEP: ' 0 / 6 ' },
    body({ step: [0, 6], date: 20250115, time: 0, expver: 1 }),
    body({ step: ['0h', '360m'], date: '2025-01-15', time: '00:00:00', type: 'FC' }),
    body({ step: '0/6', date: '-2' }),
    body({ step: '0.0/6.0', date: '20250115.0', time: '0.0' }),
    body({ step: undefined }, { TYPE: 'TimeSeries', points: [['45.5', '-73.5']], Axis: 'STEP', range: [0, 6] }),
    body({ step: '0/6' }, { type: 'timeseries', points: [[-73.5, 45.5]], axes: ['x', 'y'], time_axis: 'step' }),
  ]) {
    assert.equal(canonicalKey(parse(other)), canonicalKey(plain), JSON.stringify(other));
  }
});

test('interpolation may stand beside the feature', () => {
  const inside = parse(body({}, { ...point, interpolation: 'bilinear' }));
  assert.deepEqual(parse(body({ Interpolation: 'bilinear' })), inside);
  assertRefused(body({ interpolation: 'cubic' }), 'bad_value', 'interpolation', 'bilinear', 'cubic');
  assertRefused(
    body({ interpolation: 'nearest' }, { ...point, interpolation: 'nearest' }),
    'over_specified',
    'interpolation',
  );
  const box = {
    type: 'boundingbox',
    points: [
      [45, -74],
      [46, -73],
    ],
  };
  assertRefused(body({ interpolation: 'bilinear' }, box), 'unknown_key', 'interpolation', 'boundingbox');
});

test('keys come out typed', () => {
  const { keys: got } = parse(
    body({
      levtype: 'ml',
      levelist: '1/0.995/1.0',
      step: '30m/1h30m/0-6',
      date: '20250115/to/20250117/by/2',
      number: '1/to/4',
    }),
  );
  assert.deepEqual(got.get('levelist'), { kind: 'values', values: [1, 0.995, '1.0'] });
  assert.deepEqual(got.get('step'), { kind: 'values', values: [1800, 5400, '0-21600'] });
  assert.deepEqual(got.get('date'), { kind: 'range', from: '20250115', to: '20250117', by: 2 });
  assert.deepEqual(got.get('number'), { kind: 'range', from: 1, to: 4 });
});

test('given twice is over-specified, given nowhere under-specified', () => {
  const range = { ...point, range: { start: 0, end: 6 } };
  assertRefused(body({}, range), 'over_specified', 'step', 'over');
  assertRefused(body({ step: undefined, ip2: 6 }, range), 'over_specified', 'ip2', 'over');
  assertRefused(body({ nomvar: 'TT' }), 'over_specified', 'param', 'nomvar');
  assertRefused(body({ etiket: 'X' }), 'over_specified', 'expver', 'etiket');
  assertRefused(body({ typvar: 'P' }), 'over_specified', 'type', 'typvar');
  assertRefused(body({ dateo: '20250115' }), 'over_specified', 'date', 'dateo');
  assertRefused({ ...body(), STEP: '0' }, 'over_specified', 'step', 'twice');
  assertRefused(body({ levtype: 'pl', level: 500, levelist: 500 }), 'over_specified', 'levelist');
  const days = { ...point, axes: 'datetime', range: { start: '20250115', end: '20250116' } };
  assertRefused(body({ time: undefined }, days), 'over_specified', 'date');
  assertRefused(body({ step: undefined }), 'under_specified', 'step', 'under', 'range');
  assertRefused(body({ levtype: 'pl' }), 'under_specified', 'levelist', 'under');
  assertRefused(body({ levtype: undefined }), 'under_specified', 'levtype', 'under');
  assertRefused(body({ type: 'pf', stream: 'enfo' }), 'under_specified', 'number', 'under');
  for (const key of ['date', 'time', 'param'])
    assertRefused(body({ [key]: undefined }), 'under_specified', key, 'under');
});

test('what a collection fixes may be left out', () => {
  const bare = body({ class: undefined, stream: undefined, type: undefined, expver: undefined, domain: undefined });
  assert.deepEqual(openKeys(parse(bare)).slice(0, 5), ['class', 'stream', 'type', 'expver', 'domain']);
  assert.deepEqual(openKeys(parse(body())), ['number', 'levelist']);
  const cf = parse(body({ type: 'cf', stream: 'enfo' }));
  assert.ok(!cf.keys.has('number'), 'the control needs no number');
});

test('record keys alone are a request', () => {
  const raw = { nomvar: 'tt', grtyp: 'L', ip3: '23', date: '20261121', time: '0000', step: '0', feature: point };
  assert.deepEqual([...parse(raw).keys.keys()], ['date', 'time', 'step', 'nomvar', 'ip3', 'grtyp']);
  assert.equal(marsText(parse(raw).keys), 'date=20261121,time=0000,step=0,nomvar=TT,ip3=23,grtyp=L');
  const globs = parse({ nomvar: 'T*/UU', etiket: 'E1*', datev: 493121600, feature: point }).keys;
  assert.deepEqual(globs.get('nomvar'), { kind: 'glob', patterns: ['T*', 'UU'] });
  assert.deepEqual(globs.get('datev'), { kind: 'values', values: [493121600] });
  assertRefused({ nomvar: 'TT', feature: point }, 'under_specified', 'date', 'time', 'step');
  const profile = {
    nomvar: 'TT',
    etiket: 'X',
    date: '20250115',
    time: '00',
    step: '0',
    feature: { ...point, type: 'verticalprofile' },
  };
  assert.doesNotThrow(() => parse(profile), 'all the levels that the record keys select');
});

test('unknown things name the choices', () => {
  assertRefused(body({ prm: 1 }), 'unknown_key', 'prm', 'unknown', 'param');
  assertRefused(body({ datetime: '2025' }), 'unknown_key', 'datetime');
  assertRefused(body({ format: 'docx' }), 'unsupported_format', 'format', 'docx', 'covjson');
  assertRefused(body({ units: 'imperial' }), 'bad_value', 'units', 'native');
  assertRefused(body({ expect: '12' }), 'bad_value', 'expect', 'any');
  assertRefused(body({ levtype: 'xx' }), 'bad_value', 'levtype', 'xx', 'ml');
  assertRefused(body({ levtype: 'pl/ml', levelist: 1 }), 'bad_value', 'levtype');
  assertRefused(JSON.parse('{"__proto__": 1, "feature": {}}'), 'unknown_key', '__proto__');
  for (const value of [undefined, null, 12, 'class=rd', []]) assertRefused(value, 'bad_request', 'object');
});

test('surface fields have no levels', () => {
  assert.ok(!parse(body({ levelist: 0 })).keys.has('levelist'));
  assertRefused(body({ levelist: 500 }), 'bad_value', 'levelist', 'sfc');
  assertRefused(body({ levelist: 500 }, { ...point, type: 'verticalprofile' }), 'bad_value', 'levtype', 'sfc');
});

test('formats, units and expect', () => {
  assert.equal(parse(body()).format, 'covjson');
  assert.equal(parse(body({ format: 'application/prs.coverage+json' })).format, 'covjson');
  assert.equal(parse(body({ format: 'application/vnd.cov+json' })).format, 'covjson-ogc');
  assert.equal(parse(body({ format: 'NetCDF' })).format, 'netcdf');
  assert.equal(parse(body({ expect: 'ANY' })).expectAny, true);
  assert.equal(parse(body({ units: 'native' })).units, 'native');
});

test('sizes are refused before anything is expanded', () => {
  assertRefused(body({ number: '1/to/1000000000/by/1' }), 'too_large', 'number', '1000000000');
  assertRefused(body({ step: '0/to/100000/by/1m' }), 'too_large', 'step', '6000001');
  assertRefused(body({ step: '0h/to/1000h/by/1m', number: '1/to/900/by/1' }), 'too_large', 'values');
  assertRefused(body({ class: 'x'.repeat(5000) }), 'bad_value', 'class', '4096');
  assertRefused(body({ class: 'é'.repeat(2100) }), 'bad_value', 'class', '4096');
  assertRefused({ ...body(), ['k'.repeat(5000)]: 1 }, 'bad_value', '4096');
  assertRefused(
    body({}, { ...point, points: Array.from({ length: 10_001 }, () => [1, 2]) }),
    'too_many_points',
    '10000',
  );
  let deep: unknown = 1;
  for (let level = 0; level < 20_000; level++) deep = [deep];
  assertRefused(body({}, { ...point, points: deep }), 'bad_value', 'nested');
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`k${index}`, 1]));
  assertRefused({ ...body(), ...many }, 'bad_value', '200');
});

test('the printed text is the request', () => {
  const request = parse(
    body(
      { step: undefined, expect: 'any', units: 'mars' },
      { ...point, range: { start: 0, end: '1h30m', interval: '15m' } },
    ),
  );
  assert.equal(
    printRequest(request),
    '{"class":"rd","stream":"oper","type":"fc","expver":"0001","domain":"g","date":"20250115","time":"0000","levtype":"sfc",' +
      '"step":"0/to/1h30m/by/15m","param":"2t","feature":{"type":"timeseries","points":[[45.5,-73.5]],"axes":"step"},' +
      '"format":"covjson","units":"mars","expect":"any"}',
  );
});
