/**
 * Every feature of both profiles through the peers: covjsonkit and earthkit-data must decode the `ecmwf` answers to xarray with the
 * right coordinates, covjson-pydantic must accept the `ogc` ones, the official schema both.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeDemo } from '../../cli/demo.js';
import { shared } from '../paths.js';
import { startTestService } from '../service.js';
import { environment, interopFolder } from './environment.js';

const point = [45.5, -73.5];
const sfc = { stream: 'oper', type: 'fc', date: '20250115', time: '0000', levtype: 'sfc', param: '2t/msl' };
const pl = { stream: 'oper', type: 'fc', date: '20250115', time: '0000', levtype: 'pl', param: 't/q' };

/** One request a feature, with the dimensions that the decoded answer must have. */
const REQUESTS: Readonly<Record<string, { request: object; sizes: Record<string, number> }>> = {
  timeseries: {
    request: { ...sfc, step: '0/to/24/by/6', feature: { type: 'timeseries', points: [point] } },
    sizes: { t: 5 },
  },
  ensemble: {
    request: {
      ...sfc,
      stream: 'enfo',
      type: 'pf',
      number: '1/2',
      step: '0/6',
      feature: { type: 'timeseries', points: [point] },
    },
    sizes: { t: 2, number: 2 },
  },
  verticalprofile: {
    request: { ...pl, step: '0', levelist: '1000/850/500', feature: { type: 'verticalprofile', points: [point] } },
    sizes: { levelist: 3 },
  },
  position: { request: { ...sfc, step: '0/6', feature: { type: 'position', points: [point] } }, sizes: { t: 2 } },
  polygon: {
    request: {
      ...sfc,
      step: '0/6',
      feature: {
        type: 'polygon',
        shape: [
          [44, -75],
          [46, -75],
          [46, -72],
          [44, -75],
        ],
      },
    },
    sizes: { steps: 2 },
  },
  boundingbox: {
    request: {
      ...pl,
      step: '0',
      feature: {
        type: 'boundingbox',
        axes: ['latitude', 'longitude', 'levelist'],
        points: [
          [44, -74, 1000],
          [45, -73, 500],
        ],
      },
    },
    sizes: {},
  },
  frame: {
    request: {
      ...sfc,
      step: '0',
      feature: {
        type: 'frame',
        outer_box: [
          [43, -76],
          [47, -71],
        ],
        inner_box: [
          [44, -75],
          [46, -72],
        ],
      },
    },
    sizes: {},
  },
  circle: { request: { ...sfc, step: '0', feature: { type: 'circle', center: [point], radius: 1 } }, sizes: {} },
  trajectory: {
    request: {
      ...pl,
      feature: {
        type: 'trajectory',
        points: [
          [44, -75, 1000, 0],
          [45, -74, 850, 1],
          [46, -73, 500, 2],
        ],
        padding: 0,
      },
    },
    sizes: {},
  },
};

test('the peers decode every feature', async (context) => {
  const found = environment('polytope');
  if ('skip' in found) {
    context.skip(found.skip);
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'polyfst-peers-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  await writeDemo(join(folder, 'data'), 'xdf');
  await using service = await startTestService([join(folder, 'data')]);
  const documents: object[] = [];
  for (const [name, { request, sizes }] of Object.entries(REQUESTS)) {
    for (const format of ['covjson', 'covjson-ogc']) {
      const { status, body } = await service.ask('demo', { ...request, format });
      assert.equal(status, 200, `${name} ${format}: ${JSON.stringify(body).slice(0, 300)}`);
      const file = join(folder, `${name}.${format}`);
      await writeFile(file, JSON.stringify(body));
      documents.push({ name, format, file, sizes });
    }
  }
  const settings = { documents, schema: shared('schemas', 'covjson', 'coveragejson.schema.2020-12.json') ?? null };
  const child = spawn(found.python, [join(interopFolder, 'covjson', 'decode.py')], {
    env: { ...process.env, POLYFST_DOCUMENTS: JSON.stringify(settings), HOME: folder },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  await once(child, 'close');
  for (const line of output.split('\n')) if (/^(ok|not ok) /.test(line)) context.diagnostic(line);
  assert.equal(child.exitCode, 0, output);
});
