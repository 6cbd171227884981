/**
 * Program: `npm run test:security -- [--requests N] [--files N] [--seed N] [--only attack,matrix,slow,damage]`. Attacks the
 * service as it is installed, and the reader with damaged files; prints a line a step with its figures; exit 0 when nothing broke.
 */
import { parseArgs } from 'node:util';
import { attackAll } from './attack.js';
import { damageFiles } from './damage.js';
import { Chooser } from './hostile.js';
import { hostileBodies } from './hostile-bodies.js';
import { GOOD, hostileRequests } from './hostile-requests.js';
import { hostileRoutes, hostileWire } from './hostile-routes.js';
import { roleMatrix } from './matrix.js';
import { secretsInAnswers, secretsInLog } from './secrets.js';
import { type Served, startServed } from './served.js';
import { slowClients } from './slow-clients.js';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '2000' },
    files: { type: 'string', default: '5000' },
    seed: { type: 'string', default: String(Date.now() % 1e9) },
    only: { type: 'string', default: 'matrix,attack,slow,damage' },
  },
});

const steps = new Set(values.only.split(','));
const seed = Number(values.seed);
/** Longest time that the event loop may stand still. */
const BLOCK_MS = 200;
const OTHERS_MS = 250;
/** Routes that no OpenAPI document lists. */
const UNLISTED = [
  '/',
  '/api',
  '/api/v1',
  '/api/v1/',
  '/docs',
  '/docs/{file}',
  '/metrics',
  '/health',
  '/ready',
  '/admin/queues',
  '/admin/queues/{file}',
  '/nowhere',
  '/api/v1/uploads/{id}',
  '/api/v1/auth/keys',
  '/v1/forecast',
  '/wms',
  '/zarr/{key}',
  '/edr/{key}',
];

let failed = false;

function print(step: string, begun: number, figures: object, broken: readonly string[]): void {
  for (const one of broken.slice(0, 40)) process.stderr.write(`${step}: ${one}\n`);
  if (broken.length > 0) failed = true;
  const seconds = Math.round((performance.now() - begun) / 100) / 10;
  process.stdout.write(`${JSON.stringify({ step, ...figures, broken: broken.length, seconds, seed })}\n`);
}

/** Every path of the OpenAPI document, with its parameters in braces. */
async function routesOf(served: Served): Promise<readonly string[]> {
  const answer = await fetch(`http://127.0.0.1:${served.port}/openapi.json`);
  const document = (await answer.json()) as { paths: Record<string, unknown> };
  return [...new Set([...Object.keys(document.paths), ...UNLISTED])];
}

async function attackStep(served: Served): Promise<void> {
  const begun = performance.now();
  const chooser = new Chooser(seed);
  const total = Number(values.requests);
  const routes = await routesOf(served);
  const wire = hostileWire();
  const left = Math.max(0, total - wire.length);
  const corpus = [
    ...wire,
    ...hostileBodies(chooser, Math.ceil(left * 0.3), GOOD),
    ...hostileRequests(chooser, Math.ceil(left * 0.25)),
    ...hostileRoutes(chooser, Math.ceil(left * 0.45), routes),
  ];
  await served.loop();
  const { seen, broken, ...figures } = await attackAll(served, corpus);
  const loop = await served.loop();
  const all = [...broken, ...new Set([...secretsInAnswers(served, seen), ...secretsInLog(served)])];
  if (loop.blockedMs > BLOCK_MS) all.push(`the event loop stood still for ${Math.round(loop.blockedMs)} ms`);
  const rounded = { blockedMs: Math.round(loop.blockedMs), rssMb: Math.round(loop.rssBytes / 1048576) };
  print(
    'attack',
    begun,
    { ...figures, routes: routes.length, ...rounded, bars: { refusalMs: 100, blockedMs: BLOCK_MS } },
    all,
  );
}

async function matrixStep(served: Served): Promise<void> {
  const begun = performance.now();
  const { seen, broken, ...figures } = await roleMatrix(served);
  print('matrix', begun, figures, [...broken, ...secretsInAnswers(served, seen), ...secretsInLog(served)]);
}

async function slowStep(served: Served): Promise<void> {
  const begun = performance.now();
  const report = await slowClients(served);
  const broken: string[] = [];
  if (report.stillOpen > 0) broken.push(`${report.stillOpen} slow connections are still open`);
  if (report.othersP99Ms > OTHERS_MS) broken.push(`others waited ${report.othersP99Ms} ms`);
  if (!served.isAlive()) broken.push('the service ended');
  print('slow', begun, report, broken);
}

async function run(): Promise<void> {
  if (['matrix', 'attack', 'slow'].some((step) => steps.has(step))) {
    await using served = await startServed();
    if (steps.has('matrix')) await matrixStep(served);
    if (steps.has('attack')) await attackStep(served);
    if (steps.has('slow')) await slowStep(served);
  }
  if (steps.has('damage')) {
    const begun = performance.now();
    const { broken, ...figures } = await damageFiles(Number(values.files), seed);
    print('damage', begun, figures, broken);
  }
  process.exitCode = failed ? 1 : 0;
}

await run();
