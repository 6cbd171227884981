/** Side-files: what comes out of them is what direct reading gives, to the bit, and they go with their sources. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { extractDeps, planBody } from '../../cli/answer.js';
import { openData } from '../../cli/compose.js';
import { OmFile } from '../../formats/om/read.js';
import { append, encode, type NativeField } from '../../native/index.js';
import { type Config, parseConfig } from '../../schemas/config.js';
import type { Container } from '../../schemas/vocabulary.js';
import type { Catalogue } from '../catalogue.js';
import { coveragesOf, type ExtractDeps } from '../extract.js';
import { encodeIp } from '../fst/ip.js';
import { isoToStamp } from '../fst/time.js';
import { sideReadsOf } from './read.js';
import { turnSign } from './write.js';

const [NI, NJ, STEPS] = [23, 17, 20];
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'polyfst-sides-'));
});
after(() => rm(folder, { recursive: true, force: true }));

function values(hour: number, shift: number): Float32Array {
  return Float32Array.from({ length: NI * NJ }, (_, k) => {
    const wave = 30 * Math.sin((k + hour) / 9) + ((k * 2654435761 + hour * 40503) % 97) / 50 + shift;
    return (k + hour) % 31 === 0 ? Number.NaN : wave;
  });
}

/** Missing points only where the type has them. */
const field = (nomvar: string, datyp: number, nbits: number, hour: number, level: number): NativeField => ({
  nomvar,
  typvar: 'P',
  etiket: 'SIDE',
  grtyp: 'L',
  ip1: encodeIp(level, 2),
  ip2: hour,
  ip3: 0,
  ni: NI,
  nj: NJ,
  nk: 1,
  deet: 3600,
  npas: hour,
  ig1: 100,
  ig2: 100,
  ig3: 9000,
  ig4: 0,
  dateo: isoToStamp('2025-01-15T00:00:00Z'),
  datyp,
  nbits,
  values: values(hour, level / 100).map((value) => ((datyp & 64) === 0 && Number.isNaN(value) ? -3.5 : value)),
});

interface Opened {
  readonly config: Config;
  readonly catalogue: Catalogue;
  readonly deps: ReturnType<typeof extractDeps>;
}

async function opened(name: string, sideBytes = 1e9): Promise<Opened> {
  const collections = { c: { roots: [join(folder, name)], sideFiles: ['TT'] } };
  const state = join(folder, `state-${name}`);
  const config = parseConfig({ collections, state, files: { sideBytes }, log: { level: 'silent' } }, {}, {});
  const { catalogue } = await openData(config);
  await catalogue.refresh();
  return { config, catalogue, deps: extractDeps(config) };
}

async function write(name: string, container: Container, datyp: number, nbits: number): Promise<string> {
  const place = join(folder, name);
  await mkdir(place, { recursive: true });
  for (let hour = 0; hour < STEPS; hour++) {
    const made = [500, 850].flatMap((level) => [
      field('TT', datyp, nbits, hour, level),
      field('HU', 1, 16, hour, level),
    ]);
    await append(
      join(place, `${String(hour).padStart(3, '0')}.fst`),
      container,
      await Promise.all(made.map((one) => encode(container, one))),
    );
  }
  return place;
}

const points = [0, 1, 7, NI - 1, NI * 5 + 11, NI * NJ - 1];
const body = (nomvar = 'TT'): object => ({
  ...{ nomvar, date: '20250115', time: '0000', levtype: 'pl', levelist: '500/850', step: '2/to/19' },
  feature: { type: 'timeseries', points: points.map((p) => [Math.floor(p / NI), p % NI]), time_axis: 'step' },
});

async function answer({ config, catalogue }: Opened, deps: ExtractDeps, request: object): Promise<Uint32Array[]> {
  const plan = await planBody(request, 'c', catalogue, config, deps);
  const out: Uint32Array[] = [];
  for await (const { ranges } of coveragesOf(plan, deps)) {
    for (const range of ranges) out.push(new Uint32Array(range.values.slice().buffer));
  }
  return out;
}

/** The answer out of side-files and out of records; whether the first one really used them. */
async function both(one: Opened, request: object): Promise<{ used: boolean }> {
  const { sides, ...direct } = one.deps;
  const plan = await planBody(request, 'c', one.catalogue, one.config, one.deps);
  const used = plan.groups.every((_, g) => sideReadsOf(plan, g, sides) !== undefined);
  assert.deepEqual(await answer(one, one.deps, request), await answer(one, direct, request));
  return { used };
}

for (const [container, datyp, nbits] of [
  ['xdf', 1, 16],
  ['xdf', 134, 16],
  ['rsf', 134 + 64, 12],
  ['xdf', 5, 32],
] as const) {
  test(`series of ${container} ${datyp}/${nbits} out of side-files are those of the records`, async () => {
    const name = `${container}-${datyp}`;
    await write(name, container, datyp, nbits);
    const one = await opened(name);
    assert.deepEqual(await both(one, body()), { used: false });
    const report = await one.deps.sides.build(one.catalogue.cube('c'));
    assert.deepEqual([report.files, report.left], [2, 0]);
    assert.deepEqual(await both(one, body()), { used: true });
    assert.deepEqual(await both(one, body('HU')), { used: false });
    assert.deepEqual((await one.deps.sides.build(one.catalogue.cube('c'))).files, 0);
    await one.deps.sides.close();
  });
}

test('a changed source makes its side-file useless: the answer is the new one, the old file is swept', async () => {
  const place = await write('changing', 'xdf', 1, 16);
  const one = await opened('changing');
  await one.deps.sides.build(one.catalogue.cube('c'));
  const before = await readdir(one.deps.sides.folder);
  const path = join(place, '005.fst');
  await rm(path);
  await append(
    path,
    'xdf',
    await Promise.all(
      [500, 850].map((level) => encode('xdf', { ...field('TT', 1, 16, 5, level), values: values(99, 40).fill(7.25) })),
    ),
  );
  await utimes(path, new Date(), new Date(Date.now() + 5000));
  const old = await answer(one, one.deps, body());
  await one.catalogue.refresh();
  assert.deepEqual(await both(one, body()), { used: false });
  const now = await answer(one, one.deps, body());
  assert.notDeepEqual(now, old);
  assert.equal(new Float32Array(now[0]!.buffer)[3], 7.25);
  await one.deps.sides.sweep([one.catalogue.cube('c')]);
  await one.deps.sides.build(one.catalogue.cube('c'));
  const after = await readdir(one.deps.sides.folder);
  assert.equal(after.length, 2);
  assert.ok(after.every((name) => !before.includes(name)));
  assert.deepEqual(await both(one, body()), { used: true });
  await one.deps.sides.close();
});

test('a damaged side-file is left aside, removed and made again', async () => {
  await write('damaged', 'xdf', 134, 16);
  const one = await opened('damaged');
  await one.deps.sides.build(one.catalogue.cube('c'));
  const names = await readdir(one.deps.sides.folder);
  const [first, second] = names.map((name) => join(one.deps.sides.folder, name));
  await truncate(first!, Math.floor((await stat(first!)).size / 2));
  await writeFile(second!, 'OM of something else');
  assert.deepEqual(await both(one, body()), { used: true });
  assert.deepEqual(await both(one, body()), { used: false });
  assert.equal((await one.deps.sides.build(one.catalogue.cube('c'))).files, 2);
  assert.deepEqual(await both(one, body()), { used: true });
  await one.deps.sides.close();
});

test('the budget of bytes bounds them, and nothing named means none', async () => {
  await write('budget', 'xdf', 1, 16);
  const full = await opened('budget');
  const { bytes } = await full.deps.sides.build(full.catalogue.cube('c'));
  await rm(full.deps.sides.folder, { recursive: true });
  const half = await opened('budget', Math.floor(bytes * 0.7));
  const report = await half.deps.sides.build(half.catalogue.cube('c'));
  assert.deepEqual([report.files, report.left], [1, 1]);
  const sizes = await Promise.all(
    (await readdir(half.deps.sides.folder)).map((name) => stat(join(half.deps.sides.folder, name))),
  );
  assert.ok(sizes.reduce((sum, { size }) => sum + size, 0) <= bytes * 0.7);
  assert.deepEqual((await opened('budget', 0)).deps.sides.maxBytes, 0);
  await Promise.all([full, half].map(({ deps }) => deps.sides.close()));
});

test('a side-file is an OM file that holds the bits in the order of the numbers', async () => {
  const one = await opened('budget');
  const [name] = await readdir(one.deps.sides.folder);
  await using file = await OmFile.open(join(one.deps.sides.folder, name!));
  assert.deepEqual(file.node('').variable.array?.shape, [NJ, NI, STEPS]);
  const floats = Float32Array.of(-2, -1.5, -0, 0, 1e-40, 1, 3e38, Number.NaN);
  const bits = new Int32Array(floats.slice().buffer);
  const turned = bits.slice();
  turnSign(turned);
  assert.ok(turned.every((value, k) => k === 0 || value > turned[k - 1]!));
  turnSign(turned);
  assert.deepEqual(turned, bits);
});
