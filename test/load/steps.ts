/** The steps of the load test but the soak; each starts a service of its own. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import { Client, lanes, quantile } from './generator.js';
import type { StepResult } from './main.js';
import { big, small } from './requests.js';
import { type Served, startServed } from './served.js';

type Ground = Parameters<typeof startServed>[0];

const BAR = {
  cachedPerSecond: 1000,
  cachedP99Ms: 50,
  refusalP99Ms: 100,
  floodFactor: 2,
  recoveryMs: 5000,
  idleMb: 400,
} as const;

const round = (value: number): number => Math.round(value * 10) / 10;

function over(what: string, value: number, bar: number): string[] {
  return value <= bar ? [] : [`${what} is ${round(value)}, the bar is ${bar}`];
}

function under(what: string, value: number, bar: number): string[] {
  return value >= bar ? [] : [`${what} is ${round(value)}, the bar is ${bar}`];
}

/** Memory of a service that has answered once and then rests. */
export async function idle(ground: Ground): Promise<StepResult> {
  await using served = await startServed(ground, 'idle', {});
  const client = new Client(served.url, 1);
  await client.answer('demo', small(0));
  client.close();
  await sleep(3000);
  const serviceMb = (await served.memory()).rssBytes / 1048576;
  const treeMb = (await served.treeBytes()) / 1048576;
  const figures = { serviceMb: Math.round(serviceMb), withJobProcessesMb: Math.round(treeMb), bar: BAR.idleMb };
  return { figures, missed: over('memory of the idle service, MiB', serviceMb, BAR.idleMb) };
}

/** Equal small requests over v2, as many as come through. */
export async function cached(ground: Ground, seconds: number): Promise<StepResult> {
  await using served = await startServed(ground, 'cached', {});
  const client = new Client(served.url, 2);
  for (let n = 0; n < 20; n++) await client.answer('demo', small(n));
  client.close();
  const shoot = (duration: number): Promise<autocannon.Result> =>
    autocannon({
      url: `${served.url}/api/v2/demo/requests`,
      connections: 16,
      duration,
      requests: Array.from({ length: 20 }, (_, n) => ({
        method: 'POST' as const,
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(small(n)),
      })),
    });
  await shoot(2);
  const result = await shoot(seconds);
  const answered = result['2xx'] ?? 0;
  const perSecond = answered / result.duration;
  const figures = {
    perSecond: Math.round(perSecond),
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    answered,
    others: result.non2xx + result.errors,
    bars: { perSecond: BAR.cachedPerSecond, p99Ms: BAR.cachedP99Ms },
  };
  const missed = [
    ...under('cached answers a second', perSecond, BAR.cachedPerSecond),
    ...over('their p99, ms', result.latency.p99, BAR.cachedP99Ms),
  ];
  return { figures, missed };
}

/** More than the service may hold: what is too much is refused, and soon. */
export async function refusals(ground: Ground, seconds: number): Promise<StepResult> {
  const limits = { unfinished: 100, unfinishedPerUser: 100, inlineValues: 0, cacheBytes: 0, longPollMs: 0 };
  await using served = await startServed(ground, 'refusals', { limits }, ['--no-work']);
  const client = new Client(served.url, 20);
  const times: number[] = [];
  const statuses: Record<string, number> = {};
  const submit = async (n: number): Promise<void> => {
    const dialect = n % 2 === 0 ? '/api/v2/demo/requests' : '/api/v1/requests/demo';
    const body = n % 2 === 0 ? small(n) : { verb: 'retrieve', request: small(n) };
    const reply = await client.send('POST', dialect, JSON.stringify(body));
    statuses[reply.status] = (statuses[reply.status] ?? 0) + 1;
    if (reply.status === 529 || reply.status === 429) times.push(reply.ms);
  };
  await lanes(20, { until: performance.now() + seconds * 1000 }, submit);
  client.close();
  const p99 = quantile(times, 0.99);
  const strange = Object.keys(statuses).filter((status) => !['202', '303', '429', '529'].includes(status));
  const figures = {
    refused: times.length,
    perSecond: Math.round(times.length / seconds),
    p50Ms: round(quantile(times, 0.5)),
    p99Ms: round(p99),
    statuses,
    bar: BAR.refusalP99Ms,
  };
  const missed = [...under('refusals', times.length, 100), ...over('p99 of refusals, ms', p99, BAR.refusalP99Ms)];
  return { figures, missed: [...missed, ...strange.map((status) => `answers with status ${status}`)] };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const FLOOD = { big: 120, smallEach: 150, pauseMs: 20 } as const;

async function smallTimes(client: Client, from: number): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < FLOOD.smallEach; n++) {
    const reply = await client.answer('demo', small(from + n));
    if (reply.status !== 200) throw new Error(`a small request was answered ${reply.status}`);
    times.push(reply.ms);
    await sleep(FLOOD.pauseMs);
  }
  return times;
}

/** Small requests of one user, alone and while another user has a hundred and twenty big ones in the queue. None is cached. */
export async function flood(ground: Ground): Promise<StepResult> {
  const keys = ['calm', 'greedy'].map((user) => ({ id: user, user, sha256: sha256(`key-of-${user}`) }));
  await using served = await startServed(ground, 'flood', { auth: { keys }, limits: { cacheBytes: 0 } });
  const calm = new Client(served.url, 2, 'key-of-calm');
  const greedy = new Client(served.url, 4, 'key-of-greedy');
  await smallTimes(calm, 2000);
  const alone = await smallTimes(calm, 0);
  await lanes(4, { count: FLOOD.big }, async (n) => {
    const reply = await greedy.send(
      'POST',
      '/api/v1/requests/demo',
      JSON.stringify({ verb: 'retrieve', request: big(n) }),
    );
    if (reply.status !== 202) throw new Error(`a big request was answered ${reply.status}`);
  });
  await sleep(1000);
  const during = await smallTimes(calm, 1000);
  const left = await unfinished(served);
  const begun = performance.now();
  await greedy.send('DELETE', '/api/v1/requests/all');
  const after = await calm.answer('demo', small(3999));
  calm.close();
  greedy.close();
  const [p99, loaded] = [quantile(alone, 0.99), quantile(during, 0.99)];
  const figures = {
    aloneP50Ms: round(quantile(alone, 0.5)),
    aloneP99Ms: round(p99),
    floodedP50Ms: round(quantile(during, 0.5)),
    floodedP99Ms: round(loaded),
    factor: round(loaded / p99),
    bigLeft: left,
    revokedAndAnsweredMs: Math.round(performance.now() - begun),
    bar: BAR.floodFactor,
  };
  const missed = over('small p99 under a flood over unloaded', loaded / p99, BAR.floodFactor);
  if (left === 0) missed.push('the flood was over before the small requests were');
  if (after.status !== 200) missed.push(`after the flood a small request was answered ${after.status}`);
  return { figures, missed };
}

async function unfinished(served: Served): Promise<number> {
  const text = await (await fetch(`${served.url}/metrics`)).text();
  return Number(/^polyfst_requests_unfinished (\d+)/m.exec(text)?.[1] ?? 0);
}

/** From the end of an overload to small answers at their usual pace; and from a kill to the first answer. */
export async function recovery(ground: Ground): Promise<StepResult> {
  const limits = { cacheBytes: 0, inlineValues: 0, unfinished: 400 };
  await using served = await startServed(ground, 'recovery', { limits });
  const client = new Client(served.url, 40);
  await lanes(40, { until: performance.now() + 6000 }, async (n) => {
    await client.send('POST', '/api/v1/requests/demo', JSON.stringify({ verb: 'retrieve', request: small(n) }));
  });
  const ended = performance.now();
  let reply = await client.answer('demo', small(1));
  while (reply.status !== 200 || reply.ms > 1000) reply = await client.answer('demo', small(2));
  const recoveredMs = performance.now() - ended;
  client.close();
  const restartMs = await served.restart();
  const figures = { recoveredMs: Math.round(recoveredMs), restartMs: Math.round(restartMs), bar: BAR.recoveryMs };
  const missed = [
    ...over('recovery after overload, ms', recoveredMs, BAR.recoveryMs),
    ...over('restart after SIGKILL, ms', restartMs, BAR.recoveryMs),
  ];
  return { figures, missed };
}
