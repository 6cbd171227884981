/** What comes back from NetCDF, read by the field's own library: our own files through the ticket, and those of other programs. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { convert } from '../../extraction/convert/convert.js';
import { shared, skipWithout } from '../paths.js';
import { temporaryFolder } from './convert-case.js';
import { environment, jsonLines } from './environment.js';

const golden = shared('fst');
const never = new AbortController().signal;

function pythonOf(context: TestContext): string | undefined {
  const found = environment('librmn');
  if ('python' in found) return found.python;
  context.skip(found.skip);
  return undefined;
}

const through = (input: string, out: string) =>
  convert({ inputs: [input], out, where: [], options: new Map(), signal: never });

interface GoldenRecord {
  readonly nomvar: string;
  readonly typvar: string;
  readonly etiket: string;
  readonly grtyp: string;
  readonly values?: {
    readonly dtype: string;
    readonly count: number;
    readonly offset?: number;
    readonly sha256?: string;
  };
}

const KEYS = [
  'ni',
  'nj',
  'nk',
  'deet',
  'npas',
  'ip1',
  'ip2',
  'ip3',
  'ig1',
  'ig2',
  'ig3',
  'ig4',
  'dateo',
  'datyp',
  'nbits',
];

type Line = Readonly<Record<string, number | string>>;

const nameOf = (record: object): string =>
  ['nomvar', 'typvar', 'etiket', 'grtyp', ...KEYS]
    .map((key) => String((record as Record<string, unknown>)[key]).trim())
    .join(' ');

test('a run through NetCDF and Zarr is the same run to the library: keys, descriptors, values', {
  skip: skipWithout(golden, 'fst'),
}, async (context) => {
  const python = pythonOf(context);
  if (python === undefined) return;
  await using folder = await temporaryFolder();
  for (const [file, suffix, container] of [
    ['run/2026112100_003', '.nc', 'xdf'],
    ['run/2026112100_003', '.zarr', 'xdf'],
    ['ensemble.xdf.fst', '.nc', 'xdf'],
    ['hybrid.xdf.fst', '.zarr', 'xdf'],
    ['ensemble.rsf.fst', '.nc', 'rsf'],
    ['run/2026112100.rsf.fst', '.nc', 'rsf'],
  ] as const) {
    const [middle, made] = [join(folder.path, `middle${suffix}`), join(folder.path, `back.${container}`)];
    await through(join(golden!, file), middle);
    const { skipped, lost } = await through(middle, made);
    assert.deepEqual([skipped, lost], [[], []]);
    const back = join(folder.path, 'back.xdf');
    // the library at hand knows one container: records of the other one are copied as they are
    if (container === 'rsf') await through(made, back);
    const dump = join(folder.path, 'values.bin');
    const got = jsonLines(python, 'librmn/read.py', [back, dump]) as Line[];
    const bytes = readFileSync(dump);
    const { records } = JSON.parse(readFileSync(join(golden!, `${file}.json`), 'utf8')) as {
      records: readonly GoldenRecord[];
    };
    const stored = (record: GoldenRecord): string | undefined => {
      const { values } = record;
      if (values?.sha256 !== undefined || values?.offset === undefined) return values?.sha256;
      const width = Number(values.dtype.replace(/\D/g, '')) / 8;
      const raw = readFileSync(join(golden!, `${file}.values.bin`)).subarray(values.offset);
      return createHash('sha256')
        .update(raw.subarray(0, values.count * width))
        .digest('hex');
    };
    assert.deepEqual(got.map(nameOf).sort(), records.map(nameOf).sort(), `${file} ${suffix}`);
    const wanted = new Map(records.map((record) => [nameOf(record), stored(record)]));
    let compared = 0;
    for (const line of got) {
      const width = Number(String(line['dtype']).replace(/\D/g, '')) / 8;
      const [offset, count] = [Number(line['offset']), Number(line['count'])];
      const own = createHash('sha256')
        .update(bytes.subarray(offset, offset + count * width))
        .digest('hex');
      const want = wanted.get(nameOf(line));
      if (want === undefined || line['nomvar'] === '!!') continue;
      assert.equal(own, want, `${file} ${suffix}: values of ${nameOf(line)}`);
      compared++;
    }
    assert.ok(compared >= 40, `${compared} values compared`);
  }
});

test('rotated grids of other programs lie where they said, to the library', async (context) => {
  const python = pythonOf(context);
  if (python === undefined) return;
  await using folder = await temporaryFolder();
  const made = jsonLines(python, 'librmn/rotated.py', [folder.path, '20']) as { readonly path: string }[];
  assert.equal(made.length, 20);
  const pairs: string[] = [];
  for (const { path } of made) {
    const out = `${path}.xdf`;
    const { skipped } = await through(path, out);
    assert.deepEqual(skipped, []);
    pairs.push(path, out);
  }
  const places = jsonLines(python, 'librmn/places.py', pairs) as Line[];
  for (const { off, values, grtyp } of places) {
    assert.equal(grtyp, 'Z');
    assert.ok(Number(off) <= 2e-4, `${off} degrees`);
    assert.ok(Number(values) <= 1e-3, `values ${values} off`);
  }
});
