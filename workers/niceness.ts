/**
 * How readily a process gives way where several want the processor. The service answers clients first, small jobs come
 * next, big ones take what is left: then a flood of big jobs does not slow small ones down.
 */
import { readdirSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Of job processes; the service itself has 0. */
export const NICENESS = { small: 5, big: 19 } as const;

/**
 * Lowers the priority of a process in all its threads: Linux keeps one for each, and those that decode records were
 * started before anyone could ask. Never fails: a process that has just gone, or a system without /proc, needs none.
 */
export function lowerPriority(pid: number, niceness: number): void {
  for (const thread of threadsOf(pid)) {
    try {
      setPriority(thread, niceness);
    } catch {
      // Gone meanwhile, or lower already and not ours to raise.
    }
  }
}

function threadsOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [pid];
  }
}
