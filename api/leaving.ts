/** The moment when a client goes away, as a signal for work that is done only for it. */
import type { Response } from 'express';

/** Aborts when the connection closes before the answer is finished. */
export function leaving(res: Response): AbortSignal {
  const controller = new AbortController();
  res.once('close', () => {
    if (!res.writableFinished) controller.abort();
  });
  return controller.signal;
}
