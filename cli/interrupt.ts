/** Commands that write files stop in order when they are interrupted: what they were writing goes, what was there stays. */

/** Runs work that the first SIGINT or SIGTERM aborts with `sentence`; a second one ends the process. */
export async function interruptible<T>(sentence: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupted = new AbortController();
  const abort = (): void => interrupted.abort(new Error(sentence));
  process.once('SIGINT', abort).once('SIGTERM', abort);
  try {
    return await work(interrupted.signal);
  } finally {
    process.off('SIGINT', abort).off('SIGTERM', abort);
  }
}
