/** OM files between us and omfiles, the field's own library: what either writes the other reads as the same values. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { writeDemo } from '../../cli/demo.js';
import { convert } from '../../extraction/convert/convert.js';
import { openFst } from '../../extraction/fst/file.js';
import { OmFile } from '../../formats/om/read.js';
import { legacyOm, sampleOf, writeOne } from '../../formats/om/samples.js';
import type { OmValues } from '../../formats/om/values.js';
import type { ArraySpec } from '../../formats/om/write.js';
import { environment, jsonLines } from './environment.js';

interface Line {
  readonly path: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly bytes: number;
}

function prepared(context: TestContext): { readonly python: string; readonly folder: string } | undefined {
  const found = environment('om');
  if ('skip' in found) {
    context.skip(found.skip);
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'polyfst-om-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return { python: found.python, folder };
}

/** Both readers on one file: the same values. */
async function sameAs(python: string, folder: string, path: string, what: string): Promise<void> {
  const raw = join(folder, 'theirs.bin');
  const [line] = jsonLines(python, 'om/read.py', [path, raw]) as Line[];
  await using file = await OmFile.open(path);
  const steps = what.includes('logarithmic') || what.endsWith('compression 3') ? 1 : 0;
  const { values, shape } = await file.read('');
  assert.equal(line!.dtype, file.node('').variable.type, what);
  assert.deepEqual(line!.shape, shape, what);
  assertSame(values, readFileSync(raw), what, steps);
}

/** Distance of two float32 in representable numbers. */
function floatSteps(one: number, other: number): number {
  const [a, b] = new Int32Array(Float32Array.of(one + 1, other + 1).buffer);
  return Math.abs(a! - b!);
}

/**
 * `steps`: representable numbers that two values of 1 + v may lie apart, since powers of ten in float32 differ by that much between
 * mathematical libraries.
 */
function assertSame(values: OmValues, bytes: Uint8Array, what: string, steps = 0): void {
  const View = values.constructor as new (buffer: ArrayBuffer) => OmValues;
  const theirs = new View(Uint8Array.from(bytes).buffer);
  assert.equal(theirs.length, values.length, what);
  for (let n = 0; n < values.length; n++) {
    if (Object.is(values[n], theirs[n])) continue;
    if (!(steps > 0 && floatSteps(Number(values[n]), Number(theirs[n])) <= steps))
      assert.fail(`${what}: value ${n} is ${values[n]}, omfiles says ${theirs[n]}`);
  }
}

const TYPES = ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64', 'float32', 'float64'] as const;
const CHUNKS = [
  [5, 17, 8],
  [1, 1, 31],
  [23, 17, 31],
];

function specs(): Omit<ArraySpec, 'chunks'>[] {
  const shape = [23, 17, 31];
  const floats = ['float32', 'float64'] as const;
  return [
    ...TYPES.map((type) => ({ name: '', type, shape, scaleFactor: 50 })),
    ...floats.map((type) => ({ name: '', type, shape, compression: 'fpx_xor_2d' as const })),
    { name: '', type: 'float32', shape, compression: 'pfor_delta_2d_int16', scaleFactor: 20 },
    { name: '', type: 'float32', shape, compression: 'pfor_delta_2d_int16_logarithmic', scaleFactor: 1000 },
    { name: '', type: 'float32', shape, scaleFactor: 20, addOffset: 5 },
  ];
}

test('omfiles reads what we write', async (context) => {
  const ready = prepared(context);
  if (ready === undefined) return;
  const path = join(ready.folder, 'ours.om');
  for (const spec of specs()) {
    for (const chunks of CHUNKS) {
      const values = sampleOf(spec.type, 23 * 17 * 31);
      if (values instanceof Float32Array || values instanceof Float64Array) values.fill(Number.NaN, 40, 60);
      await writeOne(path, { ...spec, chunks }, values);
      await sameAs(ready.python, ready.folder, path, `${spec.type} ${spec.compression ?? ''} in ${chunks}`);
    }
  }
});

test('we read what omfiles writes', async (context) => {
  const ready = prepared(context);
  if (ready === undefined) return;
  const made = jsonLines(ready.python, 'om/write.py', [ready.folder]) as { name: string }[];
  assert.equal(made.length, 48);
  for (const { name } of made) {
    await using file = await OmFile.open(join(ready.folder, `${name}.om`));
    const { values } = await file.read('');
    assertSame(values, readFileSync(join(ready.folder, `${name}.raw`)), name, name.startsWith('logarithmic') ? 1 : 0);
  }
});

test('both read the older layouts alike', async (context) => {
  const ready = prepared(context);
  if (ready === undefined) return;
  const path = join(ready.folder, 'old.om');
  for (const [version, compression] of [
    [1, 0],
    [2, 0],
    [2, 1],
    [2, 2],
    [2, 3],
  ] as const) {
    for (const chunks of [
      [1, 4],
      [6, 11],
    ] as const) {
      const values = sampleOf('float32', 70 * 11) as Float32Array;
      writeFileSync(path, legacyOm(version, compression, values, [70, 11], chunks, 20));
      await sameAs(ready.python, ready.folder, path, `version ${version}, compression ${compression}`);
    }
  }
});

interface Seen {
  readonly name: string;
  readonly dims: readonly string[];
  readonly units: string;
  readonly same: boolean;
  readonly planes: readonly string[];
}

test('omfiles and its xarray engine read a converted run: axes, times, every plane bit for bit', async (context) => {
  const ready = prepared(context);
  if (ready === undefined) return;
  const data = join(ready.folder, 'run');
  const path = join(ready.folder, 'run.om');
  await writeDemo(data, 'xdf');
  const options = new Map([['lossless', 'fst']]);
  const { signal } = new AbortController();
  const base = '2025-01-15T00:00:00Z';
  const where = ['nomvar=TT', 'nomvar=PN', 'etiket=R1DEMO__N', `dateo_iso=${base}`];
  await convert({ inputs: [data], out: path, where, options, signal });
  await using file = await openFst(data);
  const planesOf = async (nomvar: string, level: number | undefined): Promise<string[]> => {
    const records = file
      .find()
      .filter(
        (one) =>
          one.nomvar === nomvar &&
          one.etiket === 'R1DEMO__N' &&
          one.origin?.getTime() === Date.parse(base) &&
          (level === undefined || one.level?.value === level),
      );
    records.sort((one, other) => one.validity!.getTime() - other.validity!.getTime());
    const sums: string[] = [];
    for (const record of records) {
      const { values } = await file.read(record, { as: 'float32' });
      sums.push(
        createHash('sha256')
          .update(new Uint8Array(Float32Array.from(values as Float32Array).buffer))
          .digest('hex'),
      );
    }
    return sums;
  };
  const [shape, times, ...seen] = jsonLines(ready.python, 'om/run.py', [path, 'TT_500hPa', 'PN']) as [
    { dims: Record<string, number>; coords: string[]; crs: string },
    { times: string[] },
    ...Seen[],
  ];
  assert.equal(shape.dims['time'], times.times.length);
  assert.ok(
    ['lat', 'lon', 'time'].every((name) => shape.coords.includes(name)),
    String(shape.coords),
  );
  assert.equal(shape.crs, 'GEOGCRS');
  for (const { name, dims, same, planes } of seen) {
    assert.deepEqual(dims, ['lat', 'lon', 'time'], name);
    assert.ok(same, name);
    assert.deepEqual(planes, await planesOf(name.split('_')[0]!, name.includes('500') ? 500 : undefined), name);
  }
  assert.equal(seen.length, 2);
});
