/** The handler of extract jobs: what the extraction yields goes to the object store, a reference to it into the outcome. */
import type { ExtractJob, JobResult } from '../schemas/job.js';
import { crashPoint } from './crash-point.js';
import { joinParts, type PartRecord, readPart, writePart } from './parts.js';
import { partsOf, type ResultStore, writeResult } from './result-store.js';
import type { RunContext } from './run.js';

/** A request being answered: the bytes come as they are made. */
export interface Answer {
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly contentType: string;
  /** suffix of a download's name, without the dot */
  readonly extension: string;
  /** remarks for the owner; complete once the chunks are */
  readonly notes: readonly string[];
  /** version of the data that it is made from */
  readonly version: string;
}

/**
 * Answers a job, or with `context.part` that part of it; undefined when the job can no longer be worked on in as many parts
 * as it says, because the data have changed.
 */
export type AnswerRequest = (job: ExtractJob, signal: AbortSignal, context: RunContext) => Promise<Answer | undefined>;

export interface ExtractDeps {
  readonly store: ResultStore;
  readonly answer: AnswerRequest;
  /** largest result, bytes */
  readonly maxBytes: number;
}

const MOST_NOTES = 100;
const LONGEST_NOTE = 2048;
const DONE: JobResult = { ok: true, notes: [] };

type Handler = (job: ExtractJob, signal: AbortSignal, context: RunContext) => Promise<JobResult>;

export function extractHandler(deps: ExtractDeps): Handler {
  return async (job, signal, context) => {
    if (context.part !== undefined) {
      await makePart(deps, job, signal, { ...context, part: context.part });
      return DONE;
    }
    const parts = partsOf(job) > 0 ? await allParts(deps, job, signal, context) : undefined;
    if (parts === undefined) return whole(deps, job, signal, context);
    crashPoint('parts.before-join');
    const notes = [...new Set(parts.flatMap((part) => part.notes))];
    const [first] = parts;
    const ref = await writeResult(
      ...([deps.store, job.id, context.attempt, joinParts(deps.store, parts, signal)] as const),
      { contentType: first!.contentType, extension: first!.extension },
      deps.maxBytes,
    );
    return { ok: true, ref, notes: shortened(notes) };
  };
}

async function whole(deps: ExtractDeps, job: ExtractJob, signal: AbortSignal, context: RunContext): Promise<JobResult> {
  const answer = await deps.answer(job, signal, context);
  if (answer === undefined) throw new Error(`job ${job.id} has no answer as a whole`);
  const { contentType, extension } = answer;
  const chunks = untilAborted(answer.chunks, signal);
  const ref = await writeResult(
    ...([deps.store, job.id, context.attempt, chunks, { contentType, extension }, deps.maxBytes] as const),
  );
  return { ok: true, ref, notes: shortened(answer.notes) };
}

/** Does a part unless it is done; undefined when there is no such part any more. */
async function makePart(
  deps: ExtractDeps,
  job: ExtractJob,
  signal: AbortSignal,
  context: RunContext & { readonly part: number },
): Promise<PartRecord | undefined> {
  const { store, maxBytes } = deps;
  const done = await readPart(store, job.id, context.part);
  if (done !== undefined) return done;
  const answer = await deps.answer(job, signal, context);
  if (answer === undefined) return undefined;
  const made = { ...answer, chunks: untilAborted(answer.chunks, signal) };
  return writePart(store, job.id, context.part, made, answer, maxBytes);
}

/**
 * The records of all parts; what is missing (a queue that was lost knows only the whole) is done here. Undefined when the
 * parts are not of one version of the data: then the answer is made in one go.
 */
async function allParts(
  deps: ExtractDeps,
  job: ExtractJob,
  signal: AbortSignal,
  context: RunContext,
): Promise<readonly PartRecord[] | undefined> {
  const count = partsOf(job);
  const records: PartRecord[] = [];
  for (let part = 0; part < count; part++) {
    const record = await makePart(deps, job, signal, { ...context, part });
    if (record === undefined || record.version !== (records[0] ?? record).version) return undefined;
    records.push(record);
    context.progress((part + 1) / count);
  }
  return records;
}

function shortened(notes: readonly string[]): string[] {
  return notes.slice(0, MOST_NOTES).map((note) => note.slice(0, LONGEST_NOTE));
}

/** Ends between two chunks when the job is cancelled, so that no cancelled result is completed. */
async function* untilAborted(chunks: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    yield chunk;
  }
}
