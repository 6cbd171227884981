/**
 * What clients saw during a chaos run, an operation a line: the only thing, beside the oracle's hashes, that the checker
 * reads. A submit without an answer is `unknown`: it may or may not have been accepted.
 */
import { z } from 'zod';

const base = {
  seq: z.number().int(),
  /** user that asked */
  user: z.string(),
  /** ms since the epoch, when the operation began and ended */
  t0: z.number(),
  t1: z.number(),
  /** HTTP status; 0 without an answer */
  status: z.number().int(),
};

export const eventSchema = z.discriminatedUnion('op', [
  /** `id` is there when the service gave one; `question` names the entry of the oracle */
  z.strictObject({ ...base, op: z.literal('submit'), id: z.string().optional(), question: z.string() }),
  /** an answer to a poll: still passing, or final */
  z.strictObject({
    ...base,
    op: z.literal('poll'),
    id: z.string(),
    state: z.enum(['pending', 'done', 'failed', 'gone', 'missing', 'refused', 'unknown']),
    code: z.string().optional(),
  }),
  /** a download that was read to its end; `length` is the Content-Length that was promised */
  z.strictObject({
    ...base,
    op: z.literal('download'),
    id: z.string(),
    sha256: z.string().optional(),
    bytes: z.number().int().optional(),
    length: z.number().int().optional(),
    etag: z.string().optional(),
  }),
  z.strictObject({ ...base, op: z.literal('revoke'), id: z.string() }),
  /** ids that a user's list showed */
  z.strictObject({ ...base, op: z.literal('list'), ids: z.array(z.string()) }),
]);
export type HistoryEvent = z.infer<typeof eventSchema>;

/** Parses the lines of a log; throws on a line that is none. */
export function parseHistory(text: string): HistoryEvent[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => eventSchema.parse(JSON.parse(line)));
}
