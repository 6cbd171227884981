/** A PostgreSQL server as the queue: the same backend of BullMQ as the embedded one, over a real connection pool. */
import { createPostgresBackend, FlowProducer, Queue, runMigrations, Worker } from 'bullmq';
import pg from 'pg';
import { type BullProcessor, type Payload, QUEUE_NAME, type QueueBackend } from './backend.js';

const CHANNEL = 'polyfst_changes';
const RELISTEN_MS = 1000;

export async function openPostgresBackend(url: string): Promise<QueueBackend> {
  const pool = new pg.Pool({
    connectionString: url,
    options: '-c search_path=bullmq',
    connectionTimeoutMillis: 1000,
    keepAlive: true,
  });
  let isUp = true;
  let returned = (): void => undefined;
  let listener: ((message: string) => void) | undefined;
  let listening: pg.Client | undefined;
  let isClosing = false;
  pool.on('error', () => undefined);
  const session = await pool.connect();
  try {
    await runMigrations(session);
  } finally {
    session.release();
  }

  async function listen(): Promise<void> {
    const client = new pg.Client({ connectionString: url, keepAlive: true });
    const lost = (): void => {
      isUp = false;
      client.removeAllListeners();
      client.on('error', () => undefined);
      if (!isClosing) setTimeout(() => void listen(), RELISTEN_MS).unref();
    };
    client.once('error', lost);
    client.once('end', lost);
    client.on('notification', (notification) => listener?.(notification.payload ?? ''));
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      listening = client;
      if (!isUp) returned();
      isUp = true;
    } catch {
      // `lost` has been called by the client, which tries again.
    }
  }
  await listen();

  const connection = pool as never;
  const queue = new Queue<Payload>(QUEUE_NAME, { connection }, createPostgresBackend as never);
  queue.on('error', () => undefined);
  const flows = new FlowProducer({ connection }, createPostgresBackend as never);
  flows.on('error', () => undefined);
  return {
    kind: 'postgres',
    queue: () => queue,
    addFlow: (flow) => flows.add(flow),
    openWorker: (processor: BullProcessor, options) =>
      new Worker<Payload, null>(QUEUE_NAME, processor, { ...options, connection }, createPostgresBackend as never),
    isReachable: () => isUp,
    onReturn: (callback) => {
      returned = callback;
    },
    broadcast: async (message) => {
      await pool.query('SELECT pg_notify($1, $2)', [CHANNEL, message]);
    },
    subscribe: async (callback) => {
      listener = callback;
    },
    maintain: async () => {
      await pool.query('DELETE FROM bullmq.event WHERE id < (SELECT COALESCE(max(id), 0) - 1000 FROM bullmq.event)');
    },
    warnings: () => [],
    close: async () => {
      isClosing = true;
      await flows.close();
      await queue.close();
      await listening?.end().catch(() => undefined);
      await pool.end();
    },
  };
}
