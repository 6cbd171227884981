/** `polyfst serve`: index, HTTP, and by default the workers, in one process. Ready when its port answers. */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { createHttpServer } from '../api/http-server.js';
import { makeLogger } from '../api/log.js';
import { makeMetrics } from '../api/metrics.js';
import { buildServer } from '../api/server.js';
import { loadSigningKeys } from '../api/signing.js';
import type { Catalogue } from '../extraction/catalogue.js';
import type { Config } from '../schemas/config.js';
import { watchLoop } from '../workers/watchdog.js';
import { extractDeps, requestPlanner } from './answer.js';
import { openJobs, startWorkers } from './compose.js';
import { refreshWithProgress } from './index-data.js';
import { loadConfig, type ServiceFlags } from './load-config.js';
import { printNextSteps } from './next-steps.js';
import { EXIT } from './output.js';
import { untilStopped } from './signals.js';

export interface Service {
  readonly url: string;
  readonly catalogue: Catalogue;
  close(): Promise<void>;
}

/** Looks at the data folders again and again; one that fails is logged and tried the next time. */
function keepFresh(catalogue: Catalogue, config: Config, logger: Logger): () => void {
  if (config.files.rescanMs === 0) return () => undefined;
  const timer = setInterval(() => {
    catalogue.refresh().catch((error: unknown) => logger.error({ err: error }, 'index'));
  }, config.files.rescanMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Starts everything and resolves when requests are answered. */
export async function startService(config: Config, version: string): Promise<Service> {
  const logger = makeLogger(config.log);
  const { store, catalogue } = await refreshWithProgress(config);
  const queue = await openJobs(config, store, logger);
  const stopping = new AbortController();
  const { listener } = buildServer({
    config,
    queue,
    store,
    planner: requestPlanner(catalogue, config, extractDeps(config)),
    signingKeys: await loadSigningKeys(resolve(config.state)),
    logger,
    metrics: makeMetrics({ process: true }),
    now: Date.now,
    notReady: () => undefined,
    version,
    stopping: stopping.signal,
  });
  const workers = config.workers.enabled ? await startWorkers(config, queue) : undefined;
  const server = createHttpServer(listener, config);
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(config.http.port, config.http.host, done);
  });
  const stopScanning = keepFresh(catalogue, config, logger);
  const { address, port, family } = server.address() as AddressInfo;
  const host = family === 'IPv6' ? `[${address}]` : address;
  return {
    url: config.http.publicUrl ?? `http://${host}:${port}`,
    catalogue,
    async close() {
      stopScanning();
      stopping.abort();
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeIdleConnections();
      await workers?.[Symbol.asyncDispose]();
      await closed;
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
  const config = await withDemo(await loadConfig(flags));
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const stopWatching = watchLoop();
  const service = await startService(config, version);
  await printNextSteps(service.url, service.catalogue);
  await untilStopped(makeLogger(config.log));
  await service.close();
  stopWatching();
  return EXIT.ok;
}
