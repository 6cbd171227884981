/** Calls to the queue that nobody waits for longer than a client can be kept waiting. */
import { FeatureError } from '../schemas/problem.js';
import { REACH_MS } from './backend.js';

/** An answer of the queue within the time that a client can be kept waiting. */
export async function reach<T>(call: Promise<T>, ms = REACH_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('the queue does not answer')), ms);
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
    call.catch(() => undefined);
  }
}

/** What a client is told when the queue is away. */
export function unreachable(cause?: unknown): FeatureError {
  if (cause instanceof FeatureError) return cause;
  return new FeatureError('overloaded', 'The queue of the service does not answer; try again in a few seconds.', {
    cause,
  });
}
