/** Licence expressions, and what the check says of packages that may not be there. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../paths.js';
import { isFulfilled, judge } from './licences.js';

test('licence expressions', () => {
  const only =
    (...ids: string[]) =>
    (id: string): boolean =>
      ids.includes(id);
  assert.ok(isFulfilled('MIT', only('MIT')));
  assert.ok(!isFulfilled('GPL-3.0-only', only('MIT')));
  assert.ok(isFulfilled('(GPL-2.0 OR MIT)', only('MIT')));
  assert.ok(!isFulfilled('MIT AND GPL-2.0', only('MIT')));
  assert.ok(isFulfilled('(MIT AND Zlib) OR GPL-2.0', only('MIT', 'Zlib')));
  assert.ok(!isFulfilled('MIT AND (GPL-2.0 OR LGPL-2.1)', only('MIT')));
});

test('packages that may not be delivered are told', () => {
  const verdicts = judge({
    '': { version: '1.0.0' },
    'node_modules/good': { version: '1.0.0', license: 'ISC' },
    'node_modules/a/node_modules/@scope/copyleft': { version: '2.0.0', license: 'AGPL-3.0' },
    'node_modules/silent': { version: '1.0.0' },
    'node_modules/weak': { version: '1.0.0', license: 'MPL-2.0' },
    'node_modules/weak-tool': { version: '1.0.0', license: 'MPL-2.0', dev: true },
    'node_modules/here': { link: true },
    'node_modules/h5wasm': { version: '9.0.0', license: 'SEE LICENSE IN LICENSE.txt' },
  });
  assert.deepEqual(
    verdicts.filter(({ isAllowed }) => !isAllowed).map(({ name }) => name),
    ['@scope/copyleft', 'silent', 'weak', 'h5wasm'],
  );
  assert.equal(verdicts.length, 6);
});

test('the packages of this repository may be delivered', () => {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Parameters<typeof judge>[0];
  };
  const verdicts = judge(lock.packages);
  assert.ok(verdicts.length > 100);
  assert.deepEqual(
    verdicts.filter(({ isAllowed }) => !isAllowed),
    [],
  );
});
