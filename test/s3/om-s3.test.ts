/** OM files on S3 and over HTTP: listed and read by ranges, the same values as from a local file. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { S3Store } from '../../extraction/store-s3.js';
import { sampleOf, writeOne } from '../../formats/om/samples.js';
import { root } from '../paths.js';
import { BUCKET, noMoto, startMoto } from './moto.js';

const run = promisify(execFile);
const main = join(root, 'dist', 'cli', 'main.js');
const RANGE = '3:9,2:40';

async function sample(folder: string): Promise<string> {
  const path = join(folder, 'a.om');
  const spec = { name: '', type: 'float32', shape: [60, 50], chunks: [7, 9], scaleFactor: 20 } as const;
  await writeOne(path, spec, sampleOf('float32', 3000));
  return path;
}

async function readBy(where: string, folder: string, env: NodeJS.ProcessEnv = process.env): Promise<Buffer> {
  const out = join(folder, 'values.bin');
  const { stdout } = await run(
    process.execPath,
    [main, 'om', 'read', where, '/', '--range', RANGE, '--out', out, '--json'],
    { env },
  );
  assert.equal((JSON.parse(stdout) as { count: number }).count, 6 * 38);
  return readFileSync(out);
}

test('om reads s3://bucket/key by ranges', { skip: noMoto }, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'polyfst-om-s3-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = await sample(folder);
  await using moto = await startMoto();
  const store = await S3Store.open({
    url: `s3://${BUCKET}/runs`,
    endpoint: moto.url,
    region: 'us-east-1',
    timeoutMs: 10_000,
  });
  await store.write('a.om', [readFileSync(path)]);
  store.close();
  const env = { ...process.env, AWS_ENDPOINT_URL: moto.url };
  assert.deepEqual(await readBy(`s3://${BUCKET}/runs/a.om`, folder, env), await readBy(path, folder));
  const listed = await run(process.execPath, [main, 'om', 'ls', `s3://${BUCKET}/runs/a.om`, '--json'], { env });
  assert.match(listed.stdout, /"shape":\[60,50\]/);
  await assert.rejects(
    run(process.execPath, [main, 'om', 'ls', `s3://${BUCKET}/runs/b.om`], { env }),
    /no such object/,
  );
});

test('om reads http addresses by ranges, and asks for little', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'polyfst-om-http-'));
  const path = await sample(folder);
  const bytes = readFileSync(path);
  let sent = 0;
  const server = createServer((request, response) => {
    const range = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '');
    const [from, to] = range === null ? [0, bytes.length] : [Number(range[1]), Number(range[2]) + 1];
    response.writeHead(range === null ? 200 : 206, { 'Content-Length': to - from });
    if (request.method === 'GET') sent += to - from;
    response.end(request.method === 'GET' ? bytes.subarray(from, to) : undefined);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  context.after(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.om`;
  assert.deepEqual(await readBy(url, folder), await readBy(path, folder));
  assert.ok(sent > 0 && sent < bytes.length / 2, `${sent} of ${bytes.length} bytes`);
});
