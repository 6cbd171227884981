/**
 * Redis as the queue, for any number of processes and machines. Producers fail in a second (a submit must not hang),
 * workers wait and resume. Changes are told on a channel of publish/subscribe; that is best effort by nature.
 */
import { FlowProducer, Queue, Worker } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import { type BullProcessor, type Payload, QUEUE_NAME, type QueueBackend } from './backend.js';
import { redisRate } from './submit-rate.js';

const CHANNEL = 'polyfst:changes';

/** Producers: fail within a second, and at once while there is no connection. */
const PRODUCER: RedisOptions = { maxRetriesPerRequest: 1, enableOfflineQueue: false, commandTimeout: 1000 };
/** Workers and subscribers: wait as long as it takes. */
const CONSUMER: RedisOptions = { maxRetriesPerRequest: null };

const retryStrategy = (times: number): number => Math.min(200 * times, 2000);

/** Longest wait for a first connection; without one the service starts and refuses submits until Redis is there. */
const FIRST_CONNECTION_MS = 2000;

export async function openRedisBackend(url: string): Promise<QueueBackend> {
  const connect = (options: RedisOptions): Redis => {
    const client = new Redis(url, { ...options, retryStrategy, connectTimeout: 2000, keepAlive: 5000 });
    // Every failed call rejects by itself; the event without a listener would end the process.
    client.on('error', () => undefined);
    return client;
  };
  const producer = connect(PRODUCER);
  const subscriber = connect(CONSUMER);
  const workers: Redis[] = [];
  const warnings: string[] = [];
  let returned = (): void => undefined;
  let wasAway = false;
  producer.on('close', () => {
    wasAway = true;
  });
  let { queue, flows } = openProducers(producer);
  producer.on('ready', () => {
    // BullMQ's queue is dead for good when its first commands fail, so a connection begins with a new one.
    if (!wasAway) return;
    wasAway = false;
    queue.close().catch(() => undefined);
    flows.close().catch(() => undefined);
    ({ queue, flows } = openProducers(producer));
    returned();
  });
  await ready(producer);
  if (producer.status === 'ready') warnings.push(...(await settingsToWarnOf(producer)));
  return {
    kind: 'redis',
    queue: () => queue,
    addFlow: (flow) => flows.add(flow),
    openWorker: (processor: BullProcessor, options) => {
      const connection = connect(CONSUMER);
      workers.push(connection);
      return new Worker<Payload, null>(QUEUE_NAME, processor, { ...options, connection });
    },
    isReachable: () => producer.status === 'ready',
    onReturn: (callback) => {
      returned = callback;
    },
    broadcast: async (message) => {
      await producer.publish(CHANNEL, message);
    },
    subscribe: async (listener) => {
      subscriber.on('message', (_channel, message) => listener(message));
      // Not awaited: without Redis the service starts all the same, and ioredis subscribes again after each connection.
      subscriber.subscribe(CHANNEL).catch(() => undefined);
    },
    maintain: async () => undefined,
    submitRate: (perMinute) => redisRate(perMinute, producer),
    warnings: () => warnings,
    close: async () => {
      for (const client of [producer, subscriber, ...workers]) client.disconnect();
    },
  };
}

function openProducers(connection: Redis) {
  const queue = new Queue<Payload>(QUEUE_NAME, { connection });
  queue.on('error', () => undefined);
  const flows = new FlowProducer({ connection });
  flows.on('error', () => undefined);
  return { queue, flows };
}

function ready(client: Redis): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, FIRST_CONNECTION_MS);
    client.once('ready', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/**
 * Settings under which Redis alone would lose jobs. Accepted requests are in the journal and come back from there, so
 * these are warnings, not refusals.
 */
async function settingsToWarnOf(client: Redis): Promise<string[]> {
  try {
    const setting = async (name: string): Promise<string> => ((await client.config('GET', name)) as string[])[1] ?? '';
    const [policy, appendOnly, sync] = await Promise.all([
      setting('maxmemory-policy'),
      setting('appendonly'),
      setting('appendfsync'),
    ]);
    const found: string[] = [];
    if (policy !== 'noeviction')
      found.push(`Redis may drop jobs: maxmemory-policy is ${policy}, set it to noeviction.`);
    if (appendOnly !== 'yes' || sync !== 'always') {
      found.push(
        'Redis forgets queued jobs when it dies (appendonly yes and appendfsync always keep them); the journal replays them.',
      );
    }
    return found;
  } catch {
    return ['The settings of Redis could not be read (CONFIG GET is not allowed).'];
  }
}
