/**
 * `node dist/bench/convert.js [--gigabytes 2] [--runs 3] [--peers PYTHON] [--folder DIR] [--only netcdf,zarr]`: a run of so many
 * decoded bytes to NetCDF-4 (deflate 4, shuffle) and Zarr (gzip 1), beside fstd2nc with the same compression, one after the other;
 * and plain, where no compression hides how fast fields flow. One JSON object a line: seconds, the peak of the process, bytes.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type FstField, openFst } from '../extraction/index.js';
import { root } from '../test/paths.js';

const { values: flags } = parseArgs({
  options: {
    gigabytes: { type: 'string', default: '2' },
    runs: { type: 'string', default: '3' },
    peers: { type: 'string' },
    folder: { type: 'string', default: join(root, '.polyfst', 'bench-convert') },
    only: { type: 'string', default: 'netcdf,zarr,netcdf-plain,zarr-plain,grib2' },
  },
});

const SIDE = 1000;
const POINTS = SIDE * SIDE;
const LEVELS = [1000, 925, 850, 700, 500, 400, 300, 250, 200, 100];
const FLAGS = { ig1: 5, ig2: 10, ig3: 11500, ig4: 23000 };

/** Waves of several lengths with a little noise, as temperature looks at 2.5 km. */
function field(step: number, level: number): Float32Array {
  const values = new Float32Array(POINTS);
  let seed = step * 7919 + level;
  for (let j = 0, k = 0; j < SIDE; j++) {
    const wave = 12 * Math.cos(j / 190 + step / 9) + level / 40 - 20;
    for (let i = 0; i < SIDE; i++, k++) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      values[k] = wave + 6 * Math.sin(i / 45 + j / 130) + (seed / 2 ** 32 - 0.5) * 0.2;
    }
  }
  return values;
}

function* fields(count: number): Generator<FstField> {
  for (let n = 0; n < count; n++) {
    const [step, level] = [Math.floor(n / LEVELS.length), LEVELS[n % LEVELS.length]!];
    const common = { nomvar: 'TT', typvar: 'P', etiket: 'BENCH', grtyp: 'L', ...FLAGS, ni: SIDE, nj: SIDE };
    const when = { dateo: '2026-11-21T00:00:00Z', deet: 3600, npas: step, ip1: level, ip2: step };
    yield { ...common, ...when, datyp: 134, nbits: 16, values: field(step, level) };
  }
}

async function data(count: number): Promise<string> {
  mkdirSync(flags.folder, { recursive: true });
  const path = join(flags.folder, `run-${count}.fst`);
  if (existsSync(path)) return path;
  await using file = await openFst(path, { create: 'xdf' });
  await file.write(fields(count));
  return path;
}

interface Ran {
  readonly seconds: number;
  readonly peak: number;
  /** of the processors, user and system */
  readonly cpu: number;
  readonly stdout: string;
}

/** Largest resident size that a process has had, bytes. */
function peakOf(pid: number): number {
  try {
    return 1024 * Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

const TICKS = 100;

/** Seconds of the processors that a process has used. */
function cpuOf(pid: number): number {
  try {
    const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
      .slice(11, 13);
    return (Number(user) + Number(system)) / TICKS;
  } catch {
    return 0;
  }
}

function run(program: string, args: readonly string[]): Promise<Ran> {
  return new Promise((done, fail) => {
    const start = performance.now();
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let [peak, cpu, stdout, stderr] = [0, 0, '', ''];
    const timer = setInterval(() => {
      peak = Math.max(peak, peakOf(child.pid!));
      cpu = Math.max(cpu, cpuOf(child.pid!));
    }, 20);
    child.stdout.on('data', (text: Buffer) => {
      stdout += text;
    });
    child.stderr.on('data', (text: Buffer) => {
      stderr += text;
    });
    child.on('error', fail);
    child.on('close', (code) => {
      clearInterval(timer);
      if (code === 0 || code === 3) done({ seconds: (performance.now() - start) / 1000, peak, cpu, stdout });
      else fail(new Error(`${program} ${args.join(' ')}: exit ${code}: ${stderr.slice(-500)}`));
    });
  });
}

interface Row {
  readonly name: string;
  readonly suffix: string;
  readonly set: readonly string[];
  /** kind and level of the other program; absent: it has nothing alike */
  readonly peer?: readonly [kind: string, level: string];
}

const ROWS: readonly Row[] = [
  { name: 'netcdf', suffix: '.nc', set: ['level=4'], peer: ['netcdf', '4'] },
  { name: 'zarr', suffix: '.zarr', set: ['level=1'], peer: ['zarr', '1'] },
  { name: 'netcdf-plain', suffix: '.nc', set: ['pack=none'], peer: ['netcdf', '0'] },
  { name: 'zarr-plain', suffix: '.zarr', set: ['pack=none'], peer: ['zarr', '0'] },
  { name: 'grib2', suffix: '.grib2', set: [] },
];

const cli = join(root, 'dist', 'cli', 'main.js');

function bytesOf(path: string): number {
  const shown = spawnSync('du', ['-sb', path], { encoding: 'utf8' });
  return shown.status === 0 ? Number.parseInt(shown.stdout, 10) : statSync(path).size;
}

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]!;

/** Both programs alternately, so that what else the machine does hits both. */
async function measured(row: Row, input: string, runs: number): Promise<object> {
  const [ours, theirs]: [Ran[], Ran[]] = [[], []];
  let [bytes, peerBytes] = [0, 0];
  let program = '';
  for (let n = 0; n < runs; n++) {
    const out = join(flags.folder, `ours${row.suffix}`);
    rmSync(out, { recursive: true, force: true });
    const set = row.set.flatMap((one) => ['--set', one]);
    ours.push(await run(process.execPath, [cli, 'convert', input, out, ...set]));
    bytes = bytesOf(out);
    rmSync(out, { recursive: true, force: true });
    if (flags.peers === undefined || row.peer === undefined) continue;
    const other = join(flags.folder, `theirs${row.suffix}`);
    rmSync(other, { recursive: true, force: true });
    const script = join(root, 'bench', 'peers', 'fstd2nc_convert.py');
    const ran = await run(flags.peers, [script, row.peer[0], input, other, row.peer[1]]);
    const told = JSON.parse(ran.stdout.trim().split('\n').at(-1)!) as { seconds: number; program: string };
    theirs.push({ ...ran, seconds: told.seconds });
    program = told.program;
    peerBytes = bytesOf(other);
    rmSync(other, { recursive: true, force: true });
  }
  const seconds = median(ours.map((one) => one.seconds));
  const peak_mib = Math.round(Math.max(...ours.map(({ peak }) => peak)) / 2 ** 20);
  const cpu_seconds = median(ours.map(({ cpu }) => cpu));
  const own = {
    row: row.name,
    seconds,
    cpu_seconds,
    min_seconds: Math.min(...ours.map((one) => one.seconds)),
    peak_mib,
    bytes,
  };
  if (theirs.length === 0) return own;
  const peer_seconds = median(theirs.map((one) => one.seconds));
  const peer_peak_mib = Math.round(Math.max(...theirs.map(({ peak }) => peak)) / 2 ** 20);
  return {
    ...own,
    ...{ peer: program, peer_seconds, peer_min_seconds: Math.min(...theirs.map((one) => one.seconds)) },
    ...{ peer_cpu_seconds: median(theirs.map(({ cpu }) => cpu)) },
    ...{ peer_peak_mib, peer_bytes: peerBytes, ratio: peer_seconds / seconds },
  };
}

const count = Math.max(1, Math.round((Number(flags.gigabytes) * 1e9) / (4 * POINTS)));
const input = await data(count);
const head = { records: count, decoded_bytes: 4 * POINTS * count, cores: availableParallelism(), load: loadavg()[0] };
process.stdout.write(`${JSON.stringify(head)}\n`);
for (const row of ROWS) {
  if (!flags.only.split(',').includes(row.name)) continue;
  process.stdout.write(`${JSON.stringify(await measured(row, input, Number(flags.runs)))}\n`);
}
