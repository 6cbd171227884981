/** OWSLib's WMS and Maps clients, and QGIS where it is installed, against the service on the demo run. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { ensureDemo } from '../../cli/demo.js';
import { startTestService, type TestService } from '../service.js';
import { environment, interopFolder } from './environment.js';

const run = promisify(execFile);

interface Found {
  readonly value: number;
  readonly latitude: number;
  readonly longitude: number;
  readonly time: string;
  readonly reference_time: string;
}

/** Compares each value that the client was told with the answer of a feature request at the same grid point. */
async function compare(service: TestService, output: string): Promise<void> {
  const lines = [...output.matchAll(/^ok \S+ \S+ value (\{.*\})$/gm)];
  assert.equal(lines.length, 3);
  for (const [, json] of lines) {
    const found = JSON.parse(json!) as Found;
    const base = found.reference_time;
    const { status, body } = await service.ask('demo', {
      stream: 'oper',
      type: 'fc',
      levtype: 'sfc',
      param: '2t',
      date: base.slice(0, 10).replaceAll('-', ''),
      time: base.slice(11, 16).replace(':', ''),
      step: String((Date.parse(found.time) - Date.parse(base)) / 3_600_000),
      feature: { type: 'timeseries', points: [[found.latitude, found.longitude]] },
    });
    assert.equal(status, 200, JSON.stringify(body));
    const [coverage] = (body as { coverages: { ranges: Record<string, { values: number[] }> }[] }).coverages;
    assert.deepEqual(coverage!.ranges['2t']!.values, [found.value]);
  }
}

test('OWSLib draws maps and reads values', async (context) => {
  const found = environment('wms');
  if ('skip' in found) {
    context.skip(found.skip);
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'polyfst-owslib-'));
  try {
    await ensureDemo(folder);
    await using service = await startTestService([folder]);
    const script = join(interopFolder, 'wms', 'check.py');
    const answer = await run(found.python, [script, service.url, 'demo-sfc/2t', 'demo-sfc']).catch(
      (error: { stdout: string; stderr: string }) => assert.fail(`${error.stdout}\n${error.stderr}`),
    );
    assert.match(answer.stdout, /^ok OGC API Maps/m);
    await compare(service, answer.stdout);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('QGIS loads a layer, draws it in three coordinate systems and reads a value', async (context) => {
  const python = '/usr/bin/python3';
  const has = await run(python, ['-c', 'import qgis.core']).then(
    () => process.env['POLYFST_INTEROP'] !== '0',
    () => false,
  );
  if (!has) {
    context.skip('QGIS with its Python (python3-qgis, qgis-providers) is not installed');
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'polyfst-qgis-'));
  try {
    await ensureDemo(folder);
    await using service = await startTestService([folder]);
    const script = join(interopFolder, 'wms', 'qgis_check.py');
    const answer = await run(python, [script, service.url, 'demo-sfc/2t'], { timeout: 120_000 }).catch(
      (error: { stdout: string; stderr: string }) => assert.fail(`${error.stdout}\n${error.stderr}`),
    );
    assert.match(answer.stdout, /^ok EPSG:5937 value/m);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
