/** `polyfst work`: runs jobs of a shared queue, without HTTP. Stops on SIGTERM or SIGINT after the running jobs. */
import type { Logger } from 'pino';
import { makeLogger } from '../api/log.js';
import type { Config } from '../schemas/config.js';
import { watchLoop } from '../workers/watchdog.js';
import { concurrencyOf, openData, openJobs, startWorkers } from './compose.js';
import { loadConfig, type ServiceFlags } from './load-config.js';
import { UsageError } from './output.js';
import { endWithin, unlessStopped, untilStopped } from './signals.js';
import { serveMetrics } from './worker-metrics.js';

export async function work(flags: ServiceFlags): Promise<number> {
  const config = await loadConfig(flags);
  if (config.queue === 'embedded') {
    throw new UsageError(
      'work: the embedded queue belongs to one serve; give --queue redis://HOST:PORT here and there',
    );
  }
  const logger = makeLogger(config.log);
  const stopped = untilStopped(logger);
  const working = await unlessStopped(startWorking(config, logger), stopped);
  return endWithin(await stopped, working, logger);
}

/** Takes jobs until the result is called. */
async function startWorking(config: Config, logger: Logger): Promise<() => Promise<void>> {
  const { store } = await openData(config);
  const queue = await openJobs(config, store, logger);
  const workers = await startWorkers(config, queue);
  const { metricsPort } = config.workers;
  const metrics =
    metricsPort === undefined ? undefined : await serveMetrics(workers.usage, config.http.host, metricsPort);
  const stopWatching = watchLoop();
  logger.info({ concurrency: concurrencyOf(config), queue: queue.health().kind }, 'working');
  return async () => {
    await workers[Symbol.asyncDispose]();
    await queue.close();
    await metrics?.[Symbol.asyncDispose]();
    stopWatching();
  };
}
