/** Property: for any field, type and points, gather gives the bits of decode at those points, whole or record by record. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Container, RecordBatch, Source } from '../schemas/vocabulary.js';
import { fc } from '../test/fast-check.js';
import { decode, encode, gather } from './index.js';

interface Packed {
  readonly source: Source;
  readonly batch: RecordBatch;
}

async function pack(container: Container, datyp: number, ni: number, nj: number, seed: number): Promise<Packed> {
  const base = datyp & 63;
  const nbits = base === 5 ? 32 : 9 + (seed % 8);
  const real = Float32Array.from({ length: ni * nj }, (_, i) => {
    if (datyp & 64 && i % 11 === seed % 11) return Number.NaN;
    return 50 * Math.sin((i + seed) / 23) + ((i * 2654435761 + seed) % 1009) / 500;
  });
  const values = base === 2 ? Uint32Array.from(real, (v) => Math.floor(v * 2 + 120)) : real;
  const record = await encode(container, {
    nomvar: 'TT',
    typvar: 'P',
    etiket: 'PROP',
    grtyp: 'X',
    ip1: 0,
    ip2: 0,
    ip3: 0,
    ni,
    nj,
    nk: 1,
    deet: 0,
    npas: 0,
    ig1: 0,
    ig2: 0,
    ig3: 0,
    ig4: 0,
    dateo: 0,
    datyp,
    nbits,
    values,
  });
  // the type that was stored is in the keys, which lie at the same places in both containers
  const view = new DataView(record.buffer, record.byteOffset);
  const little = container === 'rsf';
  const keys = little ? 16 + 12 : 8;
  const head = little ? 16 + 19 * 4 : 80;
  const payloadBytes = record.length - head - (little ? 12 : 0);
  const batch: RecordBatch = {
    container,
    payloadOffset: Float64Array.of(head, head),
    payloadBytes: Float64Array.of(payloadBytes, payloadBytes),
    ni: Uint32Array.of(ni, ni),
    nj: Uint32Array.of(nj, nj),
    nk: Uint32Array.of(1, 1),
    datyp: new Uint8Array(2).fill(view.getUint32(keys + 8, little) & 255),
    nbits: new Uint8Array(2).fill(view.getUint32(keys, little) & 255),
    dasiz: Uint8Array.of(32, 32),
  };
  return { source: { segments: [{ offset: 0, bytes: record }] }, batch };
}

test('gather is decode at points', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<Container>('xdf', 'rsf'),
      fc.constantFrom(1, 2, 5, 6, 129, 130, 133, 134, 65, 70, 193, 197, 198),
      fc.integer({ min: 1, max: 70 }),
      fc.integer({ min: 1, max: 70 }),
      fc.nat(100000),
      fc.array(fc.nat(1 << 24), { minLength: 1, maxLength: 60 }),
      async (container, datyp, ni, nj, seed, picks) => {
        const { source, batch } = await pack(container, datyp, ni, nj, seed);
        const { values, status } = await decode(source, batch);
        assert.deepEqual([...status], [0, 0]);
        const n = ni * nj;
        const points = Uint32Array.from(picks, (pick) => pick % n);
        const whole = await gather(source, batch, points);
        const half = points.length >> 1;
        const ragged = await gather(source, batch, points, Uint32Array.of(0, half, points.length));
        for (const [k, point] of points.entries()) {
          assert.ok(Object.is(whole.values[k], values[point]));
          assert.ok(Object.is(whole.values[points.length + k], values[n + point]));
          assert.ok(Object.is(ragged.values[k], values[point]));
        }
      },
    ),
    { numRuns: 300 },
  );
});
