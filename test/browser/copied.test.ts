/** What the page lets people copy, run as it stands: curl, and Python in the environments of the interop tests where they are made. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { root } from '../paths.js';
import { type Bench, noBrowser, POINT, startBench, textOf } from './browser.js';

const run = promisify(execFile);
const environments = process.env['POLYFST_INTEROP_VENV'] ?? join(root, '.venv-interop');
const python = (name: string): string => join(environments, name, 'bin', 'python');
const missing = (name: string): string | false =>
  existsSync(python(name)) ? false : `no environment ${name} (test/interop/venv.sh ${name})`;
const noCurl = spawnSync('curl', ['--version']).status === 0 ? false : 'there is no curl';

interface Answer {
  readonly coverages?: readonly Answer[];
  readonly ranges: Readonly<Record<string, { readonly values: readonly number[] }>>;
}

describe('the page: texts to copy', { skip: noBrowser }, () => {
  let bench: Bench;
  let folder: string;
  const texts = new Map<string, string>();
  /** series of 2t at the point, as EDR gives it */
  let expected: readonly number[];

  before(async () => {
    bench = await startBench();
    folder = await mkdtemp(join(tmpdir(), 'polyfst-copied-'));
    await using opened = await bench.open(`#c=demo-sfc&p=2t&t=2025-01-16T18:00Z&f=pt:${POINT.lat},${POINT.lon}`);
    const { page } = opened;
    await page.waitForSelector('#code-text');
    for (const dialect of ['Python', 'curl', 'xarray', 'EDR', 'TypeScript', 'MARS']) {
      await page.click(`#code-${dialect}`);
      await page.waitForSelector(`#code-${dialect}[aria-selected=true]`);
      texts.set(dialect, await textOf(page.locator('#code-text')));
    }
    const edr = (await (await fetch(texts.get('EDR')!)).json()) as Answer;
    expected = edr.ranges['2t']!.values;
  });
  after(async () => {
    await bench[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  /** Values in the file that a text has written; it holds one coverage a time. */
  async function written(): Promise<number[]> {
    const name = (await readdir(folder)).find((one) => one.endsWith('.covjson'));
    const answer = JSON.parse(await readFile(join(folder, name!), 'utf8')) as Answer;
    await rm(join(folder, name!));
    return (answer.coverages ?? [answer]).flatMap(({ ranges }) => ranges['2t']!.values);
  }

  function same(values: readonly number[], tolerance = 1e-4): void {
    assert.equal(values.length, expected.length);
    for (const [n, value] of values.entries()) assert.ok(Math.abs(value - expected[n]!) <= tolerance, `${n}: ${value}`);
  }

  it('16 runs the curl line', { skip: noCurl }, async () => {
    await run('sh', ['-c', texts.get('curl')!], { cwd: folder });
    same(await written());
  });

  it('16 runs the lines of the polytope client', { skip: missing('polytope') }, async () => {
    await writeFile(join(folder, 'copied.py'), texts.get('Python')!);
    await run(python('polytope'), ['copied.py'], { cwd: folder, env: { ...process.env, HOME: folder } });
    same(await written());
  });

  it('16 runs the lines of xarray', { skip: missing('zarr') }, async () => {
    const show = 'print([float(value) for value in np.ravel(series.values)])';
    await writeFile(join(folder, 'series.py'), `${texts.get('xarray')}\n${show}\n`);
    const { stdout } = await run(python('zarr'), ['series.py'], { cwd: folder });
    // nan is a word that JSON has not: times at which other parameters have fields
    const values = (JSON.parse(stdout.replace(/\bnan\b/g, 'null')) as (number | null)[]).filter((one) => one !== null);
    const kelvin = expected[0]! > 150 && values[0]! < 150 ? 273.15 : 0;
    same(
      values.map((value) => value + kelvin),
      1e-3,
    );
  });

  it('16 writes requests for the other clients', () => {
    assert.match(texts.get('TypeScript')!, /new PolytopeClient\(\{ url: 'http/);
    assert.match(texts.get('MARS')!, /feature: \{"type":"timeseries"/);
  });
});
