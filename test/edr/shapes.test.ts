/** Shapes of EDR queries at their edges: narrow and sampled corridors, open rings, cubes of grids that are not straight. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ensureDemo } from '../../cli/demo.js';
import { startTestService, type TestService } from '../service.js';
import { GRIDS, temperatureAt, writeRun } from '../wms/run-files.js';
import { coveragesOf, demoValue, type EdrCoverage, edr } from './client.js';

const folder = join(tmpdir(), `polyfst-edr-shapes-${process.pid}`);
let rotated: string;
let service: TestService;
before(async () => {
  await ensureDemo(folder);
  rotated = await writeRun(GRIDS.rotated);
  service = await startTestService([folder], { collections: { rotated: { roots: [rotated] } } });
});
after(async () => {
  await service[Symbol.asyncDispose]();
  for (const path of [folder, rotated]) await rm(path, { recursive: true, force: true });
});

const TIME = 'datetime=2025-01-15T06:00:00Z';

async function coverages(path: string): Promise<readonly EdrCoverage[]> {
  const reply = await edr(service.url, `/collections/${path}`);
  assert.equal(reply.status, 200, `${path}: ${reply.status} ${reply.text.slice(0, 200)}`);
  return coveragesOf(reply);
}

async function statusOf(path: string): Promise<number> {
  return (await edr(service.url, `/collections/${path}`)).status;
}

/** Tuples t, x, y(, z) of a coverage. */
const tuples = (coverage: EdrCoverage): readonly (readonly [string, ...number[]])[] =>
  coverage.domain.axes['composite']!.values as [string, ...number[]][];

describe('a corridor', () => {
  const narrow = (line: string): string =>
    `demo-sfc/corridor?parameter-name=TT&${TIME}&corridor-width=2&width-units=m&coords=${line}`;

  it('between the points of the grid has those nearest to its path', async () => {
    const [one, ...others] = await coverages(narrow('LINESTRING(-75.13 45.11,-74.23 45.76)'));
    assert.equal(others.length, 0);
    assert.deepEqual(
      tuples(one!).map(([, x, y]) => [x, y]),
      [
        [-75, 45],
        [-75, 45.5],
        [-74.5, 45.5],
        [-74, 46],
      ],
    );
    const { values } = one!.ranges['TT']!;
    for (const [n, [, lon, lat]] of tuples(one!).entries())
      assert.ok(Math.abs(values[n]! - demoValue(10, { lat: lat!, lon: lon!, hour: 6 })) < 1e-3, `${lat} ${lon}`);
  });

  it('is cut at the edge of the grid; one beyond it is refused', async () => {
    const [one] = await coverages(narrow('LINESTRING(-81.13 45.11,-78.23 45.76)'));
    assert.deepEqual([tuples(one!)[0]!.slice(1), tuples(one!).length], [[-80, 45.5], 5]);
    assert.equal(await statusOf(narrow('LINESTRING(-91.1 45.1,-88.2 45.7)')), 400);
    const across = narrow('LINESTRING(-81.1 45.1,-78.2 45.7)').replace(
      'width=2&width-units=m',
      'width=90&width-units=km',
    );
    assert.equal((await coverages(`${across}&resolution-x=3`)).length, 3);
  });

  it('of one height a vertex is sampled across its width and height', async () => {
    const query = `demo-pl/corridor?parameter-name=t&${TIME}&corridor-width=223&width-units=km&corridor-height=300&height-units=hPa`;
    const line = 'coords=LINESTRINGZ(-76 45 850,-74 45 500)';
    const found = await coverages(`${query}&${line}&resolution-x=3`);
    assert.deepEqual(
      found.map((one) => tuples(one)[0]!.slice(2)),
      [
        [46, 1000],
        [45, 1000],
        [44, 1000],
      ],
    );
    const levels = (x: number): number[] => tuples(found[1]!).flatMap(([, lon, , z]) => (lon === x ? [z!] : []));
    assert.deepEqual([levels(-76), levels(-74)], [[1000, 925, 850, 700], [500]]);
    const [two] = await coverages(`${query}&${line}&resolution-x=1&resolution-z=2`);
    const high = tuples(two!).flatMap(([, lon, , z]) => (lon === -76 ? [z!] : []));
    assert.deepEqual(high, [700, 1000]);
    assert.equal(await statusOf(`${query}&coords=LINESTRINGZ(-76 45 9999,-74 45 500)&resolution-x=2`), 400);
    assert.equal(await statusOf(`${query}&${line}&z=500&resolution-x=2`), 400);
  });

  it('on the surface needs no height, but a whole and known one when there is any', async () => {
    const query = `demo-sfc/corridor?coords=LINESTRING(-75 45,-74 46)&parameter-name=2t&${TIME}&corridor-width=9&width-units=km`;
    assert.equal(await statusOf(query), 200);
    assert.equal(await statusOf(`${query}&corridor-height=10&height-units=m`), 200);
    for (const wrong of ['corridor-height=10', 'height-units=m', 'corridor-height=10&height-units=parsec'])
      assert.equal(await statusOf(`${query}&${wrong}`), 400, wrong);
  });
});

describe('an area', () => {
  it('has rings that end where they start', async () => {
    const query = `demo-sfc/area?parameter-name=2t&${TIME}&coords=`;
    assert.equal(await statusOf(`${query}POLYGON((-75 45,-74 45,-74 46,-75 45))`), 200);
    for (const open of ['POLYGON((-75 45,-74 45,-74 46))', 'POLYGON((-75 45,-74 45,-75 45))'])
      assert.equal(await statusOf(query + open), 400, open);
  });
});

describe('a cube of a rotated grid', () => {
  const query = `rotated-sfc/cube?bbox=-95,40,-93,41&parameter-name=TT&${TIME}`;

  it('has points, or rows and columns of its own spacing', async () => {
    const [points] = await coverages(query);
    assert.equal(points!.domain.domainType, 'MultiPoint');
    const [grid] = await coverages(`${query}&domain=grid`);
    assert.equal(grid!.domain.domainType, 'Grid');
    const [x, y] = ['x', 'y'].map((name) => grid!.domain.axes[name]!.values as number[]);
    assert.deepEqual([x![0], x!.at(-1), y![0], y!.at(-1)], [-95, -93, 40, 41]);
    assert.ok(x!.length > 4 && y!.length > 2);
    const { values } = grid!.ranges['TT']!;
    for (const [j, lat] of y!.entries()) {
      for (const [i, lon] of x!.entries())
        assert.ok(Math.abs(values[j * x!.length + i]! - temperatureAt(lat, lon, 6)) < 1, `${lat} ${lon}`);
    }
    assert.equal(await statusOf(`${query}&domain=hexagon`), 400);
  });
});
