/** The handler of extract jobs: what the extraction yields goes to the object store, a reference to it into the outcome. */
import type { ExtractJob, JobResult } from '../schemas/job.js';
import { type ResultStore, writeResult } from './result-store.js';
import type { RunContext } from './run.js';

/** A request being answered: the bytes come as they are made. */
export interface Answer {
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly contentType: string;
  /** suffix of a download's name, without the dot */
  readonly extension: string;
  /** remarks for the owner; complete once the chunks are */
  readonly notes: readonly string[];
}

export type AnswerRequest = (job: ExtractJob, signal: AbortSignal, context: RunContext) => Promise<Answer>;

export interface ExtractDeps {
  readonly store: ResultStore;
  readonly answer: AnswerRequest;
  /** largest result, bytes */
  readonly maxBytes: number;
}

const MOST_NOTES = 100;
const LONGEST_NOTE = 2048;

export function extractHandler(
  deps: ExtractDeps,
): (job: ExtractJob, signal: AbortSignal, context: RunContext) => Promise<JobResult> {
  return async (job, signal, context) => {
    const answer = await deps.answer(job, signal, context);
    const { contentType, extension } = answer;
    const chunks = untilAborted(answer.chunks, signal);
    const ref = await writeResult(
      deps.store,
      job.id,
      context.attempt,
      chunks,
      { contentType, extension },
      deps.maxBytes,
    );
    const notes = answer.notes.slice(0, MOST_NOTES).map((note) => note.slice(0, LONGEST_NOTE));
    return { ok: true, ref, notes };
  };
}

/** Ends between two chunks when the job is cancelled, so that no cancelled result is completed. */
async function* untilAborted(chunks: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    yield chunk;
  }
}
