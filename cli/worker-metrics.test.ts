/** Metrics of a worker: what its job processes use, and nothing else is answered. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { serveMetrics } from './worker-metrics.js';

it('a worker tells its metrics', async () => {
  const usage = async () => ({ rssBytes: 4711, readBytes: 1234 });
  await using server = await serveMetrics(usage, '127.0.0.1', 0);
  const url = `http://127.0.0.1:${server.port}`;
  const text = await (await fetch(`${url}/metrics`)).text();
  assert.match(text, /^polyfst_jobs_native_bytes 4711$/m);
  assert.match(text, /^polyfst_jobs_read_bytes_total 1234$/m);
  assert.match(text, /^polyfst_process_resident_memory_bytes \d+/m);
  assert.equal((await fetch(`${url}/other`)).status, 404);
  assert.equal((await fetch(`${url}/metrics`, { method: 'POST' })).status, 404);
});
