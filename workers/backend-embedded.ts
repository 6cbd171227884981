/**
 * The embedded queue: BullMQ's PostgreSQL backend on a PGlite in this process. One process at a time (workers/state-lock.ts
 * sees to that), so a broadcast stays within it, and jobs that were active when the last process died are free at once.
 */
import { EventEmitter } from 'node:events';
import { createPostgresBackend, FlowProducer, Queue, Worker } from 'bullmq';
import { type BullProcessor, type Payload, QUEUE_NAME, type QueueBackend } from './backend.js';
import { openEmbeddedDatabase } from './embedded-database.js';
import type { PglitePool } from './pglite-pool.js';

/** Jobs of the process before this one: it is dead, so nobody holds their locks. */
const FREE_ORPHANS = `
  UPDATE bullmq.job SET state = 'waiting', lock_token = NULL, locked_until_ms = NULL, stalled_marked = false
  WHERE state = 'active'`;

/** The event stream has no reader here; without trimming it outgrows the jobs. */
const TRIM_EVENTS = `DELETE FROM bullmq.event WHERE id < (SELECT COALESCE(max(id), 0) - 1000 FROM bullmq.event)`;

const DEAD_ROWS = `SELECT COALESCE(sum(n_dead_tup), 0)::int AS dead FROM pg_stat_user_tables`;
const VACUUM_FROM = 5000;

export interface EmbeddedBackend extends QueueBackend {
  /** the database was made anew and holds no jobs */
  readonly isNew: boolean;
}

export async function openEmbeddedBackend(folder: string): Promise<EmbeddedBackend> {
  const { db, pool, isNew } = await openEmbeddedDatabase(folder);
  await pool.query(FREE_ORPHANS);
  const changes = new EventEmitter();
  let finishedSinceVacuum = 0;
  const connection = pool as never;
  const queue = new Queue<Payload>(QUEUE_NAME, { connection }, createPostgresBackend as never);
  // Every failed call rejects by itself; the event without a listener would end the process.
  queue.on('error', () => undefined);
  const flows = new FlowProducer({ connection }, createPostgresBackend as never);
  flows.on('error', () => undefined);
  return {
    kind: 'embedded',
    isNew,
    queue: () => queue,
    addFlow: (flow) => flows.add(flow),
    openWorker: (processor: BullProcessor, options) => {
      const worker = new Worker<Payload, null>(
        QUEUE_NAME,
        processor,
        { ...options, connection },
        createPostgresBackend as never,
      );
      worker.on('completed', () => {
        finishedSinceVacuum += 1;
      });
      return worker;
    },
    isReachable: () => !db.closed,
    onReturn: () => undefined,
    broadcast: async (message) => {
      changes.emit('change', message);
    },
    subscribe: async (listener) => {
      changes.on('change', listener);
    },
    maintain: async () => {
      if (db.closed || finishedSinceVacuum === 0) return;
      await pool.query(TRIM_EVENTS);
      if (finishedSinceVacuum < VACUUM_FROM && (await deadRows(pool)) < VACUUM_FROM) return;
      await pool.query('VACUUM bullmq.job');
      await pool.query('VACUUM bullmq.event');
      finishedSinceVacuum = 0;
    },
    warnings: () => [],
    close: async () => {
      await flows.close();
      await queue.close();
      await db.close();
    },
  };
}

async function deadRows(pool: PglitePool): Promise<number> {
  const { rows } = await pool.query<{ dead: number }>(DEAD_ROWS);
  return Number(rows[0]?.dead ?? 0);
}
