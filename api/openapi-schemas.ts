/** Bodies of the Polytope surfaces as zod schemas: what the OpenAPI documents describe, under the names used there. */
import { z } from 'zod';
import { JOB_STATES } from '../schemas/job.js';
import { CODES } from '../schemas/problem.js';
import { requestBodySchema } from '../schemas/request.js';

export const message = z.object({ message: z.string().describe('One sentence: what is wrong, and what to do.') });

export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  message: z.string().describe('The same as detail.'),
  code: z.enum(Object.keys(CODES) as [string, ...string[]]).describe('Stable code of the error table.'),
  retryable: z.boolean().optional(),
});

export const request = requestBodySchema;

export const v1Body = z.object({
  verb: z.literal('retrieve'),
  request: z.union([z.string().describe('The request as YAML or JSON text.'), requestBodySchema]),
});

export const pending = z.object({ message: z.string(), status: z.enum(['queued', 'processing']) });

export const redirect = z.object({
  contentLength: z.number().int(),
  contentType: z.string(),
  location: z.string().describe('Signed address of the data; needs no Authorization.'),
});

export const record = z.object({
  id: z.string(),
  timestamp: z.number(),
  last_modified: z.number(),
  user: z.string(),
  verb: z.literal('retrieve'),
  url: z.string(),
  collection: z.string(),
  status: z.enum(JOB_STATES),
  user_message: z.string(),
  user_request: z.string(),
  content_length: z.number().int().nullable(),
  content_type: z.string().nullable(),
  status_history: z.record(z.string(), z.number()),
});

export const records = z.object({ message: z.array(record) });
export const names = z.object({ message: z.array(z.string()) });
export const collections = z.object({ collections: z.array(z.string()) });
export const self = z.object({ id: z.string(), location: z.string(), status: z.enum(JOB_STATES) });
export const cancelled = z.object({ id: z.string(), status: z.literal('cancelled') });

export const price = z.object({
  fields: z.number().int(),
  points: z.number().int(),
  values: z.number().int(),
  bytes_estimate: z.number().int(),
  coverages: z.number().int(),
});

export const status = z.object({
  id: z.string(),
  collection: z.string(),
  state: z.enum(JOB_STATES),
  stage: z.string(),
  message: z.string(),
  queuePosition: z.number().int().optional().describe('Unfinished requests served before this one.'),
  progress: z.number().min(0).max(1),
  etaSeconds: z.number().optional(),
  acceptedAt: z.iso.datetime(),
  startedAt: z.iso.datetime().optional(),
  finishedAt: z.iso.datetime().optional(),
  expiresAt: z.iso.datetime().optional(),
  bytes: z.number().int().optional(),
  contentType: z.string().optional(),
  code: z.string().optional(),
  links: z.array(z.object({ rel: z.string(), href: z.string() })),
});

export const statuses = z.object({ requests: z.array(status) });
