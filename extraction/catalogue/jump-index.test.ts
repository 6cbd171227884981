/** Jump indexes on the reference files and on fields made here: gathering through them gives the bits of whole decoding. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { batchOf } from '../../cli/rows.js';
import {
  append,
  decode,
  encode,
  type FileSet,
  gatherFiles,
  type NativeField,
  scan,
  writeJumps,
} from '../../native/index.js';
import type { Container } from '../../schemas/vocabulary.js';
import { shared, skipWithout } from '../../test/paths.js';
import { canJump } from './jump-index.js';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'polyfst-jumps-'));
});
after(() => rm(folder, { recursive: true, force: true }));

async function setOf(path: string): Promise<FileSet> {
  const { dev, ino, size, mtimeMs } = await stat(path);
  return { paths: Buffer.from(`${path}\0`), identities: Float64Array.of(dev, ino, size, mtimeMs) };
}

/** Compares scattered points of every compressed record of a file; how many records had an index. */
async function compare(path: string): Promise<number> {
  const table = await scan({ path });
  const rows = Array.from({ length: table.count }, (_, r) => r).filter((r) => canJump(table.datyp[r]!, 1e9));
  if (rows.length === 0) return 0;
  const file = await setOf(path);
  const { records } = await writeJumps(folder, file, batchOf(table, rows), 1000);
  for (const row of rows) {
    const batch = batchOf(table, [row]);
    const whole = await decode({ path }, batch);
    const n = table.ni[row]! * table.nj[row]!;
    for (let seed = 1; seed < 40; seed++) {
      const points = Uint32Array.from({ length: 1 + (seed % 4) }, (_, k) => (seed * 7919 + k * 104_729 * seed) % n);
      const some = await gatherFiles(file, Uint32Array.of(0), batch, points, undefined, folder);
      assert.equal(some.status[0], whole.status[0], path);
      if (whole.status[0] !== 0) break;
      for (const [k, point] of points.entries())
        assert.ok(Object.is(some.values[k], whole.values[point]), `${path} ${row}`);
    }
  }
  return records;
}

function smooth(ni: number, nj: number, hour: number): Float32Array {
  return Float32Array.from({ length: ni * nj }, (_, k) => {
    const [i, j] = [k % ni, Math.floor(k / ni)];
    return 30 * Math.sin((i + hour) / 40) * Math.cos(j / 55) + ((k * 2654435761) % 97) / 200;
  });
}

const field = (datyp: number, hour: number): NativeField => ({
  nomvar: 'TT',
  typvar: 'P',
  etiket: 'JUMP',
  grtyp: 'X',
  ip1: 0,
  ip2: hour,
  ip3: 0,
  ni: 420,
  nj: 310,
  nk: 1,
  deet: 3600,
  npas: hour,
  ig1: 0,
  ig2: 0,
  ig3: 0,
  ig4: 0,
  dateo: 0,
  datyp,
  nbits: 16,
  values: smooth(420, 310, hour),
});

for (const container of ['xdf', 'rsf'] as const satisfies readonly Container[]) {
  test(`points of ${container} records through jump indexes are those of whole fields`, async () => {
    const path = join(folder, `made.${container}.fst`);
    const records = await Promise.all([134, 129, 134 + 64].map((datyp, hour) => encode(container, field(datyp, hour))));
    await append(path, container, records);
    assert.equal(await compare(path), 3);
  });
}

test('a file that changed after it was indexed is refused', async () => {
  const path = join(folder, 'changed.fst');
  await append(path, 'xdf', [await encode('xdf', field(134, 0))]);
  const file = await setOf(path);
  const batch = batchOf(await scan({ path }), [0]);
  const read = (): Promise<unknown> =>
    gatherFiles(file, Uint32Array.of(0), batch, Uint32Array.of(5), undefined, folder);
  await read();
  await rm(path);
  await assert.rejects(read(), { code: 'run_changed' });
  await writeFile(path, 'something else');
  await assert.rejects(read(), { code: 'run_changed' });
});

const golden = shared('fst');
test('every reference file: points through jump indexes', {
  skip: skipWithout(golden, 'the reference files'),
}, async () => {
  let indexed = 0;
  for (const name of (await readdir(golden!)).filter((one) => one.endsWith('.fst')))
    indexed += await compare(join(golden!, name));
  assert.ok(indexed > 0);
});
