/** Stacks of fields for learning, read by NumPy and pyarrow: shapes, values and the statistics that normalise them. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { convert } from '../../extraction/convert/convert.js';
import { openFst } from '../../extraction/fst/file.js';
import { encodeIp, KIND } from '../../extraction/fst/ip.js';
import { temporaryFolder } from './convert-case.js';
import { environment, jsonLines } from './environment.js';

interface Stack {
  readonly name: string;
  readonly dims: readonly string[];
  readonly close: boolean;
  readonly exact: boolean;
  readonly sum: string;
}

/** Two levels and four steps of a field with an offset that hides its spread from plain sums, one with gaps, one step missing. */
async function writeSample(path: string): Promise<void> {
  await using file = await openFst(path, { create: 'rsf' });
  const grid = { grtyp: 'L', ni: 20, nj: 15, ig1: 50, ig2: 50, ig3: 13000, ig4: 26000 } as const;
  const common = { ...grid, dateo: '2026-11-21T00:00:00Z', deet: 3600, typvar: 'P', etiket: 'SAMPLE' };
  for (let npas = 0; npas < 4; npas++) {
    const shared = { ...common, npas, ip2: npas, datyp: 5, nbits: 32 };
    for (const level of [850, 500]) {
      const values = Float32Array.from({ length: 300 }, (_, k) => 90_000 + level + Math.sin(k * (npas + 1)));
      await file.write([{ ...shared, nomvar: 'TT', ip1: encodeIp(level, KIND.pressure), values }]);
    }
    if (npas === 2) continue;
    const gaps = Float32Array.from({ length: 300 }, (_, k) => (k % 7 === 0 ? Number.NaN : k / (npas + 1)));
    await file.write([{ ...shared, nomvar: 'PN', datyp: 6 | 64, nbits: 16, values: gaps }]);
  }
}

test('NumPy and Arrow read stacks of fields; their statistics are those of float64', async (context) => {
  const found = environment('tables');
  if ('skip' in found) {
    context.skip(found.skip);
    return;
  }
  await using folder = await temporaryFolder();
  const source = join(folder.path, 'a.rsf');
  await writeSample(source);
  const stacks: Record<string, Stack[]> = {};
  for (const form of ['npy', 'arrow']) {
    const out = join(folder.path, form);
    const { signal } = new AbortController();
    const options = new Map([['form', form]]);
    const told = await convert({ inputs: [source], out, format: 'tensors', where: [], options, signal });
    assert.deepEqual([told.records, told.skipped, told.lost], [11, [], []]);
    stacks[form] = jsonLines(found.python, 'tables/tensors.py', [out]) as Stack[];
  }
  assert.deepEqual(stacks['npy']!.map(({ name, dims, close, exact }) => [name, dims.length, close, exact]).sort(), [
    ['PN', 3, true, true],
    ['TT', 4, true, true],
  ]);
  assert.deepEqual(stacks['arrow'], stacks['npy']);
});
