/** Mixed traffic for a while; afterwards memory, descriptors and temporary files must not have a slope. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, lanes } from './generator.js';
import type { StepResult } from './main.js';
import { small } from './requests.js';
import { type Served, startServed } from './served.js';

/**
 * Work before the measurement. A service that has just begun grows honestly: compiled code, the bodies whose answers are
 * known (some thousands, then no more), the maps of free space that the embedded database opens with its first vacuum. By
 * time that takes minutes at the pace of the measurement; at full pace, twelve thousand requests.
 */
const WARM = { requests: 12_000, mostMs: 38_000, lanes: 12, restMs: 3000 } as const;
const SAMPLE_MS = 1000;
const LANES = 4;
const PAUSE_MS = 10;
/** Bytes a minute below which growth of the heap is none. */
const NO_SLOPE = 0.5 * 1048576;

interface Sample {
  readonly minutes: number;
  readonly heap: number;
  readonly external: number;
  readonly rss: number;
  readonly descriptors: number;
}

/** Least-squares slope a minute, and twice its standard error. */
export function slopeOf(samples: readonly Sample[], of: (sample: Sample) => number): { slope: number; doubt: number } {
  const count = samples.length;
  const meanX = samples.reduce((sum, one) => sum + one.minutes, 0) / count;
  const meanY = samples.reduce((sum, one) => sum + of(one), 0) / count;
  let xx = 0;
  let xy = 0;
  for (const one of samples) {
    xx += (one.minutes - meanX) ** 2;
    xy += (one.minutes - meanX) * (of(one) - meanY);
  }
  const slope = xy / xx;
  const rest = samples.reduce((sum, one) => sum + (of(one) - meanY - slope * (one.minutes - meanX)) ** 2, 0);
  return { slope, doubt: 2 * Math.sqrt(rest / Math.max(1, count - 2) / xx) };
}

/** One thing that clients do: new and equal requests, refusals, lists, revocations. */
async function act(client: Client, n: number): Promise<void> {
  switch (n % 8) {
    case 0:
      await client.send(
        'POST',
        '/api/v1/requests/demo',
        JSON.stringify({ verb: 'retrieve', request: { param: 'none' } }),
      );
      break;
    case 1:
      await client.send('GET', '/api/v1/requests/7zzzzzzzzzzzzzzzzzzzzzzzzz');
      break;
    case 2: {
      const body = JSON.stringify({ verb: 'retrieve', request: small(n) });
      const reply = await client.send('POST', '/api/v1/requests/demo', body);
      if (reply.location !== undefined) await client.send('DELETE', new URL(reply.location).pathname);
      break;
    }
    case 3:
      await client.answer('demo', small(n));
      break;
    default:
      await client.answer('demo', small(n % 5));
  }
}

async function sample(served: Served, begun: number): Promise<Sample> {
  const { heapBytes, rssBytes, externalBytes } = await served.memory();
  const minutes = (performance.now() - begun) / 60_000;
  return { minutes, heap: heapBytes, external: externalBytes, rss: rssBytes, descriptors: await served.descriptors() };
}

export async function soak(ground: Parameters<typeof startServed>[0], seconds: number): Promise<StepResult> {
  // Results live for two seconds and few answers are kept: what is kept is as much at the end as in the middle.
  const limits = { resultTtlSeconds: 2, cacheBytes: 100_000 };
  await using served = await startServed(ground, 'soak', { limits });
  const client = new Client(served.url, LANES);
  const warming = new Client(served.url, WARM.lanes);
  const warm = { count: WARM.requests, until: performance.now() + WARM.mostMs };
  let count = 0;
  await lanes(WARM.lanes, warm, () => act(warming, count++));
  warming.close();
  await sleep(WARM.restMs);
  const warmed = count;
  const begun = performance.now();
  const until = begun + seconds * 1000;
  const lane = async (): Promise<void> => {
    while (performance.now() < until) {
      await act(client, count++);
      await sleep(PAUSE_MS);
    }
  };
  const samples: Sample[] = [];
  const watch = async (): Promise<void> => {
    while (performance.now() < until) {
      samples.push(await sample(served, begun));
      await sleep(SAMPLE_MS);
    }
  };
  await Promise.all([...Array.from({ length: LANES }, lane), watch()]);
  client.close();
  const heap = slopeOf(samples, (one) => one.heap);
  const rss = slopeOf(samples, (one) => one.rss);
  const descriptors = slopeOf(samples, (one) => one.descriptors);
  const mb = (bytes: number): number => Math.round(bytes / 10485.76) / 100;
  const missed: string[] = [];
  if (heap.slope - heap.doubt > NO_SLOPE) missed.push(`the heap grows by ${mb(heap.slope)} MiB a minute`);
  if (rss.slope - rss.doubt > NO_SLOPE) missed.push(`resident memory grows by ${mb(rss.slope)} MiB a minute`);
  if (descriptors.slope - descriptors.doubt > 1) missed.push(`descriptors grow by ${descriptors.slope} a minute`);
  const figures = {
    soakSeconds: seconds,
    warmUpRequests: warmed,
    requests: count - warmed,
    heapSlopeMbPerMin: mb(heap.slope),
    heapDoubt: mb(heap.doubt),
    externalSlopeMbPerMin: mb(slopeOf(samples, (one) => one.external).slope),
    rssSlopeMbPerMin: mb(rss.slope),
    rssDoubt: mb(rss.doubt),
    descriptorSlope: Math.round(descriptors.slope * 100) / 100,
    rssMb: Math.round((samples.at(-1)?.rss ?? 0) / 1048576),
    descriptors: samples.at(-1)?.descriptors,
  };
  return { figures, missed };
}
