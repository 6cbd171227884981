/** Answers without text by `Accept`: the same numbers as CoverageJSON on Polytope and EDR, and no mixing of kept answers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tableFromIPC } from 'apache-arrow';
import { demoService } from '../demo-service.js';

const service = demoService({ now: '2025-01-17T09:00:00Z' });

const ARROW = 'application/vnd.apache.arrow.stream';
const RAW = 'application/octet-stream';
const REQUEST = {
  ...{ date: '20250115', time: '0000', nomvar: 'TT', levtype: 'sfc', step: '0/to/6' },
  feature: { type: 'timeseries', points: [[45.4, -73.6]], time_axis: 'step' },
};

async function submit(accept: string, more: object = {}): Promise<{ type: string; bytes: Uint8Array }> {
  const reply = await fetch(`${service.url}/api/v2/demo/requests`, {
    method: 'POST',
    headers: { accept, 'content-type': 'application/json' },
    body: JSON.stringify({ ...REQUEST, ...more }),
  });
  const bytes = new Uint8Array(await reply.arrayBuffer());
  assert.equal(reply.status, 200, Buffer.from(bytes).toString());
  return { type: reply.headers.get('content-type') ?? '', bytes };
}

function numbersOf(bytes: Uint8Array): number[] {
  const document = JSON.parse(Buffer.from(bytes).toString()) as {
    coverages?: { ranges: Record<string, { values: number[] }> }[];
    ranges?: Record<string, { values: number[] }>;
  };
  const coverages = document.coverages ?? [{ ranges: document.ranges! }];
  return coverages.flatMap(({ ranges }) => Object.values(ranges).flatMap(({ values }) => values.map(Math.fround)));
}

const floats = (bytes: Uint8Array): number[] => [...new Float32Array(bytes.slice().buffer)];

test('v2 answers in the type that Accept names first, again and again, each with its own bytes', async () => {
  const text = numbersOf((await submit('*/*')).bytes);
  assert.equal(text.length, 7);
  for (let round = 0; round < 3; round++) {
    const raw = await submit(RAW);
    assert.equal(raw.type, RAW);
    assert.deepEqual(floats(raw.bytes), text);
    const arrow = await submit(ARROW);
    assert.equal(arrow.type, ARROW);
    assert.deepEqual([...(tableFromIPC(arrow.bytes).getChild('value')!.toArray() as Float32Array)], text);
    assert.deepEqual(numbersOf((await submit('application/json')).bytes), text);
  }
});

test('a format of the request decides over Accept', async () => {
  assert.deepEqual(numbersOf((await submit(RAW, { format: 'covjson' })).bytes).length, 7);
});

test('EDR gives Arrow and raw numbers by Accept and by f', async () => {
  const path = `${service.url}/edr/collections/demo-sfc/instances/20250115T000000Z/position?coords=POINT(-73.6%2045.4)&parameter-name=TT`;
  const get = async (accept: string, f = ''): Promise<Uint8Array> => {
    const reply = await fetch(path + f, { headers: { accept } });
    assert.equal(reply.status, 200);
    return new Uint8Array(await reply.arrayBuffer());
  };
  const text = numbersOf(await get('application/vnd.cov+json'));
  assert.equal(text.length, 25);
  assert.deepEqual(floats(await get(RAW)), text);
  assert.deepEqual(floats(await get('*/*', '&f=float32')), text);
  const table = tableFromIPC(await get(ARROW));
  assert.deepEqual([...(table.getChild('TT')!.toArray() as Float32Array)], text);
  assert.equal(table.numRows, 25);
  assert.deepEqual([table.getChild('x')?.get(0), table.getChild('y')?.get(0)], [-73.5, 45.5]);
});
