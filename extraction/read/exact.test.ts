/** Values that float32 cannot hold go through answers as they were written: 64-bit reals, and integers above 2^24. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { coveragesFloat32 } from '../../formats/float32-values.js';
import { append, encode, type NativeField } from '../../native/index.js';
import { parseConfig } from '../../schemas/config.js';
import type { CoverageCollection } from '../../schemas/coverage.js';
import type { NumberArray } from '../../schemas/number-array.js';
import { parseFeatureRequest } from '../../schemas/request.js';
import { REMOTE_ROOT, remoteFolder } from '../../test/remote-folder.js';
import { Budget } from '../budget.js';
import { type Catalogue, openCatalogue } from '../catalogue.js';
import { type ExtractDeps, extract } from '../extract.js';
import { RegionFinder } from '../region/region.js';
import { mountRemoteFiles } from '../store/remote-files.js';
import { FsStore } from '../store-fs.js';

const NI = 20;
const NJ = 10;
const STEPS = [0, 1, 2];
const SIZE = NI * NJ;
/** latitude 2, longitude 3 */
const POINT = 2 * NI + 3;
/** missing integer of 32 bits with sign */
const MISSING = -(2 ** 31);

interface Kind {
  readonly container: 'xdf' | 'rsf';
  readonly datyp: number;
  readonly nbits: number;
  readonly values: (step: number) => NumberArray;
}

const numbers = (from: number, by: number): number[] => Array.from({ length: SIZE }, (_, k) => from + by * k);

const KINDS: Readonly<Record<string, Kind>> = {
  I32: { container: 'xdf', datyp: 4, nbits: 32, values: (s) => Int32Array.from(numbers(-(2 ** 31) + 1 + s, 1)) },
  U32: { container: 'xdf', datyp: 2, nbits: 32, values: (s) => Uint32Array.from(numbers(2 ** 32 - 1 - s, -3)) },
  SML: { container: 'xdf', datyp: 4, nbits: 32, values: (s) => Int32Array.from(numbers(s - 7, 1)) },
  MIS: {
    container: 'xdf',
    datyp: 4 + 64,
    nbits: 32,
    values: (s) => Int32Array.from(numbers(2 ** 24 + s, 1)).fill(MISSING, POINT, POINT + 1),
  },
  F64: { container: 'xdf', datyp: 5, nbits: 64, values: (s) => Float64Array.from(numbers(Math.PI * 1e10 + s, 1 / 3)) },
  BIG: { container: 'xdf', datyp: 5, nbits: 64, values: (s) => Float64Array.from(numbers(1e300, 1e290 * (s + 1))) },
  TT: { container: 'xdf', datyp: 5, nbits: 64, values: (s) => Float64Array.from(numbers(0.1 + s, 0.01)) },
  F32: { container: 'xdf', datyp: 5, nbits: 32, values: (s) => Float32Array.from(numbers(0.1 + s, 0.1)) },
  I64: {
    container: 'rsf',
    datyp: 4,
    nbits: 64,
    values: (s) => BigInt64Array.from(numbers(-(2 ** 52) - s, -1), BigInt),
  },
  U64: { container: 'rsf', datyp: 2, nbits: 64, values: () => new BigUint64Array(SIZE).fill(2n ** 64n - 1n) },
  R64: { container: 'rsf', datyp: 5, nbits: 64, values: (s) => Float64Array.from(numbers(s + 1 / 7, 1 / 9)) },
};

function field(nomvar: string, { datyp, nbits, values }: Kind, step: number): NativeField {
  return {
    ...{ nomvar, typvar: 'P', etiket: 'EXACT', grtyp: 'L', ip1: 0, ip2: step, ip3: 0, ni: NI, nj: NJ, nk: 1 },
    ...{ deet: 3600, npas: step, ig1: 100, ig2: 100, ig3: 9000, ig4: 0, dateo: 493121600 },
    ...{ datyp, nbits, values: values(step) },
  };
}

const writtenAt = (nomvar: string, step: number, point: number): number | null => {
  const value = Number(KINDS[nomvar]!.values(step)[point]!);
  return KINDS[nomvar]!.datyp === 68 && value === MISSING ? null : value;
};

describe('values beyond float32', () => {
  let folder: string;
  let catalogue: Catalogue;
  let remote: Catalogue;
  const opened = async (data: string, state: string): Promise<Catalogue> => {
    const store = await FsStore.open(join(folder, state));
    const found = await openCatalogue({ store, sources: { data: [data], collections: {} } });
    await found.refresh();
    return found;
  };
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'polyfst-exact-'));
    const data = join(folder, 'data');
    await mkdir(data);
    for (const container of ['xdf', 'rsf'] as const) {
      const kinds = Object.entries(KINDS).filter(([, kind]) => kind.container === container);
      const fields = STEPS.flatMap((step) => kinds.map(([nomvar, kind]) => field(nomvar, kind, step)));
      await append(join(data, container), container, await Promise.all(fields.map((one) => encode(container, one))));
    }
    mountRemoteFiles(remoteFolder(data));
    catalogue = await opened(data, 'state');
    remote = await opened(REMOTE_ROOT, 'remote');
  });
  after(async () => {
    mountRemoteFiles(undefined);
    await rm(folder, { recursive: true, force: true });
  });

  const bytesOf = async (body: object, from: Catalogue, encoders: ExtractDeps['encoders'] = {}): Promise<Buffer> => {
    const { limits } = parseConfig({});
    const keys = { date: '20261121', time: '00', levtype: 'sfc' };
    const request = parseFeatureRequest({ ...keys, ...body }, { now: new Date(), limits });
    const deps = { limits, regions: new RegionFinder(), memory: new Budget(2 ** 28), cores: 2, encoders };
    const chunks: Uint8Array[] = [];
    for await (const chunk of extract(request, from.cube('default'), deps)) chunks.push(chunk);
    return Buffer.concat(chunks);
  };
  const textOf = async (body: object, from = catalogue): Promise<string> => (await bytesOf(body, from)).toString();
  const ask = async (body: object): Promise<CoverageCollection> => JSON.parse(await textOf(body)) as CoverageCollection;
  const series = { type: 'timeseries', points: [[2, 3]], axes: 'step' };
  const box = {
    type: 'boundingbox',
    points: [
      [1, 1],
      [4, 5],
    ],
  };
  const boxPoints = [1, 2, 3, 4].flatMap((row) => [1, 2, 3, 4, 5].map((column) => row * NI + column));

  for (const nomvar of Object.keys(KINDS).filter((name) => name !== 'F32' && name !== 'TT')) {
    it(`${nomvar}: series and boxes give what was written`, async () => {
      const type = KINDS[nomvar]!.datyp === 5 ? 'float' : 'integer';
      const along = await ask({ param: nomvar, step: '0/to/2', feature: series });
      const range = along.coverages[0]!.ranges[nomvar]!;
      assert.equal(range.dataType, type);
      assert.deepEqual(
        range.values,
        STEPS.map((step) => writtenAt(nomvar, step, POINT)),
      );
      const areas = await ask({ param: nomvar, step: '0/to/2', feature: box });
      assert.equal(areas.coverages.length, STEPS.length);
      for (const step of STEPS) {
        const { dataType, values } = areas.coverages[step]!.ranges[nomvar]!;
        assert.equal(dataType, type);
        assert.deepEqual(
          values,
          boxPoints.map((point) => writtenAt(nomvar, step, point)),
        );
      }
    });
  }

  it('beside others: every parameter of a request keeps its own kind of value', async () => {
    const params = ['F32', 'I32', 'F64', 'SML'];
    for (const format of ['covjson', 'covjson-ogc']) {
      const answer = await ask({ param: params.join('/'), step: '1', feature: box, format });
      const { ranges } = answer.coverages[0]!;
      for (const nomvar of params) {
        const written = boxPoints.map((point) => writtenAt(nomvar, 1, point)!);
        const { values } = ranges[nomvar]!;
        if (nomvar === 'F32')
          assert.deepEqual(
            values.map((value) => Math.fround(value!)),
            written,
          );
        else assert.deepEqual(values, written);
      }
    }
    const text = await textOf({ param: 'F32', step: '0', feature: { ...series, points: [[0, 1]] } });
    assert.match(text, /"values":\[0\.2\]/, 'float32 stays as short as it is');
  });

  it('integers are written without a point, reals with one', async () => {
    const whole = await textOf({ param: 'U32', step: '0', feature: { ...series, points: [[0, 0]] } });
    assert.match(whole, /"values":\[4294967295\]/);
    const largest = await textOf({ param: 'U64', step: '0', feature: series });
    assert.match(largest, /"values":\[18446744073709552000\]/, '2^64 - 1 as float64');
    const real = await textOf({ param: 'F64', step: '0', feature: { ...series, points: [[0, 0]] } });
    assert.match(real, /"values":\[31415926535\.897\d+\]/);
  });

  it('units are converted in float64', async () => {
    const answer = await ask({ param: '2t', step: '0/to/2', feature: series });
    const { values } = answer.coverages[0]!.ranges['2t']!;
    assert.deepEqual(
      values,
      STEPS.map((step) => writtenAt('TT', step, POINT)! + 273.15),
    );
  });

  it('interpolation and paths keep float64', async () => {
    const between = { ...series, points: [[2.5, 3]], interpolation: 'bilinear' };
    const [value] = (await ask({ param: 'F64', step: '0', feature: between })).coverages[0]!.ranges['F64']!.values;
    const mean = (writtenAt('F64', 0, POINT)! + writtenAt('F64', 0, POINT + NI)!) / 2;
    assert.ok(Math.abs(value! - mean) < 1e-4, `${value} is not ${mean}`);
    const small = (await ask({ param: 'SML', step: '0', feature: between })).coverages[0]!.ranges['SML']!;
    assert.equal(small.dataType, 'float', 'what lies between integers is none');
    assert.ok(Math.abs(small.values[0]! - (writtenAt('SML', 0, POINT)! + NI / 2)) < 1e-9);
    const path = {
      type: 'trajectory',
      padding: 0,
      axes: ['latitude', 'longitude'],
      points: [
        [1, 1],
        [2, 3],
      ],
    };
    const { values } = (await ask({ param: 'I32', step: '2', feature: path })).coverages[0]!.ranges['I32']!;
    assert.deepEqual(values, [writtenAt('I32', 2, NI + 1), writtenAt('I32', 2, POINT)]);
  });

  it('files that are objects give the same bytes', async () => {
    for (const param of ['I32', 'U64', 'F64', 'MIS']) {
      for (const feature of [series, box]) {
        const body = { param, step: '0/to/2', feature };
        assert.equal(await textOf(body, remote), await textOf(body));
      }
    }
  });

  it('formats of float32 round as before', async () => {
    const body = { param: 'F64', step: '0', feature: box, format: 'csv' };
    const encoders = { csv: coveragesFloat32 };
    const bytes = await bytesOf(body, catalogue, encoders);
    const values = new Float32Array(Uint8Array.from(bytes).buffer);
    assert.deepEqual(
      [...values],
      boxPoints.map((point) => Math.fround(writtenAt('F64', 0, point)!)),
    );
  });
});
