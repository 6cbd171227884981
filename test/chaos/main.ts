/**
 * Program: clients, kills and a verdict. `npm run test:chaos -- [--queue redis|embedded] [--requests N] [--kills N]
 * [--servers N] [--workers N] [--users N] [--seed N] [--keep]`. Starts the service as it is installed, on the demo run,
 * kills and freezes processes (and Redis) while clients work, then hands the clients' logs to the checker.
 * Prints one JSON line; exit 0 when nothing was broken.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { root } from '../paths.js';
import { type RedisServer, startRedis } from '../redis.js';
import { checkHistory } from './checker.js';
import { ChaosClient } from './client.js';
import { Fleet } from './fleet.js';
import type { HistoryEvent } from './history.js';
import { answers, type Question, questions } from './questions.js';
import { seededRandom } from './random.js';

const { values } = parseArgs({
  options: {
    queue: { type: 'string', default: 'redis' },
    requests: { type: 'string', default: '300' },
    kills: { type: 'string', default: '15' },
    servers: { type: 'string' },
    workers: { type: 'string' },
    users: { type: 'string', default: '8' },
    seed: { type: 'string', default: String(Date.now() % 1e9) },
    keep: { type: 'boolean', default: false },
  },
});

const isEmbedded = values.queue === 'embedded';
const requests = Number(values.requests);
const kills = Number(values.kills);
const users = Array.from({ length: Number(values.users) }, (_, n) => `user${n}`);
const random = seededRandom(Number(values.seed));
const keyOf = (user: string): string => `chaos-key-of-${user}`;

/** After the last fault, what was accepted must have ended within this. */
const SETTLE_MS = 60_000;
const QUESTIONS = 24;
const REFUSAL_MS = 1500;
/** How often starvation is looked for, what counts as it, and how long it is felt. */
const LOOK_MS = 50;
const STARVED_MS = 200;
const THAW_MS = 2000;
const COLLECTION = 'demo';

interface Ground {
  readonly folder: string;
  readonly data: string;
  readonly config: string;
  readonly asked: readonly Question[];
  readonly hashes: ReadonlyMap<string, string>;
}

async function prepare(): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), 'polyfst-chaos-'));
  const data = join(folder, 'data');
  await promisify(execFile)(process.execPath, [join(root, 'dist', 'cli', 'main.js'), 'demo', data]);
  const keys = users.map((user) => ({
    id: user,
    user,
    sha256: createHash('sha256').update(keyOf(user)).digest('hex'),
  }));
  const config = join(folder, 'config.json');
  // No inline answers and no cache: every request takes the whole way through queue and job process.
  await writeFile(
    config,
    JSON.stringify({ auth: { keys }, limits: { inlineValues: 0, cacheBytes: 0, longPollMs: 3000, splitValues: 200 } }),
  );
  const asked = questions(QUESTIONS);
  const scratch = join(folder, 'questions');
  await mkdir(scratch);
  return { folder, data, config, asked, hashes: await answers(asked, data, scratch) };
}

/** One user's work: submits, follows, sometimes revokes, asks again later, looks at the list and at a stranger's id. */
async function work(
  client: ChaosClient,
  ground: Ground,
  ids: string[],
  count: number,
  until: () => number,
): Promise<void> {
  const open: Promise<void>[] = [];
  for (let n = 0; n < count; n++) {
    const question = ground.asked[Math.floor(random() * ground.asked.length)]!;
    const id = await client.submit(question.name, question.request);
    ids.push(id);
    if (random() < 0.1) await client.revoke(id);
    open.push(client.follow(id, until()));
    if (random() < 0.1) await client.list();
    if (random() < 0.1) await client.poll(ids[Math.floor(random() * ids.length)]!);
    await sleep(random() * 200);
  }
  await Promise.all(open);
}

/** Kills, freezes and restarts until all kills are done. */
async function torment(fleet: Fleet, redis: RedisServer | undefined): Promise<void> {
  for (let kill = 0; kill < kills; kill++) {
    await sleep(500 + random() * 1000);
    if (redis !== undefined && (kill === Math.floor(kills / 3) || kill === Math.floor((2 * kills) / 3))) {
      await redis.kill();
      await sleep(300);
      await redis.restart();
      continue;
    }
    const member = fleet.members[Math.floor(random() * fleet.members.length)]!;
    if (random() < 0.15) await fleet.freeze(member, 2000 + random() * 5000);
    else {
      await fleet.kill(member);
      await sleep(random() * 300);
      await fleet.begin(member);
    }
  }
}

/** Notes when this process, which only waits, did not get the processor: the service did not either. */
function watchStarvation(stops: Fleet['stops']): () => void {
  let last = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    if (now - last > LOOK_MS + STARVED_MS) stops.push({ from: last - STARVED_MS, to: now + THAW_MS });
    last = now;
  }, LOOK_MS);
  return () => clearInterval(timer);
}

/** Asks for everything once more when all is quiet: the last word on every id. */
async function lastWords(clients: readonly ChaosClient[], history: readonly HistoryEvent[]): Promise<void> {
  for (const client of clients) {
    const own = history.flatMap((one) =>
      one.op === 'submit' && one.user === client.user && one.id !== undefined ? [one.id] : [],
    );
    for (const id of own) await client.follow(id, performance.now() + SETTLE_MS);
    await client.list();
  }
}

async function run(): Promise<boolean> {
  const ground = await prepare();
  const redis = isEmbedded ? undefined : await startRedis();
  const history: HistoryEvent[] = [];
  const begun = performance.now();
  let lastFault = Number.POSITIVE_INFINITY;
  try {
    await using fleet = await Fleet.start({
      ...{ data: ground.data, state: join(ground.folder, 'state'), config: ground.config },
      queue: redis?.url ?? 'embedded',
      servers: isEmbedded ? 1 : Number(values.servers ?? 2),
      workers: isEmbedded ? 0 : Number(values.workers ?? 3),
      log: join(ground.folder, 'service.log'),
    });
    const stopWatching = watchStarvation(fleet.stops);
    const target = { urls: () => fleet.urls, collection: COLLECTION };
    const clients = users.map((user) => new ChaosClient(user, keyOf(user), target, history, random));
    const ids: string[] = [];
    const share = Math.ceil(requests / users.length);
    const tormented = torment(fleet, redis).then(() => {
      lastFault = performance.now();
    });
    const untilNow = (): number => Math.min(lastFault, performance.now() + 10 * SETTLE_MS) + SETTLE_MS;
    await Promise.all([tormented, ...clients.map((client) => work(client, ground, ids, share, untilNow))]);
    await lastWords(clients, history);
    stopWatching();
    const allowedFailures = new Set<string>();
    const broken = checkHistory(history, {
      sha256: ground.hashes,
      refusalMs: REFUSAL_MS,
      stops: fleet.stops,
      allowedFailures,
    });
    report(history, broken, fleet, performance.now() - begun, ground);
    return broken.length === 0;
  } finally {
    await redis?.[Symbol.asyncDispose]();
    await writeFile(join(ground.folder, 'history.ndjson'), history.map((one) => `${JSON.stringify(one)}\n`).join(''));
    if (!values.keep) await rm(ground.folder, { recursive: true, force: true });
  }
}

function report(
  history: readonly HistoryEvent[],
  broken: ReturnType<typeof checkHistory>,
  fleet: Fleet,
  ms: number,
  ground: Ground,
): void {
  for (const violation of broken.slice(0, 20)) {
    process.stderr.write(`${violation.kind}: ${violation.id} ${violation.detail}\n`);
  }
  const count = (op: HistoryEvent['op'], status: number): number =>
    history.filter((one) => one.op === op && one.status === status).length;
  const line = {
    queue: values.queue,
    seed: Number(values.seed),
    accepted: count('submit', 202),
    kills,
    polls: history.filter((one) => one.op === 'poll').length,
    downloads: count('download', 200),
    revoked: count('revoke', 200),
    refused: history.filter((one) => one.status === 529).length,
    first_start_ms: Math.round(fleet.readyMs[0] ?? 0),
    slowest_restart_ms: Math.round(Math.max(0, ...fleet.readyMs.slice(fleet.urls.length))),
    seconds: Math.round(ms / 1000),
    violations: broken.length,
    ...(values.keep ? { folder: ground.folder } : {}),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

// `node --test` on Node 20 starts every file below a folder named `test`; this one is not meant.
if (process.env['NODE_TEST_CONTEXT'] === undefined) process.exitCode = (await run()) ? 0 : 1;
