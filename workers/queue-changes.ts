/** What processes on one queue tell each other. Nothing depends on the arrival of a message: it only saves waiting. */
import { z } from 'zod';
import { JOB_ID, MOST_PARTS } from '../schemas/job.js';

const id = z.string().regex(JOB_ID);

const changeSchema = z.discriminatedUnion('t', [
  /** a run has begun, or got further */
  z.strictObject({
    t: z.literal('run'),
    id,
    attempt: z.number().int(),
    at: z.number().int(),
    progress: z.number().min(0).max(1),
    /** of a part: which, of how many */
    part: z.number().int().nonnegative().optional(),
    parts: z.number().int().positive().max(MOST_PARTS).optional(),
  }),
  /** look into the journal: something is there */
  z.strictObject({ t: z.literal('end'), id }),
  /** whoever runs this job, stop */
  z.strictObject({ t: z.literal('cancel'), id }),
]);
export type Change = z.infer<typeof changeSchema>;

/** The change that a message tells of; undefined for what is not understood (a later version). */
export function parseChange(message: string): Change | undefined {
  try {
    return changeSchema.parse(JSON.parse(message));
  } catch {
    return undefined;
  }
}
