/**
 * Which process a job had best run in: jobs on one run of the data go to the same one where that is free, because it holds
 * pieces of the run's files, grids and coordinates in memory. Rendezvous hashing: a process that goes or comes moves only
 * its own share of the runs.
 */
import type { Job } from '../schemas/job.js';

const FNV_PRIME = 0x01000193;
const FNV_START = 0x811c9dc5;

/** FNV-1a over the characters, then mixed so that keys which differ in the last one spread. */
function hash(text: string): number {
  let h = FNV_START;
  for (let at = 0; at < text.length; at++) h = Math.imul(h ^ text.charCodeAt(at), FNV_PRIME);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** What jobs on the same data have in common: the collection and the base times that the request names. */
export function runOfJob(job: Job): string {
  if (job.kind !== 'extract') return job.collection;
  const { date, time } = job.request;
  return `${job.collection} ${JSON.stringify([date, time])}`;
}

/** The candidate that a key prefers; undefined without any. `idOf` gives each an id of its own. */
export function preferred<T>(key: string, candidates: readonly T[], idOf: (candidate: T) => number): T | undefined {
  let best: T | undefined;
  let highest = -1;
  for (const candidate of candidates) {
    const score = hash(`${key} ${idOf(candidate)}`);
    if (score <= highest) continue;
    best = candidate;
    highest = score;
  }
  return best;
}
