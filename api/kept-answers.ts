/** How the Polytope surfaces use the answer cache: filled with results as they are delivered, asked before the queue is. */
import type { ServerResponse } from 'node:http';
import type { ExtractJob, JobRecord } from '../schemas/job.js';
import { type ResultStore, settleName, writeResult } from '../workers/result-store.js';
import { AnswerCache, type KeptAnswer } from './answer-cache.js';
import type { ApiDeps, InlineLane } from './context.js';

/**
 * Keeps the bytes of a result that was just delivered, when they are few enough; `delivered` saves reading them again.
 * Never fails: it only saves work.
 */
export async function keepResult(
  deps: Pick<ApiDeps, 'answers' | 'store'>,
  record: JobRecord,
  delivered?: Uint8Array,
): Promise<void> {
  const { answers, store } = deps;
  const { job, result } = record;
  if (answers === undefined || job.kind !== 'extract' || result?.ok !== true || result.ref === undefined) return;
  const { ref } = result;
  const key = AnswerCache.keyOf(job);
  // remarks belong to a record: an answer that has some is not given without one
  const hasNotes = (result.notes?.length ?? 0) > 0;
  if (key === undefined || hasNotes || !answers.fits(ref.bytes) || answers.find(key) !== undefined) return;
  const bytes = delivered ?? (await store.read(ref.key, 0, ref.bytes).catch(() => undefined));
  if (bytes?.length !== ref.bytes) return;
  const { contentType, extension } = ref;
  answers.keep(key, { bytes: Buffer.from(bytes), etag: `"${ref.sha256}"`, contentType, extension });
}

/** Ends a job at once with the kept answer of an equal one. */
export function keptLane(answers: AnswerCache, store: ResultStore, maxBytes: number): InlineLane {
  return async (job: ExtractJob) => {
    const answer = answers.find(AnswerCache.keyOf(job));
    if (answer === undefined) return undefined;
    const ref = await writeResult(store, job.id, 1, once(answer.bytes), answer, maxBytes);
    await settleName(store, ref.key);
    return { ok: true, ref, notes: [] };
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Answers a submit with a kept answer: complete, with length and strong ETag. `more`: names and values of further headers. */
export function sendKept(res: ServerResponse, answer: KeptAnswer, more: readonly string[] = []): void {
  const own = ['ETag', answer.etag, 'Cache-Control', 'private, no-cache', 'Content-Type', answer.contentType];
  // as a list: node looks at each header of an object once more
  res.writeHead(200, [...more, ...own, 'Content-Length', String(answer.bytes.length)]);
  res.end(answer.bytes);
}
