/** Points of uncompressed records through lines that were kept: the first read of a point and every later one give its bits. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { batchOf } from '../cli/rows.js';
import type { Container } from '../schemas/vocabulary.js';
import { shared, skipWithout } from '../test/paths.js';
import { append, decode, encode, gatherFiles, type NativeField, scan } from './index.js';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'polyfst-lines-'));
});
after(() => rm(folder, { recursive: true, force: true }));

/** A fixed sequence of numbers below what it is asked for. */
function numbers(seed: number): (most: number) => number {
  let state = seed >>> 0;
  return (most) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
}

/** Points in clusters, some in a row, in no order: reads that are merged, short, and across lines. */
function scattered(seed: number, size: number): Uint32Array {
  const below = numbers(seed);
  const points: number[] = [];
  for (let cluster = 0; cluster < 6; cluster++) {
    const centre = below(size);
    for (let k = 0; k < 5; k++) {
      const first = Math.min(size - 20, centre + below(1500));
      const count = k === 0 ? 1 + below(18) : 1;
      for (let n = 0; n < count; n++) points.push(Math.max(0, first) + n);
    }
  }
  points.push(size - 1, 0);
  return Uint32Array.from(points);
}

async function compare(path: string): Promise<number> {
  const table = await scan({ path });
  const { dev, ino, size, mtimeMs } = await stat(path);
  const files = { paths: Buffer.from(`${path}\0`), identities: Float64Array.of(dev, ino, size, mtimeMs) };
  let records = 0;
  for (let row = 0; row < table.count; row++) {
    const points = table.ni[row]! * table.nj[row]! * table.nk[row]!;
    if (points < 200) continue;
    const batch = batchOf(table, [row]);
    const whole = await decode({ path }, batch);
    if (whole.status[0] !== 0) continue;
    records++;
    for (let seed = 1; seed <= 12; seed++) {
      const wanted = scattered(seed % 6, points);
      const some = await gatherFiles(files, Uint32Array.of(0), batch, wanted);
      assert.equal(some.status[0], 0);
      for (const [k, point] of wanted.entries())
        assert.ok(Object.is(some.values[k], whole.values[point]), `${path} ${row}: point ${point}`);
    }
  }
  return records;
}

const packings = [
  [1, 12],
  [1, 16],
  [1, 7],
  [2, 16],
  [2, 5],
  [4, 20],
  [5, 32],
  [5, 24],
  [6, 16],
] as const;

for (const container of ['xdf', 'rsf'] as const satisfies readonly Container[]) {
  test(`points of ${container} records, read again and again`, async () => {
    const path = join(folder, `made.${container}.fst`);
    for (const [n, [datyp, nbits]] of packings.entries()) {
      const isWhole = datyp === 2 || datyp === 4;
      const most = 2 ** Math.min(nbits - 1, 15);
      const made = Float32Array.from({ length: 210 * 190 }, (_, k) => {
        const value = Math.abs(Math.sin(k / 37) * 0.7 + ((k * 2654435761) % 97) / 400) * (most - 1);
        return isWhole ? Math.floor(value) : value / 7;
      });
      const values = datyp === 2 ? Uint32Array.from(made) : datyp === 4 ? Int32Array.from(made) : made;
      const field: NativeField = {
        ...{ nomvar: 'TT', typvar: 'P', etiket: 'LINES', grtyp: 'X', ip1: 0, ip2: n, ip3: 0, ni: 210, nj: 190, nk: 1 },
        ...{ deet: 3600, npas: n, ig1: 0, ig2: 0, ig3: 0, ig4: 0, dateo: 0, datyp, nbits, values },
      };
      await append(path, container, [await encode(container, field)]);
    }
    assert.equal(await compare(path), packings.length);
  });
}

const golden = shared('fst');
test('every reference file: points read again and again', {
  skip: skipWithout(golden, 'the reference files'),
}, async () => {
  let records = 0;
  for (const name of (await readdir(golden!)).filter((one) => one.endsWith('.fst')))
    records += await compare(join(golden!, name)).catch((error: unknown) => {
      // files that are damaged on purpose have no table
      assert.ok(error instanceof Error && 'code' in error);
      return 0;
    });
  assert.ok(records > 0);
});
