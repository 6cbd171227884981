/**
 * The composition root: turns a configuration into the parts that commands work with — store, catalogue, queue, job
 * processes, HTTP server. The only place that makes adapters.
 */
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { type Catalogue, openCatalogue } from '../extraction/catalogue.js';
import type { IndexProgress } from '../extraction/index-run.js';
import { isRemote, mountRemoteFiles } from '../extraction/store/remote-files.js';
import { S3Files } from '../extraction/store/s3-files.js';
import type { ObjectStore } from '../extraction/store.js';
import { FsStore } from '../extraction/store-fs.js';
import { S3Store } from '../extraction/store-s3.js';
import type { Config } from '../schemas/config.js';
import { hideFolders } from '../schemas/problem.js';
import { ChildPool } from '../workers/child-pool.js';
import { openJobQueue } from '../workers/open.js';
import type { JobQueue } from '../workers/queue.js';
import { lockState, type StateLock } from '../workers/state-lock.js';

/** Small jobs side by side in a job process. */
const SMALL_PER_CHILD = 32;
const SWEEP_EVERY_MS = 600_000;
/** A write that has not moved for so long belongs to nobody. */
const UNFINISHED_MS = 3_600_000;

/** Data and index: what `index`, `query`, `serve` and job processes share. */
export interface DataParts {
  readonly store: ObjectStore;
  readonly catalogue: Catalogue;
}

/** The lock of the state directory, for the one process that embeds its queue there; to be taken before anything is written. */
export function lockStateOf(config: Config): Promise<StateLock | undefined> {
  return config.queue === 'embedded' ? lockState(resolve(config.state)) : Promise.resolve(undefined);
}

/** Where indexes and results are: a folder of the state directory, or S3. */
export function openStore(config: Config): Promise<ObjectStore> {
  const { url, endpoint, region, timeoutMs } = config.store;
  if (url === 'file') return FsStore.open(join(resolve(config.state), 'store'));
  return S3Store.open({ url, region, timeoutMs, ...(endpoint === undefined ? {} : { endpoint }) });
}

/** Removes what killed processes left of unfinished writes, now and again. Stop by calling the result. */
export function keepSwept(store: ObjectStore, logger: Logger): () => void {
  if (!(store instanceof FsStore)) return () => undefined;
  const sweep = (): void => {
    store.sweep(UNFINISHED_MS, Date.now()).then(
      (removed) => removed > 0 && logger.info({ removed }, 'unfinished writes removed'),
      (error: unknown) => logger.warn({ err: error }, 'sweep'),
    );
  };
  sweep();
  const timer = setInterval(sweep, SWEEP_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Makes s3:// names of data readable, when the configuration has any. */
export async function mountData({ data, collections, store, files }: Config): Promise<void> {
  const roots = [...data, ...Object.values(collections).flatMap((collection) => collection.roots)];
  if (!roots.some(isRemote)) return;
  const { endpoint, region, timeoutMs } = store;
  const place = { region, timeoutMs, ...(endpoint === undefined ? {} : { endpoint }) };
  mountRemoteFiles(await S3Files.open({ ...place, cacheBytes: files.cacheBytes }));
}

export async function openData(
  config: Config,
  progress?: (progress: IndexProgress) => void,
  opened?: ObjectStore,
): Promise<DataParts> {
  await mountData(config);
  const state = resolve(config.state);
  const roots = [...config.data, ...Object.values(config.collections).flatMap((collection) => collection.roots)];
  hideFolders([state, ...roots.map((root) => (isRemote(root) ? root : resolve(root)))]);
  const store = opened ?? (await openStore(config));
  const catalogue = await openCatalogue({
    store,
    sources: { data: config.data, collections: config.collections },
    skip: [state],
    ...(progress === undefined ? {} : { progress }),
  });
  return { store, catalogue };
}

/** The queue of the configuration, over the results in `store`; it takes the lock over. */
export function openJobs(config: Config, store: ObjectStore, logger: Logger, lock?: StateLock): Promise<JobQueue> {
  const { limits } = config;
  return openJobQueue({
    url: config.queue,
    state: resolve(config.state),
    ...(lock === undefined ? {} : { lock }),
    store,
    ttlMs: limits.resultTtlSeconds * 1000,
    freeBytes: limits.freeBytes,
    durability: config.durability,
    workerShare: limits.workerShare,
    onFault: (error) => logger.error({ err: error }, 'queue'),
  });
}

export const concurrencyOf = (config: Config): number => config.workers.concurrency ?? availableParallelism();

/** Job processes at work. */
export interface Workers extends AsyncDisposable {
  readonly usage: ChildPool['usage'];
}

/** Starts taking jobs: child processes of this one run them. */
export async function startWorkers(config: Config, queue: JobQueue): Promise<Workers> {
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
  const consumer = await queue.process(pool.run, concurrency, {
    run: pool.runBeside,
    slots: concurrency * SMALL_PER_CHILD,
  });
  return {
    usage: () => pool.usage(),
    async [Symbol.asyncDispose]() {
      await consumer[Symbol.asyncDispose]();
      await pool[Symbol.asyncDispose]();
    },
  };
}
