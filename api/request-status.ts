/**
 * Where a request stands, for people and pages: state, place in the queue, progress, time left. As JSON, answered at once,
 * or as server-sent events that follow the request to its end.
 */
import type { Request, Response } from 'express';
import { isFinal, type JobRecord } from '../schemas/job.js';
import type { ApiDeps } from './context.js';
import { sendJson } from './reply.js';
import { messageOf } from './request-record.js';

export interface StatusLink {
  readonly rel: string;
  readonly href: string;
}

export interface RequestStatus {
  readonly id: string;
  readonly collection: string;
  readonly status: string;
  readonly state: string;
  readonly stage: string;
  readonly message: string;
  /** unfinished requests that are served before this one */
  readonly queuePosition?: number;
  /** 0..1 */
  readonly progress: number;
  readonly etaSeconds?: number;
  readonly acceptedAt: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly expiresAt?: string;
  readonly bytes?: number;
  readonly contentType?: string;
  readonly code?: string;
  readonly links: readonly StatusLink[];
}

/** Progress below which no time is foretold. */
const LEAST_PROGRESS = 0.05;
const EVENT_MS = 500;
const KEEP_ALIVE_MS = 15_000;

const iso = (ms: number): string => new Date(ms).toISOString();

/** Estimated seconds to the end, from the pace so far. */
function secondsLeft(record: JobRecord, now: number): number | undefined {
  const { progress, startedAt, state } = record;
  if (state !== 'processing' || startedAt === undefined || progress < LEAST_PROGRESS) return undefined;
  const seconds = ((now - startedAt) / 1000) * (1 / progress - 1);
  return Math.max(0, Math.round(seconds * 10) / 10);
}

function stageOf({ state, progress }: JobRecord): string {
  if (state === 'processing') return progress >= 0.95 ? 'encoding' : 'reading';
  return state === 'processed' ? 'ready' : state;
}

/** `address` is that of the request, `position` its place in the queue. */
export function statusOf(record: JobRecord, position: number | undefined, now: number, address: string): RequestStatus {
  const { job, state, result, startedAt, finishedAt, expiresAt } = record;
  const eta = secondsLeft(record, now);
  const ref = result?.ok === true ? result.ref : undefined;
  return {
    id: job.id,
    collection: job.collection,
    status: state,
    state,
    stage: stageOf(record),
    message: messageOf(record),
    ...(position === undefined ? {} : { queuePosition: position }),
    progress: state === 'processed' ? 1 : record.progress,
    ...(eta === undefined ? {} : { etaSeconds: eta }),
    acceptedAt: iso(job.acceptedAt),
    ...(startedAt === undefined ? {} : { startedAt: iso(startedAt) }),
    ...(finishedAt === undefined ? {} : { finishedAt: iso(finishedAt) }),
    ...(expiresAt === undefined ? {} : { expiresAt: iso(expiresAt) }),
    ...(ref === undefined ? {} : { bytes: ref.bytes, contentType: ref.contentType }),
    ...(result?.ok === false ? { code: result.code } : {}),
    links: [{ rel: 'self', href: `${address}/status` }, ...(ref === undefined ? [] : [{ rel: 'data', href: address }])],
  };
}

/** Answers the status URL in the form that `Accept` asks for. */
export async function sendStatus(
  req: Request,
  res: Response,
  deps: ApiDeps,
  record: JobRecord,
  address: string,
): Promise<void> {
  const status = (one: JobRecord): RequestStatus => statusOf(one, deps.queue.position(one.job.id), deps.now(), address);
  if (req.method === 'HEAD' || !(req.get('Accept') ?? '').includes('text/event-stream')) {
    sendJson(res, 200, status(record));
    return;
  }
  res.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-cache, no-store',
    'X-Accel-Buffering': 'no',
  });
  await follow(res, deps, record, status);
  res.end();
}

/** Events until the request ends, the client leaves or the service stops. A stream is not counted as a held poll. */
async function follow(
  res: Response,
  deps: ApiDeps,
  first: JobRecord,
  status: (record: JobRecord) => RequestStatus,
): Promise<void> {
  const left = new AbortController();
  const leave = (): void => left.abort();
  res.once('close', leave);
  deps.stopping?.addEventListener('abort', leave, { once: true });
  let sent = '';
  let sentAt = 0;
  try {
    for (let record: JobRecord | undefined = first; record !== undefined && !left.signal.aborted; ) {
      const text = JSON.stringify(status(record));
      if (text !== sent) res.write(`event: status\ndata: ${text}\n\n`);
      else if (performance.now() - sentAt > KEEP_ALIVE_MS) res.write(': still here\n\n');
      if (text !== sent || performance.now() - sentAt > KEEP_ALIVE_MS) sentAt = performance.now();
      sent = text;
      if (isFinal(record.state)) return;
      record = await deps.queue.wait(record.job.id, EVENT_MS, left.signal);
    }
  } finally {
    res.removeListener('close', leave);
    deps.stopping?.removeEventListener('abort', leave);
  }
}
