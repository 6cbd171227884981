/** The bounds that all open files of a process share: bytes of values in memory, and native calls under way. */
import { availableParallelism, totalmem } from 'node:os';
import { Budget } from '../budget.js';

const MOST_BYTES = 16 * 2 ** 30;

/** Memory of the machine, or of the group that the process may use when that is less. */
function allowedMemory(): number {
  const constrained = process.constrainedMemory?.() ?? 0;
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

/** 16 GiB or half the machine's memory, whichever is less. */
export const defaultMemory = (): number => Math.min(MOST_BYTES, Math.floor(allowedMemory() / 2));

let shared: Budget | undefined;

/** The budget of files that were opened without one of their own. */
export function sharedMemory(): Budget {
  shared ??= new Budget(defaultMemory());
  return shared;
}

/** One native call a core: more would only wait in the thread pool, before everything else that needs it. */
export const nativeCalls: Budget = new Budget(availableParallelism());
