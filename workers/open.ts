/**
 * Opens the queue that the configuration names, with everything that belongs to it: the lock of the state directory (only
 * the embedded queue needs one), the backend, which is loaded only when it is used, and the queue.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FeatureError } from '../schemas/problem.js';
import type { QueueBackend } from './backend.js';
import { type JobQueue, openQueue, type QueueOptions } from './queue.js';
import { lockState, type StateLock } from './state-lock.js';

export interface OpenOptions extends Omit<QueueOptions, 'backend'> {
  /** `embedded`, redis://… or postgres://… */
  readonly url: string;
  /** lock of the state directory, when the caller holds it already; released with the queue */
  readonly lock?: StateLock;
}

/** Refuses with `file_locked` when another process embeds its queue in the same state directory. */
export async function openJobQueue(options: OpenOptions): Promise<JobQueue> {
  await mkdir(options.state, { recursive: true });
  if (options.url !== 'embedded') return openQueue({ ...options, backend: await openServer(options.url) });
  const lock = options.lock ?? (await lockState(options.state));
  try {
    const { openEmbeddedBackend } = await import('./backend-embedded.js');
    const backend = await openEmbeddedBackend(join(options.state, 'queue'));
    const close = async (): Promise<void> => {
      await backend.close();
      await lock.release();
    };
    return await openQueue({ ...options, backend: { ...backend, close } });
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function openServer(url: string): Promise<QueueBackend> {
  if (/^rediss?:/.test(url)) return (await import('./backend-redis.js')).openRedisBackend(url);
  if (/^postgres(ql)?:/.test(url)) return (await import('./backend-postgres.js')).openPostgresBackend(url);
  throw new FeatureError('bad_value', `queue ${url} is not embedded, redis://… or postgres://…; correct --queue.`);
}
