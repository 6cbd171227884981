/**
 * The composition root: turns a configuration into the parts that commands work with — store, catalogue, queue, job
 * processes, HTTP server. The only place that makes adapters.
 */
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { type Catalogue, openCatalogue } from '../extraction/catalogue.js';
import type { IndexProgress } from '../extraction/index-run.js';
import type { ObjectStore } from '../extraction/store.js';
import { FsStore } from '../extraction/store-fs.js';
import type { Config } from '../schemas/config.js';
import { ChildPool } from '../workers/child-pool.js';
import { openJobQueue } from '../workers/open.js';
import type { JobQueue } from '../workers/queue.js';

/** Data and index: what `index`, `query`, `serve` and job processes share. */
export interface DataParts {
  readonly store: FsStore;
  readonly catalogue: Catalogue;
}

export async function openData(config: Config, progress?: (progress: IndexProgress) => void): Promise<DataParts> {
  const state = resolve(config.state);
  const store = await FsStore.open(join(state, 'store'));
  const catalogue = await openCatalogue({
    store,
    sources: { data: config.data, collections: config.collections },
    skip: [state],
    ...(progress === undefined ? {} : { progress }),
  });
  return { store, catalogue };
}

/** The queue of the configuration, over the results in `store`. */
export function openJobs(config: Config, store: ObjectStore, logger: Logger): Promise<JobQueue> {
  const { limits } = config;
  return openJobQueue({
    url: config.queue,
    state: resolve(config.state),
    store,
    ttlMs: limits.resultTtlSeconds * 1000,
    freeBytes: limits.freeBytes,
    durability: config.durability,
    workerShare: limits.workerShare,
    onFault: (error) => logger.error({ err: error }, 'queue'),
  });
}

export const concurrencyOf = (config: Config): number => config.workers.concurrency ?? availableParallelism();

/** Starts taking jobs: child processes of this one run them. */
export async function startWorkers(config: Config, queue: JobQueue): Promise<AsyncDisposable> {
  const { workers, limits } = config;
  const concurrency = concurrencyOf(config);
  const pool = new ChildPool({
    entry: new URL('./job-child.js', import.meta.url),
    init: config,
    heapMb: workers.childHeapMb,
    rssMb: workers.childRssMb,
    jobMs: limits.jobSeconds * 1000,
    jobsPerChild: workers.jobsPerChild,
    warm: concurrency,
  });
  const consumer = await queue.process(pool.run, concurrency);
  return {
    async [Symbol.asyncDispose]() {
      await consumer[Symbol.asyncDispose]();
      await pool[Symbol.asyncDispose]();
    },
  };
}
