/** `polyfst serve`: index, HTTP, and by default the workers, in one process. Ready when its port answers. */
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { AnswerCache } from '../api/answer-cache.js';
import type { InlineLane } from '../api/context.js';
import { createHttpServer } from '../api/http-server.js';
import { keptLane } from '../api/kept-answers.js';
import { makeLogger } from '../api/log.js';
import { addJobGauges, makeMetrics } from '../api/metrics.js';
import { buildServer } from '../api/server.js';
import { loadSigningKeys } from '../api/signing.js';
import { keepDerived } from '../extraction/catalogue/derived-upkeep.js';
import type { Catalogue } from '../extraction/catalogue.js';
import type { Config } from '../schemas/config.js';
import type { StateLock } from '../workers/state-lock.js';
import { UnderWay } from '../workers/under-way.js';
import { watchLoop } from '../workers/watchdog.js';
import { extractDeps, requestPlanner } from './answer.js';
import { keepSwept, lockStateOf, openData, openJobs, openStore, startWorkers } from './compose.js';
import { refreshWithProgress } from './index-data.js';
import { loadConfig, type ServiceFlags } from './load-config.js';
import { printNextSteps } from './next-steps.js';
import { UsageError } from './output.js';
import { endWithin, unlessStopped, untilStopped } from './signals.js';
import { surfacesOf } from './surfaces.js';

/** Time for open answers when the service stops, ms. */
const LAST_BYTES_MS = 20_000;

export interface Service {
  readonly url: string;
  readonly catalogue: Catalogue;
  close(): Promise<void>;
}

/** Looks at the data folders, or at what another process published of them, again and again; failures are logged. */
function keepFresh(catalogue: Catalogue, config: Config, logger: Logger): () => void {
  if (config.files.rescanMs === 0) return () => undefined;
  const timer = setInterval(() => {
    const looking: Promise<unknown> = config.files.index ? catalogue.refresh() : catalogue.sync();
    looking.catch((error: unknown) => logger.error({ err: error }, 'index'));
  }, config.files.rescanMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Index and queue take about as long to open; neither needs the other. What was opened is closed when the other fails. */
async function openParts(config: Config, logger: Logger, lock: StateLock | undefined) {
  const store = await openStore(config);
  const opening = openJobs(config, store, logger, lock);
  try {
    const { catalogue } = config.files.index
      ? await refreshWithProgress(config, store)
      : await openData(config, undefined, store);
    return { store, catalogue, queue: await opening };
  } catch (error) {
    await opening.then((queue) => queue.close()).catch(() => undefined);
    throw error;
  }
}

function listen(server: Server, { host, port }: Config['http']): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be listened on (${error.code})`;
      fail(new UsageError(`serve: ${host}:${port} ${reason}; give another --host or --port`));
    });
    server.listen(port, host, done);
  });
}

/** Starts everything and resolves when requests are answered. Without a lock of the state directory it takes one first. */
export async function startService(config: Config, version: string, held?: StateLock): Promise<Service> {
  const logger = makeLogger(config.log);
  const lock = held ?? (await lockStateOf(config));
  const { store, catalogue, queue } = await openParts(config, logger, lock);
  const stopping = new AbortController();
  const extract = extractDeps(config);
  const { cacheBytes, resultBytes } = config.limits;
  const answers = new AnswerCache(cacheBytes);
  const underWay = new UnderWay();
  const lane = keptLane(answers, store, resultBytes);
  const inline: InlineLane = (job, signal) => underWay.track(lane(job, signal));
  const deps = {
    config,
    queue,
    store,
    planner: requestPlanner(catalogue, config, extract),
    signingKeys: await loadSigningKeys(resolve(config.state)),
    logger,
    metrics: makeMetrics({ process: true }),
    now: Date.now,
    notReady: () => undefined,
    version,
    stopping: stopping.signal,
    ...(cacheBytes > 0 ? { answers, inline } : {}),
  };
  const { listener } = buildServer({ ...deps, surfaces: surfacesOf({ deps, catalogue, extract }) });
  const workers = config.workers.enabled ? await startWorkers(config, queue) : undefined;
  if (workers !== undefined) addJobGauges(deps.metrics, workers.usage);
  const server = createHttpServer(listener, config);
  try {
    await listen(server, config.http);
  } catch (error) {
    await workers?.[Symbol.asyncDispose]();
    await queue.close();
    throw error;
  }
  const stopScanning = keepFresh(catalogue, config, logger);
  const stopSweeping = keepSwept(store, logger);
  const stopJumps = keepDerived(catalogue, extract.jumps, (error) => logger.error({ err: error }, 'jump index'));
  const stopSides = keepDerived(catalogue, extract.sides, (error) => logger.error({ err: error }, 'side-file'));
  const { address, port, family } = server.address() as AddressInfo;
  const host = family === 'IPv6' ? `[${address}]` : address;
  return {
    url: config.http.publicUrl ?? `http://${host}:${port}`,
    catalogue,
    async close() {
      stopScanning();
      stopSweeping();
      stopJumps();
      stopSides();
      stopping.abort();
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeIdleConnections();
      // A reader of a large result who is too slow gets it from the next process.
      const cut = setTimeout(() => server.closeAllConnections(), LAST_BYTES_MS);
      await workers?.[Symbol.asyncDispose]();
      await closed;
      clearTimeout(cut);
      await underWay.settled();
      await queue.close();
    },
  };
}

/** Without any data the demo run is written beside the state and served. */
async function withDemo(config: Config): Promise<Config> {
  if (config.data.length > 0 || Object.keys(config.collections).length > 0) return config;
  const dir = join(resolve(config.state), 'demo');
  const { ensureDemo } = await import('./demo.js');
  await ensureDemo(dir);
  return { ...config, data: [dir] };
}

export async function serve(flags: ServiceFlags): Promise<number> {
  const config = await loadConfig(flags);
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const logger = makeLogger(config.log);
  const lock = await lockStateOf(config);
  const stopped = untilStopped(logger);
  const stopWatching = watchLoop();
  const start = async (): Promise<Service> => startService(await withDemo(config), version, lock);
  const service = await unlessStopped(start(), stopped);
  await printNextSteps(service.url, service.catalogue);
  const code = await endWithin(await stopped, () => service.close(), logger);
  stopWatching();
  return code;
}
