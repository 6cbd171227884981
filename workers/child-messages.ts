/** Messages between a worker and the process that runs a job. Job and result are checked by whoever receives them. */
import { z } from 'zod';
import { jobResultSchema, jobSchema } from '../schemas/job.js';

/** From the parent. `init` comes first and once: what the child builds its adapters from. */
export const toChildSchema = z.discriminatedUnion('m', [
  z.strictObject({ m: z.literal('init'), init: z.unknown() }),
  z.strictObject({ m: z.literal('run'), job: jobSchema, attempt: z.number().int(), part: z.number().int().optional() }),
  z.strictObject({ m: z.literal('cancel') }),
]);
export type ToChild = z.infer<typeof toChildSchema>;

export const fromChildSchema = z.discriminatedUnion('m', [
  z.strictObject({ m: z.literal('ready') }),
  z.strictObject({ m: z.literal('progress'), fraction: z.number() }),
  z.strictObject({ m: z.literal('result'), result: jobResultSchema }),
]);
export type FromChild = z.infer<typeof fromChildSchema>;
