/** EDR on 64-bit reals and large integers: the numbers of the file, whatever the shape of the query. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { append, encode, type NativeField } from '../../native/index.js';
import { startTestService, type TestService } from '../service.js';
import { coveragesOf, type EdrCoverage, edr } from './client.js';

const NI = 20;
const NJ = 10;
const HOURS = [0, 1, 2];
const real = (k: number, hour: number): number => Math.PI * 1e10 + k / 3 + hour;
const whole = (k: number, hour: number): number => 2 ** 31 - 1 - k - NI * NJ * hour;

function fields(hour: number): readonly NativeField[] {
  const places = Array.from({ length: NI * NJ }, (_, k) => k);
  const keys = {
    ...{ typvar: 'P', etiket: 'EXACT', grtyp: 'L', ip1: 0, ip2: hour, ip3: 0, ni: NI, nj: NJ, nk: 1 },
    ...{ deet: 3600, npas: hour, ig1: 100, ig2: 100, ig3: 9000, ig4: 0, dateo: 493121600 },
  };
  return [
    { ...keys, nomvar: 'F64', datyp: 5, nbits: 64, values: Float64Array.from(places, (k) => real(k, hour)) },
    { ...keys, nomvar: 'I32', datyp: 4, nbits: 32, values: Int32Array.from(places, (k) => whole(k, hour)) },
  ];
}

describe('EDR beyond float32', () => {
  let folder: string;
  let service: TestService;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'polyfst-edr-exact-'));
    const records = await Promise.all(HOURS.flatMap(fields).map((one) => encode('xdf', one)));
    await append(join(folder, 'run'), 'xdf', records);
    service = await startTestService([folder], { now: '2026-11-21T09:00:00Z' });
  });
  after(async () => {
    await service[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  /** Values of every range of an answer beside those of the places that its axes tell. */
  const check = (coverages: readonly EdrCoverage[], least: number): void => {
    let count = 0;
    for (const { domain, ranges } of coverages) {
      const axis = (name: string): readonly unknown[] => domain.axes[name]?.values ?? [];
      const tuples = domain.axes['composite']?.values as readonly (readonly (string | number)[])[] | undefined;
      const names = domain.axes['composite']?.coordinates ?? [];
      const places: [string, number, number][] =
        tuples === undefined
          ? axis('t').flatMap((t) =>
              axis('y').flatMap((y) =>
                axis('x').map((x): [string, number, number] => [String(t), Number(y), Number(x)]),
              ),
            )
          : tuples.map((tuple) => {
              const of = (name: string): string | number => tuple[names.indexOf(name)] ?? String(axis(name)[0]);
              return [String(of('t')), Number(of('y')), Number(of('x'))];
            });
      for (const [name, value] of [['F64', real] as const, ['I32', whole] as const]) {
        const expected = places.map(([t, y, x]) => value(y * NI + x, new Date(t).getUTCHours()));
        assert.deepEqual(ranges[name]!.values, expected, `${domain.domainType} ${name}`);
        count += expected.length;
      }
    }
    assert.ok(count >= least, `${count} values`);
  };

  const box = 'POLYGON((1 1,4 1,4 3,1 3,1 1))';
  const queries: readonly (readonly [name: string, query: string, least: number])[] = [
    ['a position over its times', 'position?coords=POINT(3 2)', 6],
    ['an area', `area?coords=${box}`, 72],
    ['a cube', 'cube?bbox=1,1,4,3', 72],
    ['a cube of chosen rows and columns', 'cube?bbox=1,1,4,3&resolution-x=4&resolution-y=3', 72],
    ['a trajectory', 'trajectory?coords=LINESTRING(1 1,4 1)&datetime=2026-11-21T01:00:00Z', 4],
    [
      'a corridor',
      'corridor?coords=LINESTRING(1 1,4 1)&corridor-width=300&width-units=km&datetime=2026-11-21T02:00:00Z',
      8,
    ],
  ];
  for (const [name, query, least] of queries) {
    it(name, async () => {
      const path = `/collections/default-sfc/instances/20261121T000000Z/${query}&parameter-name=F64,I32`;
      const answer = await edr(service.url, path);
      check(coveragesOf(answer), least);
      assert.match(answer.text, /"dataType":"integer"/);
    });
  }
});
