/** OWSLib's EDR and Coverages clients, and readers of CoverageJSON, against the service: values equal to those of its job API. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { ensureDemo } from '../../cli/demo.js';
import { shared } from '../paths.js';
import { startTestService } from '../service.js';
import { environment, interopFolder } from './environment.js';

const run = promisify(execFile);

interface Answer {
  readonly coverages: readonly { readonly ranges: Readonly<Record<string, { readonly values: readonly number[] }>> }[];
}

test('OWSLib asks positions, areas, cubes, paths, runs, places and coverages', async (context) => {
  const found = environment('edr');
  if ('skip' in found) {
    context.skip(found.skip);
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'polyfst-owslib-edr-'));
  try {
    await ensureDemo(folder);
    await using service = await startTestService([folder]);
    const schema = shared('schemas', 'covjson', 'coveragejson.schema.2020-12.json');
    const script = join(interopFolder, 'edr', 'check.py');
    for (const [collection, parameter, more] of [
      ['demo-sfc', '2t', {}],
      ['demo-pl', 'gh', { levelist: '1000' }],
    ] as const) {
      const args = [
        script,
        service.url,
        collection,
        parameter,
        '-73.6',
        '45.4',
        ...(schema === undefined ? [] : [schema]),
      ];
      const { stdout } = await run(found.python, args).catch((error: { stdout: string; stderr: string }) =>
        assert.fail(`${error.stdout}\n${error.stderr}`),
      );
      assert.match(stdout, /^ok coverage$/m);
      const line = JSON.parse(stdout.trim().split('\n').at(-1)!) as { times: string[]; values: number[] };
      const levtype = collection.slice('demo-'.length);
      const request = {
        class: 'rd',
        stream: 'oper',
        type: 'fc',
        expver: '0001',
        domain: 'g',
        levtype,
        ...more,
        param: parameter,
      };
      const feature = { type: 'timeseries', points: [[45.4, -73.6]] };
      const { body } = await service.ask('demo', {
        ...request,
        date: '20250116',
        time: '1200',
        step: '0/to/24/by/1',
        feature,
      });
      const expected = (body as Answer).coverages[0]!.ranges[parameter]!.values;
      assert.deepEqual(line.values.slice(line.times.indexOf('2025-01-16T12:00:00Z')), expected);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
