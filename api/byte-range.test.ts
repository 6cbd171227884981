/** Ranges as RFC 9110 reads them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../test/fast-check.js';
import { chooseRange, matchesEtag } from './byte-range.js';

test('one range is served, within the size', () => {
  assert.deepEqual(chooseRange('bytes=0-0', 10), { kind: 'part', start: 0, length: 1 });
  assert.deepEqual(chooseRange('bytes=5-', 10), { kind: 'part', start: 5, length: 5 });
  assert.deepEqual(chooseRange('bytes=5-99', 10), { kind: 'part', start: 5, length: 5 });
  assert.deepEqual(chooseRange('bytes=-3', 10), { kind: 'part', start: 7, length: 3 });
  assert.deepEqual(chooseRange('bytes=-30', 10), { kind: 'part', start: 0, length: 10 });
});

test('beyond the end is unsatisfiable, nonsense is the whole', () => {
  for (const header of ['bytes=10-', 'bytes=10-11', 'bytes=-0']) {
    assert.equal(chooseRange(header, 10).kind, 'unsatisfiable', header);
  }
  assert.equal(chooseRange('bytes=0-', 0).kind, 'unsatisfiable');
  for (const header of [undefined, '', 'bytes=-', 'bytes=4-2', 'bytes=0-1,3-4', 'lines=0-1', 'bytes=a-b']) {
    assert.equal(chooseRange(header, 10).kind, 'whole', header);
  }
});

test('property: a part lies within the bytes', () => {
  const parts = fc.tuple(fc.nat(200), fc.nat(200), fc.nat(100));
  fc.assert(
    fc.property(parts, ([first, last, size]) => {
      const choice = chooseRange(`bytes=${first}-${last}`, size);
      if (choice.kind === 'part') assert.ok(choice.length > 0 && choice.start + choice.length <= size);
      else assert.ok(first >= size || last < first);
    }),
  );
});

test('entity tags match as listed, weak ones only where weakness is fine', () => {
  assert.ok(matchesEtag('"a", "b"', '"b"'));
  assert.ok(matchesEtag('*', '"b"'));
  assert.ok(matchesEtag('W/"b"', '"b"'));
  assert.ok(!matchesEtag('W/"b"', '"b"', false));
  assert.ok(!matchesEtag('"bb"', '"b"'));
  assert.ok(!matchesEtag(undefined, '"b"'));
});
