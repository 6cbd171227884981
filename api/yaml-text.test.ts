/** Scalars keep their text, numbers resolve only in `feature`, and what no request needs is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FeatureError } from '../schemas/problem.js';
import { fc } from '../test/fast-check.js';
import { type PlainValue, parseYamlText } from './yaml-text.js';

/** JSON in, JSON out: null prototypes do not matter to it. */
function read(text: string): unknown {
  return JSON.parse(JSON.stringify(parseYamlText(text, 32)));
}

function refused(text: string): FeatureError {
  try {
    parseYamlText(text, 32);
  } catch (error) {
    assert.ok(error instanceof FeatureError, String(error));
    return error;
  }
  return assert.fail(`accepted: ${text.slice(0, 60)}`);
}

test('plain scalars keep their source text outside feature', () => {
  const text = 'time: 0000\nexpver: 0001\ndate: 2024-10-06\nparam: no\nat: 12:00\nn: 1.0\nempty:\n';
  assert.deepEqual(read(text), {
    time: '0000',
    expver: '0001',
    date: '2024-10-06',
    param: 'no',
    at: '12:00',
    n: '1.0',
    empty: '',
  });
});

test('numbers resolve inside feature, flat and wrapped, quoted ones stay text', () => {
  const feature = { type: 'timeseries', points: [[45.5, -73.6]], step: '0', range: { start: 0, end: '0000' } };
  const text =
    "feature:\n  points:\n  - - 45.5\n    - -73.6\n  type: timeseries\n  step: '0'\n  range: {start: 0, end: 0000}\n";
  assert.deepEqual((read(text) as { feature: unknown }).feature, feature);
  const wrapped = read('{"request": {"step": 24, "feature": {"points": [[1, 2e1]]}}}');
  assert.deepEqual(wrapped, { request: { step: '24', feature: { points: [[1, 20]] } } });
});

test('anchors, aliases, tags, merges, duplicates and several documents are refused', () => {
  for (const text of [
    'a: &x 1\nb: *x\n',
    'a: *x\n',
    'a: !!str 1\n',
    'a: !evil {b: 1}\n',
    'a: 1\na: 2\n',
    '<<: {a: 1}\n',
    '{"a": 1, "a": 2}',
    'a: 1\n---\nb: 2\n',
    '? [a]\n: 1\n',
    '',
    '%YAML 1.1\n---\na: 1\n',
  ]) {
    assert.equal(refused(text).code, 'bad_request', text);
  }
});

test('deep texts are refused before a parser recurses', () => {
  const deep = [
    '['.repeat(200_000),
    '{"a":'.repeat(50_000),
    '- '.repeat(100_000),
    Array.from({ length: 40 }, (_, level) => `${' '.repeat(level)}a:`).join('\n'),
    Array.from({ length: 40 }, (_, level) => `${'  '.repeat(level)}- a:`).join('\n'),
    '? '.repeat(5000),
  ];
  for (const text of deep) assert.equal(refused(text).code, 'bad_request');
});

test('__proto__ is an ordinary key', () => {
  const map = parseYamlText('__proto__: {polluted: yes}\n', 32) as Record<string, unknown>;
  assert.deepEqual(Object.keys(map), ['__proto__']);
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
});

test('property: JSON text means what JSON.parse says, below feature', () => {
  const leaf = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc
      .string({ unit: 'binary', maxLength: 20 })
      .filter((text) => !/[\ud800-\udfff]/.test(text) && !text.includes('\ufeff')),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 }),
  );
  const key = fc.string({ maxLength: 12 }).filter((text) => text !== '<<');
  const tree = fc.letrec<{ node: PlainValue }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('node'), { maxLength: 4 }),
      fc.dictionary(key, tie('node'), { maxKeys: 4, noNullPrototype: true }),
    ),
  })).node;
  fc.assert(
    fc.property(tree, fc.constantFrom(undefined, 1, 2, '\t'), (feature, space) => {
      const text = JSON.stringify({ feature: { x: feature } }, undefined, space);
      assert.deepEqual(read(text), JSON.parse(text));
    }),
    { numRuns: 300 },
  );
});

test('property: any text gives a value or a FeatureError', () => {
  const bits = fc.constantFrom(
    '- ',
    'a: ',
    '\n',
    ' ',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '|',
    '>',
    '#',
    '?',
    ':',
    '\t',
    'x',
  );
  fc.assert(
    fc.property(fc.array(bits, { maxLength: 60 }), (parts) => {
      try {
        parseYamlText(parts.join(''), 32);
      } catch (error) {
        assert.ok(error instanceof FeatureError, String(error));
      }
    }),
    { numRuns: 500 },
  );
});
