/** Classic NetCDF as other programs write it: names, orders, packings and marks that are not ours. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { CfAttributes, CfDimension, CfNumbers, CfVariable } from '../../formats/cf.js';
import { NetCdf3Writer } from '../../formats/netcdf/netcdf3-writer.js';
import { openFst } from '../index.js';
import { type ConvertOutcome, convert } from './convert.js';
import { numbers } from './variables.js';

const folder = await mkdtemp(join(tmpdir(), 'polyfst-foreign-'));
after(() => rm(folder, { recursive: true, force: true }));

const LAT = Float64Array.from({ length: 17 }, (_, j) => -40 + 5 * j);
const LON = Float64Array.from({ length: 20 }, (_, i) => 300 + 4 * i);
const NORTH = { units: 'degrees_north' };
const EAST = { units: 'degrees_east' };
const value = (lat: number, lon: number): number => 280 + lat / 10 + Math.sin((lon * Math.PI) / 180);

function field(lat: ArrayLike<number>, lon: ArrayLike<number>): Float32Array {
  return Float32Array.from({ length: lat.length * lon.length }, (_, k) =>
    value(lat[Math.floor(k / lon.length)]!, lon[k % lon.length]!),
  );
}

const missing = (values: Float32Array): number[] => [...values.keys()].filter((k) => Number.isNaN(values[k]));

interface Read {
  readonly outcome: ConvertOutcome;
  readonly grtyp: string;
  readonly values: Float32Array;
  readonly lat: Float64Array;
  readonly lon: Float64Array;
}

/** The one field of a file of these variables as a record. */
async function read(name: string, dims: readonly CfDimension[], variables: readonly CfVariable[]): Promise<Read> {
  const [path, out] = [join(folder, `${name}.nc`), join(folder, `${name}.fst`)];
  const writer = await NetCdf3Writer.create(path, { name: '', dims, variables, attributes: {}, groups: [] });
  await writer.close();
  const options = new Map([['exact', '1']]);
  const outcome = await convert({ inputs: [path], out, where: [], options, signal: new AbortController().signal });
  await using file = await openFst(out);
  const record = file.first({ nomvar: 'TT' });
  const { values } = await file.read(record, { as: 'float32' });
  const { lat, lon } = await (await file.grid(record)).latlon();
  return { outcome, grtyp: record.grtyp, values: values as Float32Array, lat, lon };
}

function assertPlaced({ values, lat, lon }: Read, label: string, most = 1e-3): void {
  for (let k = 0; k < values.length; k++) {
    assert.ok(Math.abs(values[k]! + 273.15 - value(lat[k]!, lon[k]!)) < most, `${label}: point ${k}`);
  }
}

const plane = (
  rows: ArrayLike<number>,
  columns: ArrayLike<number>,
  names: readonly [string, string] = ['lat', 'lon'],
): CfDimension[] => [
  { name: names[0], size: rows.length },
  { name: names[1], size: columns.length },
];

const KELVIN: CfAttributes = { units: 'K' };

const temperature = (values: CfNumbers, attributes: CfAttributes = KELVIN): CfVariable =>
  numbers('t2m', ['lat', 'lon'], [LAT.length, LON.length], values, attributes);

test('rows from north to south, coordinates without attributes, longitudes beyond 180', async () => {
  const down = Float64Array.from(LAT).reverse();
  const axes = [numbers('lat', ['lat'], [LAT.length], down, NORTH), numbers('lon', ['lon'], [LON.length], LON, EAST)];
  const turned = await read('down', plane(LAT, LON), [...axes, temperature(field(down, LON))]);
  assert.equal(turned.grtyp, 'L');
  assertPlaced(turned, 'down');
  const bare = [numbers('lat', ['lat'], [LAT.length], LAT), numbers('lon', ['lon'], [LON.length], LON)];
  assertPlaced(await read('bare', plane(LAT, LON), [...bare, temperature(field(LAT, LON))]), 'bare');
});

test('packed integers with a mark, marks in another precision', async () => {
  const axes = [numbers('lat', ['lat'], [LAT.length], LAT, NORTH), numbers('lon', ['lon'], [LON.length], LON, EAST)];
  const plain = field(LAT, LON);
  const packed = Int16Array.from(plain, (one) => Math.round((one - 285) / 0.001));
  packed[7] = -32767;
  const attributes = { ...KELVIN, scale_factor: 0.001, add_offset: 285, missing_value: Int16Array.of(-32767) };
  const unpacked = await read('packed', plane(LAT, LON), [...axes, temperature(packed, attributes)]);
  assert.deepEqual(missing(unpacked.values), [7]);
  unpacked.values[7] = value(unpacked.lat[7]!, unpacked.lon[7]!) - 273.15;
  assertPlaced(unpacked, 'packed', 2e-3);
  plain[3] = 1e20;
  const marked = await read('marked', plane(LAT, LON), [
    ...axes,
    temperature(plain, { ...KELVIN, missing_value: 1e20 }),
  ]);
  assert.deepEqual(missing(marked.values), [3]);
});

test('two-dimensional places under any names of dimensions', async () => {
  const lat = Float64Array.from(
    { length: LAT.length * LON.length },
    (_, k) => LAT[Math.floor(k / LON.length)]! + k / 999,
  );
  const lon = Float64Array.from(lat, (_, k) => LON[k % LON.length]!);
  const names = ['j_cell', 'i_cell'] as const;
  const shape = [LAT.length, LON.length];
  const values = Float32Array.from(lat, (one, k) => value(one, lon[k]!));
  const made = await read('curved', plane(LAT, LON, names), [
    numbers('nav_lat', names, shape, lat, { ...NORTH, standard_name: 'latitude' }),
    numbers('nav_lon', names, shape, lon, { ...EAST, standard_name: 'longitude' }),
    numbers('t2m', names, shape, values, { ...KELVIN, coordinates: 'nav_lat nav_lon' }),
  ]);
  assert.equal(made.grtyp, 'Y');
  assertPlaced(made, 'curved');
});

test('values without units are taken as they are, and that is told', async () => {
  const axes = [numbers('lat', ['lat'], [LAT.length], LAT, NORTH), numbers('lon', ['lon'], [LON.length], LON, EAST)];
  const { outcome } = await read('unitless', plane(LAT, LON), [...axes, temperature(field(LAT, LON), {})]);
  assert.match(outcome.lost[0]!.detail, /no units; its values are taken as degC/);
});
