/**
 * Jobs as they travel through the queue and as they are shown to their owner. A job's outcome is a value, never a thrown
 * error (ADR 6); result bytes are never in the queue, only a reference to them (ADR 8). Everything here is plain JSON.
 */
import { z } from 'zod';
import { CODES, type ErrorCode } from './problem.js';

/** Version of the stored form; a worker refuses jobs of a version that it does not know. */
export const JOB_VERSION = 1;

/** Ids are 128 random bits in 26 characters: unguessable, URL-safe, without `/` and `:`. */
export const JOB_ID: RegExp = /^[0-9a-z]{26}$/;

/** Digits of Crockford's base 32: no i, l, o, u. */
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';

/** The id made of 16 given bytes (most significant bit first; the first character carries 3 bits). */
export function jobIdFrom(bytes: Uint8Array): string {
  if (bytes.length !== 16) throw new RangeError('a job id is made of 16 bytes');
  let number = 0n;
  for (const byte of bytes) number = (number << 8n) | BigInt(byte);
  let id = '';
  for (let digit = 0; digit < 26; digit++) {
    id = DIGITS.charAt(Number(number & 31n)) + id;
    number >>= 5n;
  }
  return id;
}

/** A fresh random id. */
export function newJobId(): string {
  return jobIdFrom(crypto.getRandomValues(new Uint8Array(16)));
}

export function isJobId(text: string): boolean {
  return JOB_ID.test(text);
}

/** A caller. The pair (realm, name) is the identity; several keys may name one user. */
export interface User {
  readonly realm: string;
  readonly name: string;
  readonly email?: string;
  readonly roles: readonly string[];
}

/** Identity of a user as one string; different (realm, name) pairs never give the same. */
export function userId(user: Pick<User, 'realm' | 'name'>): string {
  return `${encodeURIComponent(user.realm)}/${encodeURIComponent(user.name)}`;
}

/** The one user of a service without keys. */
export const ANONYMOUS: User = { realm: 'local', name: 'anonymous', roles: [] };

/** Words of the Polytope API. `queued` and `processing` are passing, the others final. */
export const JOB_STATES = ['queued', 'processing', 'processed', 'failed', 'cancelled', 'expired'] as const;
export type JobState = (typeof JOB_STATES)[number];

export function isFinal(state: JobState): boolean {
  return state !== 'queued' && state !== 'processing';
}

const codeNames = Object.keys(CODES) as [ErrorCode, ...ErrorCode[]];

/** Most parts of a request. */
export const MOST_PARTS = 32;

const jobBase = {
  version: z.literal(JOB_VERSION),
  id: z.string().regex(JOB_ID),
  /** identity of the owner, see `userId` */
  user: z.string().min(1).max(512),
  /** ms since the epoch, when the request was accepted */
  acceptedAt: z.number().int().nonnegative(),
  /** number of values to read and encode; orders and shares the queue */
  cost: z.number().nonnegative(),
};

/** Answer a feature request. `request` is the canonical JSON of `requestToJson` (schemas/request.ts). */
const extractJob = z.strictObject({
  ...jobBase,
  kind: z.literal('extract'),
  collection: z.string().min(1).max(256),
  request: z.record(z.string(), z.unknown()),
  /** remarks of the parser, to be repeated in the job's metadata */
  notes: z.array(z.string().max(2048)).max(100).optional(),
  /** version of the collection's index that the plan was priced on */
  indexVersion: z.string().max(256).optional(),
  /** where the request is in a trace (W3C traceparent), for the spans of its job */
  trace: z.string().max(128).optional(),
  /** number of parts that are worked on by themselves; absent: one piece of work */
  parts: z.number().int().min(2).max(MOST_PARTS).optional(),
});

/** Convert files of a collection to another format. */
const convertJob = z.strictObject({
  ...jobBase,
  kind: z.literal('convert'),
  collection: z.string().min(1).max(256),
  format: z.string().max(64),
  where: z.array(z.string().max(4096)).max(200),
  options: z.record(z.string(), z.string().max(4096)),
});

/** Bring the index of a collection up to date. */
const indexJob = z.strictObject({ ...jobBase, kind: z.literal('index'), collection: z.string().min(1).max(256) });

export const jobSchema = z.discriminatedUnion('kind', [extractJob, convertJob, indexJob]);
export type Job = Readonly<z.infer<typeof jobSchema>>;
export type ExtractJob = Readonly<z.infer<typeof extractJob>>;
export type ConvertJob = Readonly<z.infer<typeof convertJob>>;
export type IndexJob = Readonly<z.infer<typeof indexJob>>;

/** Where the bytes of a result are and what they are. */
const resultRefSchema = z.strictObject({
  /** key in the object store: one object an attempt */
  key: z.string().min(1).max(1024),
  bytes: z.number().int().nonnegative(),
  /** lower-case hex */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  contentType: z.string().min(1).max(256),
  /** suffix of a download's name, without the dot */
  extension: z.string().regex(/^[0-9a-z]{1,12}(\.[0-9a-z]{1,12})?$/),
  attempt: z.number().int().nonnegative(),
});
export type ResultRef = Readonly<z.infer<typeof resultRefSchema>>;

export const jobResultSchema = z.discriminatedUnion('ok', [
  z.strictObject({
    ok: z.literal(true),
    ref: resultRefSchema.optional(),
    /** remarks for the owner: edges that cross the antimeridian, things a format cannot keep */
    notes: z.array(z.string().max(2048)).max(100),
  }),
  z.strictObject({ ok: z.literal(false), code: z.enum(codeNames), message: z.string().max(4096) }),
]);
/** Outcome of a job; `ref` is absent for jobs that leave no bytes (index). */
export type JobResult = Readonly<z.infer<typeof jobResultSchema>>;

/** What the queue knows of a job. Times are ms since the epoch. */
export interface JobRecord {
  readonly job: Job;
  readonly state: JobState;
  readonly attempt: number;
  /** 0..1 */
  readonly progress: number;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  /** when result and record go away */
  readonly expiresAt?: number;
  readonly result?: JobResult;
}
