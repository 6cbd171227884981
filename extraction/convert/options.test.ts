/** Options of CF datasets on records made here: winds, pressure, diagnostic levels, panels, fewer bits. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fromFile } from 'geotiff';
import { type CfNumbers, type CfVariable, groupsOf, loadValues } from '../../formats/cf.js';
import { openZarr } from '../../formats/zarr-reader.js';
import { encodeIp, KIND } from '../fst/ip.js';
import { toEarth } from '../grid/winds.js';
import { type FstField, openFst } from '../index.js';
import { convert } from './convert.js';
import { bitRounded } from './fewer-bits.js';

const folder = await mkdtemp(join(tmpdir(), 'polyfst-options-'));
after(() => rm(folder, { recursive: true, force: true }));

const NI = 24;
const NJ = 20;
const never = new AbortController().signal;
const POLAR = { grtyp: 'N', ig1: 120, ig2: 100, ig3: 5000, ig4: 1905 };
const LEVELS = [0.5, 0.8, 0.95];

const field = (nomvar: string, seed: number, more: Partial<FstField> = {}): FstField => ({
  ...{ nomvar, typvar: 'P', etiket: 'TEST', ...POLAR, ni: NI, nj: NJ, deet: 3600, npas: 6, ip1: 0 },
  ...{ dateo: '2026-11-21T00:00:00Z', datyp: 6, nbits: 12 },
  values: Float32Array.from({ length: NI * NJ }, (_, k) => 5 * Math.sin(k / 7 + seed) + seed),
  ...more,
});

const height = (value: number): number => encodeIp(value, KIND.heightAboveGround);

async function made(name: string, fields: readonly FstField[]): Promise<string> {
  const path = join(folder, name);
  await using file = await openFst(path, { create: 'rsf' });
  await file.write(fields);
  return path;
}

async function converted(input: string, settings: Readonly<Record<string, string>>, suffix = '.zarr') {
  const out = join(folder, `${Object.values(settings).join('')}${suffix}`);
  const options = new Map(Object.entries(settings));
  const outcome = await convert({ inputs: [input], out, where: [], options, signal: never });
  return { out, outcome };
}

async function variablesOf(out: string): Promise<ReadonlyMap<string, CfVariable>> {
  const { dataset } = await openZarr(out);
  return new Map([...groupsOf(dataset)].flatMap(({ group }) => group.variables.map((one) => [one.name, one] as const)));
}

const valuesOf = async (variable: CfVariable | undefined): Promise<CfNumbers> => {
  assert.ok(variable !== undefined);
  if (variable.data.kind !== 'planes') return (await loadValues(variable)) as CfNumbers;
  throw new Error('a field read from a file has its values');
};

test('winds turn to true directions, both components or none', async () => {
  const path = await made('winds.fst', [field('UU', 1), field('VV', 2), field('UU', 3, { ip1: height(10) })]);
  const { out, outcome } = await converted(path, { winds: 'earth' });
  assert.deepEqual(
    outcome.lost.map(({ key }) => key),
    ['UU_hl'],
  );
  const variables = await variablesOf(out);
  await using file = await openFst(path);
  const [u, v] = [await file.read(file.record(0)), await file.read(file.record(1))];
  const grid = await file.grid(file.record(0));
  const turns = await grid.rotation(Uint32Array.from({ length: grid.size }, (_, k) => k));
  const { east, north } = toEarth(u.values as Float32Array, v.values as Float32Array, turns);
  assert.deepEqual(await valuesOf(variables.get('VV')), Float32Array.from(north));
  const east0 = [...variables.values()].find(({ attributes }) => attributes['standard_name'] === 'eastward_wind')!;
  assert.deepEqual(await valuesOf(east0), Float32Array.from(east));
  assert.equal(east0.attributes['fst_nomvar'], undefined);
  const back = join(folder, 'winds-back.fst');
  const options = new Map([['exact', '1']]);
  await convert({ inputs: [out], out: back, where: [], options, signal: never });
  await using again = await openFst(back);
  for (const [row, wanted] of [u, v].entries()) {
    const { nomvar } = file.record(row);
    const { values } = await again.read(again.first({ nomvar, ip1: 0 }), { as: 'float32' });
    const off = (values as Float32Array).reduce((most, value, k) => {
      return Math.max(most, Math.abs(value - Number(wanted.values[k])));
    }, 0);
    assert.ok(off < 1e-5, `${nomvar} is ${off} off along the axes of the grid`);
  }
});

test('the diagnostic level joins the levels of the model only when it is asked for and complete', async () => {
  const ml = LEVELS.map((level, n) => field('TT', n, { ip1: encodeIp(level, KIND.hybrid) }));
  const path = await made('diag.fst', [...ml, field('TT', 9, { ip1: height(1.5) })]);
  const split = await variablesOf((await converted(path, { diag: 'split' })).out);
  assert.equal(split.get('TT')!.shape.includes(4), false);
  const joined = await variablesOf((await converted(path, { diag: 'join' })).out);
  assert.ok(joined.get('TT')!.shape.includes(4));
  const [flags, levels] = [await valuesOf(joined.get('level_hyb_diag')), await valuesOf(joined.get('level_hyb'))];
  assert.equal(levels[flags.findIndex((flag) => Number(flag) === 1)], 1);
  const back = join(folder, 'diag-back.fst');
  await convert({ inputs: [join(folder, 'join.zarr')], out: back, where: [], options: new Map(), signal: never });
  await using file = await openFst(back);
  assert.deepEqual(
    file
      .find({})
      .map(({ ip1 }) => ip1)
      .sort(),
    [...ml.map(({ ip1 }) => ip1!), height(1.5)].sort(),
  );
});

test('16-bit integers hold a packed record exactly, and refuse what needs more', async () => {
  const one = await made('short.fst', [field('TT', 4)]);
  const { out } = await converted(one, { pack: 'short' });
  const variable = (await variablesOf(out)).get('TT')!;
  assert.equal(variable.dtype, 'int16');
  const [scale, offset] = [Number(variable.attributes['scale_factor']), Number(variable.attributes['add_offset'])];
  await using file = await openFst(one);
  const { values } = await file.read(file.record(0));
  const stored = await valuesOf(variable);
  assert.deepEqual(
    Float32Array.from(stored as Int16Array, (value) => value * scale + offset),
    values,
  );
  const wide = field('GZ', 5, { datyp: 5, nbits: 32 });
  await assert.rejects(converted(await made('wide.fst', [wide]), { pack: 'short' }), /pack=short.*GZ/);
  const strange = Float32Array.from(wide.values as Float32Array);
  strange.set([Infinity, -Infinity, 1e-44, 3e38]);
  const infinite = await made('infinite.fst', [{ ...wide, values: strange }]);
  await assert.rejects(converted(infinite, { pack: 'short' }), /pack=short.*GZ/);
});

test('rounded mantissas keep the bits asked for and say so', async () => {
  const path = await made('bits.fst', [field('TT', 6, { datyp: 5, nbits: 32 })]);
  const { out } = await converted(path, { quantize: '7' });
  const variable = (await variablesOf(out)).get('TT')!;
  assert.equal(Number(variable.attributes['quantization_nsb']), 7);
  await using file = await openFst(path);
  const { values } = await file.read(file.record(0));
  assert.deepEqual(await valuesOf(variable), bitRounded(values as Float32Array, 7));
  const rounded = bitRounded(Float32Array.of(1.0078125, -1.01, Number.NaN, Infinity, 0), 5);
  assert.deepEqual(rounded, Float32Array.of(1, -1, Number.NaN, Infinity, 0));
});

test('GeoTIFF in SI units comes back in the unit of the record', async () => {
  const even = { grtyp: 'L', ig1: 100, ig2: 100, ig3: 9000, ig4: 0 };
  const path = await made('kelvin.fst', [field('TT', 8, even)]);
  const { out } = await converted(path, { units: 'si' }, '.tif');
  const image = await (await fromFile(out)).getImage();
  const items = (await image.getGDALMetadata(0)) as Record<string, string>;
  assert.equal(items['UNITTYPE'], 'K');
  const [kelvin] = (await image.readRasters()) as unknown as Float32Array[];
  const back = join(folder, 'kelvin-back.fst');
  await convert({ inputs: [out], out: back, where: [], options: new Map([['exact', '1']]), signal: never });
  await using one = await openFst(path);
  await using other = await openFst(back);
  const [was, is] = [(await one.read(one.record(0))).values, (await other.read(other.record(0))).values];
  assert.ok(was.every((value, k) => Math.abs(Number(value) - Number(is[k])) < 5e-5));
  assert.ok(Math.abs(kelvin![0]! - Number(was[(NJ - 1) * NI]) - 273.15) < 5e-5);
});

test('what an option cannot be is told with the choices', async () => {
  const path = await made('wrong.fst', [field('TT', 7)]);
  for (const [key, value, told] of [
    ['yinyang', 'regrid', /yinyang=regrid: give groups or yin or yang or stack/],
    ['diag', 'maybe', /diag=maybe: give split or join/],
    ['quantize', '24', /quantize=24: give a whole number from 1 to 23/],
    ['winds', 'up', /winds=up: give grid or earth/],
    ['profile', 'x', /profile=x: choose of cf, fstd2nc/],
    ['pressure', '2d', /pressure=2d: choose of 3d, none/],
    ['colour', 'red', /--set colour: zarr does not know it; choose of .*yinyang/],
  ] as const) {
    await assert.rejects(converted(path, { [key]: value }), told);
  }
});
