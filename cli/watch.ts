/**
 * `polyfst watch`: looks at the data folders again and again, and publishes their indexes in the store. Any number of `serve`
 * with `files.index: false` take them from there, so that one process walks the folders instead of all.
 */
import type { Logger } from 'pino';
import { makeLogger } from '../api/log.js';
import type { Catalogue } from '../extraction/catalogue.js';
import type { Config } from '../schemas/config.js';
import { jumpsOf } from './answer.js';
import { openData } from './compose.js';
import { loadConfig, type ServiceFlags } from './load-config.js';
import { UsageError } from './output.js';
import { endWithin, untilStopped } from './signals.js';

/** How often folders are looked at when the configuration says only at start. */
const EVERY_MS = 5000;

/** One look: what changed is published, and compressed records get their jump indexes. */
async function look(catalogue: Catalogue, config: Config, logger: Logger, signal: AbortSignal): Promise<void> {
  const { changed, files, records, runs, unfinished } = await catalogue.refresh(signal);
  if (changed.length === 0) return;
  logger.info({ changed, files, records, runs, unfinished: unfinished.length }, 'published');
  for (const name of changed) await jumpsOf(config).build(catalogue.cube(name), signal);
}

/** Looks until the signal comes; a look that fails is logged, and the next one tries again. */
async function keepLooking(catalogue: Catalogue, config: Config, logger: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await look(catalogue, config, logger, signal).catch((error: unknown) => {
      if (!signal.aborted) logger.error({ err: error }, 'index');
    });
    await new Promise<void>((done) => {
      const timer = setTimeout(done, config.files.rescanMs || EVERY_MS);
      const stop = (): void => {
        clearTimeout(timer);
        done();
      };
      signal.addEventListener('abort', stop, { once: true });
    });
  }
}

export async function watch(flags: ServiceFlags): Promise<number> {
  const config = await loadConfig(flags);
  if (config.data.length === 0 && Object.keys(config.collections).length === 0) {
    throw new UsageError('watch: no data; name a folder with --data DIR, or collections in --config FILE');
  }
  const logger = makeLogger(config.log);
  const stopped = untilStopped(logger);
  const { catalogue } = await openData(config);
  const stopping = new AbortController();
  const looking = keepLooking(catalogue, config, logger, stopping.signal);
  const stop = await stopped;
  stopping.abort();
  return endWithin(stop, () => looking, logger);
}
