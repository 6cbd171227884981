/**
 * Readers of Zarr on the virtual stores: xarray with zarr 3 (both versions, also as dask arrays, and through a kerchunk
 * reference file), and zarrita. Values are those that a feature request gives at the same points.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import * as zarrita from 'zarrita';
import { ensureDemo } from '../../cli/demo.js';
import { shared, skipWithout } from '../paths.js';
import { startTestService, type TestService } from '../service.js';
import { environment, runScript } from './environment.js';

interface Seen {
  readonly times: readonly string[];
  readonly levels: readonly number[];
  /** values by time, then level */
  readonly points: readonly {
    readonly lat: number;
    readonly lon: number;
    readonly values: readonly (number | null)[][];
  }[];
}

interface Store {
  readonly path: string;
  readonly array: string;
  readonly collection: string;
  readonly keys: Readonly<Record<string, string>>;
}

const DEMO = { class: 'rd', stream: 'oper', type: 'fc', expver: '0001', domain: 'g' };
const STORES: readonly Store[] = [
  {
    path: 'demo-sfc/20250116T120000Z',
    array: 'TT',
    collection: 'demo',
    keys: { ...DEMO, date: '20250116', time: '1200', levtype: 'sfc' },
  },
  {
    path: 'demo-pl/20250115T000000Z',
    array: 'GZ',
    collection: 'demo',
    keys: { ...DEMO, date: '20250115', time: '0000', levtype: 'pl' },
  },
];
const RUN_STORES: readonly Store[] = [
  {
    path: 'run-pl/20261121T000000Z',
    array: 'TT',
    collection: 'run',
    keys: { date: '20261121', time: '0000', levtype: 'pl' },
  },
  {
    path: 'run-sfc/20261121T000000Z',
    array: 'PN',
    collection: 'run',
    keys: { date: '20261121', time: '0000', levtype: 'sfc' },
  },
];

interface Answer {
  readonly coverages: readonly {
    readonly domain: { readonly axes: Readonly<Record<string, { readonly values: readonly (string | number)[] }>> };
    readonly ranges: Readonly<Record<string, { readonly values: readonly (number | null)[] }>>;
  }[];
}

/** Compares what a reader saw with the answers of the job API at its points. */
async function compare(service: TestService, { collection, keys, array }: Store, seen: Seen): Promise<void> {
  const base = Date.parse(`${keys['date']!.replace(/(....)(..)(..)/, '$1-$2-$3')}T${keys['time']!.slice(0, 2)}:00:00Z`);
  let compared = 0;
  for (const point of seen.points) {
    const hours = seen.times.map((time) => (Date.parse(time) - base) / 3_600_000).filter(Number.isInteger);
    const { status, body } = await service.ask(collection, {
      ...keys,
      ...(seen.levels.length === 0 ? {} : { levelist: seen.levels.join('/') }),
      param: array,
      step: hours.join('/'),
      expect: 'any',
      feature: { type: 'timeseries', points: [[point.lat, point.lon]] },
    });
    assert.equal(status, 200, JSON.stringify(body));
    for (const { domain, ranges } of (body as Answer).coverages) {
      const level = seen.levels.length === 0 ? 0 : seen.levels.indexOf(Number(domain.axes['levelist']!.values[0]));
      for (const [n, time] of domain.axes['t']!.values.entries()) {
        const expected = ranges[array]!.values[n]!;
        const own = point.values[seen.times.indexOf(String(time))]![level]!;
        const where = `${array} at ${point.lat}, ${point.lon}, ${time}, ${seen.levels[level]}`;
        assert.deepEqual(
          own === null || Number.isNaN(own) ? null : own,
          expected === null ? null : Math.fround(expected),
          where,
        );
        compared++;
      }
    }
  }
  assert.ok(compared >= 3 * 13, `${compared} values compared`);
}

describe('virtual Zarr', () => {
  const run = shared('fst', 'run');
  let folder: string;
  let service: TestService;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'polyfst-zarr-'));
    await ensureDemo(folder);
    service = await startTestService([folder], run === undefined ? {} : { collections: { run: { roots: [run] } } });
  });
  after(async () => {
    await service[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const stores = [...STORES, ...RUN_STORES];
  for (const store of stores) {
    const skip = store.collection === 'run' ? skipWithout(run, 'fst/run') : false;
    it(`xarray reads ${store.path} as version 2 and 3`, { skip }, async (context) => {
      const found = environment('zarr');
      if ('skip' in found) {
        context.skip(found.skip);
        return;
      }
      const lines = await runScript(found.python, 'zarr/check.py', [`${service.url}/zarr/${store.path}/`, store.array]);
      assert.deepEqual(lines.slice(0, -1), [
        'ok version 3',
        'ok version 2',
        'ok both under one address',
        'ok dask v2',
        'ok dask v3',
        'ok kerchunk',
        'ok CF',
      ]);
      await compare(service, store, JSON.parse(lines.at(-1)!.replaceAll('NaN', 'null')) as Seen);
    });

    it(`zarrita reads ${store.path} as version 2 and 3`, { skip }, async () => {
      for (const version of ['v2', 'v3'] as const) await compare(service, store, await seenByZarrita(store, version));
    });
  }

  async function seenByZarrita({ path, array }: Store, version: 'v2' | 'v3'): Promise<Seen> {
    const open = version === 'v2' ? zarrita.open.v2 : zarrita.open.v3;
    const source = new zarrita.FetchStore(`${service.url}/zarr/${path}/${version}`);
    const group = await open(await zarrita.withConsolidatedMetadata(source, { format: version }), {
      kind: 'group',
    });
    const numbers = async (name: string): Promise<{ data: ArrayLike<number>; shape: readonly number[] }> => {
      const opened = await open(group.resolve(name), { kind: 'array' });
      return (await zarrita.get(opened)) as { data: ArrayLike<number>; shape: readonly number[] };
    };
    const names = version === 'v2' ? '_ARRAY_DIMENSIONS' : undefined;
    const field = await open(group.resolve(array), { kind: 'array' });
    const dims = (names === undefined ? field.dimensionNames : field.attrs[names]) as readonly string[];
    const level = dims.find((dim) => dim === 'pres');
    const { attrs } = await open(group.resolve('time'), { kind: 'array' });
    const epoch = /^(hours|minutes) since (\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?)/.exec(String(attrs['units']));
    assert.ok(epoch !== null, String(attrs['units']));
    const origin = Date.parse(`${epoch[2]}T${epoch[3]}Z`);
    const unit = epoch[1] === 'hours' ? 3_600_000 : 60_000;
    const times = Array.from((await numbers('time')).data, (count) =>
      new Date(origin + Number(count) * unit).toISOString().replace('.000', ''),
    );
    const levels = level === undefined ? [] : Array.from((await numbers(level)).data, Number);
    const [lat, lon, { data, shape }] = await Promise.all([numbers('lat'), numbers('lon'), numbers(array)]);
    const [rows, columns] = shape.slice(-2) as [number, number];
    const planes = Math.max(1, levels.length);
    const at = (row: number, column: number): Seen['points'][number] => ({
      lat: Number(lat.shape.length === 1 ? lat.data[row] : lat.data[row * columns + column]),
      lon: Number(lon.shape.length === 1 ? lon.data[column] : lon.data[row * columns + column]),
      values: times.map((_, t) =>
        Array.from({ length: planes }, (__, k) => data[((t * planes + k) * rows + row) * columns + column]!),
      ),
    });
    return { times, levels, points: [at(1, 1), at(rows >> 1, columns >> 1), at(rows - 2, Math.floor(columns / 3))] };
  }
});
