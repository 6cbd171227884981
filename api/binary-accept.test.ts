/** Which format `Accept` stands for, and that a format of the request itself decides. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { binaryFormat, withAcceptedFormat } from './binary-accept.js';

test('only a binary type that is named first counts', () => {
  assert.equal(binaryFormat('application/vnd.apache.arrow.stream'), 'arrow');
  assert.equal(binaryFormat('Application/Octet-Stream;q=1, */*'), 'float32');
  assert.equal(binaryFormat('application/vnd.apache.parquet'), 'parquet');
  for (const accept of [undefined, '', '*/*', 'application/json', '*/*, application/octet-stream']) {
    assert.equal(binaryFormat(accept), undefined);
  }
});

test('a request that names a format keeps it', () => {
  const arrow = 'application/vnd.apache.arrow.stream';
  assert.deepEqual(withAcceptedFormat({ step: '0' }, arrow), { step: '0', format: 'arrow' });
  assert.deepEqual(withAcceptedFormat({ format: 'covjson' }, arrow), { format: 'covjson' });
  assert.deepEqual(withAcceptedFormat({ step: '0' }, '*/*'), { step: '0' });
  assert.equal(withAcceptedFormat('text', arrow), 'text');
});
