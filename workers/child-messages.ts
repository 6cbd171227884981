/**
 * Messages between a worker and the process that runs its jobs. Job and result are checked by whoever receives them; `n`
 * numbers the runs of one process, of which several may be under way.
 */
import { z } from 'zod';
import { jobResultSchema, jobSchema } from '../schemas/job.js';

const n = z.number().int().nonnegative();

/** From the parent. `init` comes first and once: what the child builds its adapters from. */
export const toChildSchema = z.discriminatedUnion('m', [
  z.strictObject({ m: z.literal('init'), init: z.unknown() }),
  z.strictObject({
    m: z.literal('run'),
    n,
    job: jobSchema,
    attempt: z.number().int(),
    part: z.number().int().optional(),
  }),
  z.strictObject({ m: z.literal('cancel'), n }),
]);
export type ToChild = z.infer<typeof toChildSchema>;

export const fromChildSchema = z.discriminatedUnion('m', [
  z.strictObject({ m: z.literal('ready') }),
  z.strictObject({ m: z.literal('progress'), n, fraction: z.number() }),
  z.strictObject({ m: z.literal('result'), n, result: jobResultSchema }),
]);
export type FromChild = z.infer<typeof fromChildSchema>;
