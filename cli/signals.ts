/**
 * The end of a service: the first SIGTERM or SIGINT drains it, a second one ends it at once; an exception that nobody
 * caught is logged and ends it too, with less time, because its state can no longer be trusted. A supervisor restarts it.
 */
import type { Logger } from 'pino';
import { EXIT } from './output.js';

/** Longest wait for running work after a signal, ms. */
const DRAIN_MS = 30_000;
/** Longest wait after an exception, ms. */
const FAULT_DRAIN_MS = 5000;

export interface Stop {
  readonly code: number;
  /** time for an orderly end */
  readonly graceMs: number;
}

/** Resolves at the first signal or uncaught exception (rejections that nobody handles are raised as such by node). */
export function untilStopped(logger: Logger): Promise<Stop> {
  return new Promise((resolve) => {
    let isStopping = false;
    const stop = (signal: NodeJS.Signals): void => {
      if (isStopping) process.exit(EXIT.failed);
      isStopping = true;
      logger.info({ signal }, 'stopping');
      resolve({ code: EXIT.ok, graceMs: DRAIN_MS });
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    process.on('uncaughtException', (error, origin) => {
      logger.fatal({ err: error, origin }, 'not caught; ending');
      isStopping = true;
      resolve({ code: EXIT.failed, graceMs: FAULT_DRAIN_MS });
      // Also when a drain is under way already: it may hang on what has just broken.
      setTimeout(() => process.exit(EXIT.failed), FAULT_DRAIN_MS).unref();
    });
  });
}

/** Waits for `starting`; a stop that comes first ends the process, since there is nothing to drain yet. */
export async function unlessStopped<T>(starting: Promise<T>, stopped: Promise<Stop>): Promise<T> {
  let isStarted = false;
  void stopped.then(({ code }) => {
    if (!isStarted) process.exit(code);
  });
  const started = await starting;
  isStarted = true;
  return started;
}

/** Closes in order, and the hard way when that takes longer than the time there is. Returns the exit code. */
export async function endWithin(stop: Stop, close: () => Promise<void>, logger: Logger): Promise<number> {
  const timer = setTimeout(() => {
    logger.error({ ms: stop.graceMs }, 'not closed in time; ending');
    process.exit(stop.code === EXIT.ok ? EXIT.failed : stop.code);
  }, stop.graceMs);
  await close();
  clearTimeout(timer);
  return stop.code;
}
