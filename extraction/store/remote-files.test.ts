/** Files as objects: the same directory and the same answers as from a folder, of as few bytes as that takes. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { append, encode, type NativeField, scan } from '../../native/index.js';
import { parseConfig } from '../../schemas/config.js';
import { FeatureError } from '../../schemas/problem.js';
import { parseFeatureRequest } from '../../schemas/request.js';
import { shared } from '../../test/paths.js';
import { REMOTE_ROOT, type RemoteFolder, remoteFolder } from '../../test/remote-folder.js';
import { Budget } from '../budget.js';
import { openCatalogue } from '../catalogue.js';
import { extract } from '../extract.js';
import { RegionFinder } from '../region/region.js';
import { FsStore } from '../store-fs.js';
import { scanDataFile } from './data-source.js';
import { mountRemoteFiles } from './remote-files.js';

const NI = 720;
const NJ = 361;
const LEVELS = [1000, 500];
const PACKINGS = [
  { nomvar: 'TT', datyp: 1, nbits: 16 },
  { nomvar: 'GZ', datyp: 5, nbits: 32 },
  { nomvar: 'HU', datyp: 134, nbits: 16 },
  { nomvar: 'ES', datyp: 69, nbits: 32 },
];

type Packing = (typeof PACKINGS)[number];

function keys({ nomvar, datyp, nbits }: Packing, ip1: number, npas: number): Omit<NativeField, 'ni' | 'nj' | 'values'> {
  const names = { nomvar, typvar: 'P', etiket: 'REMOTE', grtyp: 'L' };
  const times = { ip1, ip2: npas, ip3: 0, nk: 1, deet: 3600, npas, dateo: 493121600 };
  return { ...names, ...times, ig1: 50, ig2: 50, ig3: 0, ig4: 0, datyp, nbits };
}

function field(packing: Packing, ip1: number, npas: number): NativeField {
  const values = Float32Array.from({ length: NI * NJ }, (_, k) => Math.sin(k / 900) * 40 + ip1 / 100 + npas);
  if (packing.datyp === 69) values[5] = Number.NaN;
  return { ...keys(packing, ip1, npas), ni: NI, nj: NJ, values };
}

/** Many tiny records, so that the directory has pages of its own. */
const tiny = (npas: number): NativeField => ({
  ...keys({ nomvar: 'P0', datyp: 5, nbits: 32 }, 0, npas),
  ...{ ni: 4, nj: 3, values: new Float32Array(12).fill(npas) },
});

async function writeFiles(folder: string): Promise<void> {
  for (const container of ['xdf', 'rsf'] as const) {
    const hours = container === 'xdf' ? [0, 1] : [2, 3];
    for (const hour of hours) {
      const fields = PACKINGS.flatMap((packing) => LEVELS.map((level) => field(packing, level, hour)));
      const packed = await Promise.all(fields.map((one) => encode(container, one)));
      await append(join(folder, `${container}${hour}`), container, packed);
    }
  }
  const small = await Promise.all(Array.from({ length: 700 }, (_, n) => encode('xdf', tiny(n))));
  await append(join(folder, 'pages'), 'xdf', small);
}

async function answer(data: string, state: string, request: unknown): Promise<string> {
  const catalogue = await openCatalogue({
    store: await FsStore.open(state),
    sources: { data: [data], collections: {} },
  });
  await catalogue.refresh();
  const { limits } = parseConfig({});
  const parsed = parseFeatureRequest(request, { now: new Date(0), limits, selfIntersection: 'error' });
  const deps = { limits, regions: new RegionFinder(), memory: new Budget(2 ** 30), cores: 2 };
  const chunks: Uint8Array[] = [];
  for await (const chunk of extract(parsed, catalogue.cube('default'), deps)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const request = (param: string, feature: object): object => ({
  ...{ date: '20261121', time: '0000', levtype: 'pl', levelist: LEVELS.join('/'), param, step: '0/to/3', feature },
});

describe('data files that are objects', () => {
  let folder: string;
  let data: string;
  let remote: RemoteFolder;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'polyfst-remote-'));
    data = await mkdtemp(join(folder, 'data-'));
    await writeFiles(data);
    remote = remoteFolder(data);
    mountRemoteFiles(remote);
  });
  after(async () => {
    mountRemoteFiles(undefined);
    await rm(folder, { recursive: true, force: true });
  });

  const both = async (name: string, asked: object): Promise<void> => {
    const local = await answer(data, join(folder, `${name}-l`), asked);
    assert.match(local, /Coverage/);
    assert.equal(await answer(REMOTE_ROOT, join(folder, `${name}-r`), asked), local);
  };

  it('have the directory of the file, of a small part of its bytes', async () => {
    for (const name of await readdir(data)) {
      const file = (await remote.identity(`${REMOTE_ROOT}/${name}`))!;
      const before = remote.fetched;
      assert.deepEqual(await scanDataFile(file, scan), await scan({ path: join(data, name) }), name);
      assert.ok(remote.fetched - before < 600_000, `${name}: ${remote.fetched - before} of ${file.size} bytes`);
    }
  });

  it('give the values of points, in every packing and both containers', async () => {
    const points = [
      [50.2, -79.7],
      [-33.3, 12.25],
      [89.9, 179.6],
    ];
    for (const { nomvar } of PACKINGS) await both(nomvar, request(nomvar, { type: 'timeseries', points }));
  });

  it('fetch the parts of a record that a point needs', async () => {
    const asked = request('TT', { type: 'timeseries', points: [[10, 20]] });
    await answer(REMOTE_ROOT, join(folder, 'parts'), asked);
    const before = remote.fetched;
    await answer(REMOTE_ROOT, join(folder, 'parts'), asked);
    // 8 records, of each a block with its head and one with the point, and what looks at the files again
    assert.ok(remote.fetched - before <= 8 * 4 * 65_536, `${remote.fetched - before} bytes`);
  });

  it('give the values of areas', async () => {
    const corners = [
      [50, 10],
      [40, 30],
    ];
    await both('area', request('TT/GZ', { type: 'boundingbox', points: corners }));
  });

  it('fail as files do', async () => {
    const names = shared('fst/damaged');
    const sources = names === undefined ? [] : await readdir(names);
    const cut = await mkdtemp(join(folder, 'cut-'));
    const whole = await readFile(join(data, 'xdf0'));
    await writeFile(join(cut, 'cut'), whole.subarray(0, whole.length - 200_000));
    await writeFile(join(cut, 'text'), 'no file of this kind');
    await writeFile(join(cut, 'empty'), '');
    for (const name of sources) await writeFile(join(cut, name), await readFile(join(names!, name)));
    const damaged = remoteFolder(cut, 2 ** 24);
    mountRemoteFiles(damaged);
    const outcome = (scanning: Promise<unknown>): Promise<unknown> =>
      scanning.catch((error: unknown) => (error instanceof FeatureError ? error.code : error));
    for (const name of await readdir(cut)) {
      const file = await damaged.identity(`${REMOTE_ROOT}/${name}`);
      if (file === undefined) continue;
      const local = await outcome(scan({ path: join(cut, name) }));
      assert.deepEqual(await outcome(scanDataFile(file, scan)), local, name);
    }
    mountRemoteFiles(remote);
  });
});
