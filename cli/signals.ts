/** Ends a service in order: the first SIGTERM or SIGINT drains, a second one ends at once. */
import type { Logger } from 'pino';

/** Resolves at the first signal. */
export function untilStopped(logger: Logger): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false;
    const stop = (signal: NodeJS.Signals): void => {
      if (isStopping) process.exit(1);
      isStopping = true;
      logger.info({ signal }, 'stopping');
      resolve();
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
  });
}
