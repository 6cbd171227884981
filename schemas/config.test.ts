import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectionFileSchema, padExpver } from './collection.js';
import { parseConfig, SETTINGS } from './config.js';
import { configRows } from './config-rows.js';
import { DEFAULT_LIMITS } from './limits.js';

const sha256 = 'a'.repeat(64);

test('defaults', () => {
  const config = parseConfig(undefined);
  assert.deepEqual([config.http.host, config.http.port], ['127.0.0.1', 8080]);
  assert.deepEqual([config.queue, config.state, config.durability], ['embedded', '.polyfst', 'power']);
  assert.deepEqual(config.limits, DEFAULT_LIMITS);
  assert.deepEqual(
    [config.limits.vertices, config.limits.values, config.limits.requestsPerMinute],
    [1000, 10_000_000, 0],
  );
  assert.deepEqual(config.auth.keys, []);
  assert.equal(config.auth.anonymous, undefined);
});

test('flags win over environment over file', () => {
  const file = { http: { port: 1, host: '0.0.0.0' }, data: ['f'], state: 'file', queue: 'redis://a' };
  const env = { POLYFST_PORT: '2', POLYFST_DATA: 'a:b', POLYFST_STATE: 'env', POLYFST_NOW: '2025-01-17T09:00:00Z' };
  const config = parseConfig(JSON.stringify(file), env, { port: '3', data: ['c'], publicUrl: 'https://x.example/p/' });
  assert.deepEqual(
    [config.http.port, config.http.host, config.state, config.queue],
    [3, '0.0.0.0', 'env', 'redis://a'],
  );
  assert.deepEqual(config.data, ['c']);
  assert.equal(config.http.publicUrl, 'https://x.example/p');
  assert.equal(config.now, '2025-01-17T09:00:00Z');
  assert.deepEqual(parseConfig(file, env).data, ['a', 'b']);
});

test('workers are turned off by flag or environment', () => {
  assert.equal(parseConfig({}, {}, { work: true }).workers.enabled, true);
  assert.equal(parseConfig({}, {}, { work: false }).workers.enabled, false);
  assert.equal(parseConfig({}, { POLYFST_NO_WORK: '1' }, { work: true }).workers.enabled, false);
  assert.equal(parseConfig({}, { POLYFST_NO_WORK: '0' }).workers.enabled, true);
  assert.equal(parseConfig({}, { POLYFST_CONCURRENCY: '4' }).workers.concurrency, 4);
});

test('what is wrong is named', () => {
  const refused = (file: string | object, code: string, pattern: RegExp, env = {}) =>
    assert.throws(
      () => parseConfig(file, env),
      (error: Error & { code: string }) => {
        assert.equal(error.code, code, error.message);
        assert.match(error.message, pattern);
        return true;
      },
    );
  refused({ htp: {} }, 'unknown_key', /htp/);
  refused({ auth: { keys: [{ id: 'a', user: 'b', sha256, colour: 1 }] } }, 'unknown_key', /auth\.keys\.0\.colour/);
  refused({ http: { port: 'x' } }, 'bad_value', /http\.port/);
  refused({ http: 12 }, 'bad_value', /http/, { POLYFST_PORT: '1' });
  refused({}, 'bad_value', /http\.port/, { POLYFST_PORT: '80a' });
  refused({ queue: 'ftp://x' }, 'bad_value', /queue.*embedded/);
  refused({ auth: { keys: [{ id: 'a', user: 'b', sha256: 'XYZ' }] } }, 'bad_value', /sha256.*64/);
  refused(
    {
      auth: {
        keys: [
          { id: 'a', user: 'b', sha256 },
          { id: 'c', user: 'd', sha256 },
        ],
      },
    },
    'bad_value',
    /"c" twice/,
  );
  refused({ collections: { 'a/b': { roots: ['x'] } } }, 'bad_value', /collections/);
  refused({ collections: { a: {} } }, 'bad_value', /collections\.a\.roots/);
  refused('{', 'bad_value', /JSON/);
  refused('[]', 'bad_value', /configuration/);
});

test('every leaf is described and every setting is a leaf', () => {
  const rows = configRows();
  const keys = new Set(rows.map(({ key }) => key));
  for (const { key, description } of rows) assert.notEqual(description, '', key);
  for (const { path } of SETTINGS) assert.ok(keys.has(path.join('.')), path.join('.'));
  assert.ok(keys.has('limits.vertices') && keys.has('collections.<name>.rules[].etiket'));
});

test('a collection file', () => {
  const file = collectionFileSchema.parse({
    name: 'demo',
    class: 'rd',
    expver: 1,
    domain: 'g',
    rules: [
      { etiket: 'R1DEMO__N', stream: 'oper' },
      { etiket: 'E1DEMO__N*', stream: 'enfo', number: 'ip3' },
    ],
  });
  assert.deepEqual([file.expver, file.outsidePolicy, file.rules.length], ['0001', 'error', 2]);
  assert.throws(() => collectionFileSchema.parse({ name: '../x' }));
  assert.throws(() => collectionFileSchema.parse({ name: 'x', rule: [] }));
  assert.deepEqual([padExpver('1'), padExpver('0001'), padExpver('ab')], ['0001', '0001', 'ab']);
});
