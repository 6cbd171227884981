/** Every limit of the service with its default; a limit of 0 means none where the description says so. */
import { z } from 'zod';

const count = z.number().int().min(1);
const countOrNone = z.number().int().min(0);

/** A member with a default and a description. */
function limit(fallback: number, description: string, schema: z.ZodNumber = count) {
  return schema.default(fallback).describe(description);
}

export const limitsSchema = z.strictObject({
  bodyBytes: limit(262_144, 'Largest request body; over it: 413.'),
  depth: limit(32, 'Deepest nesting of a request body.', count.max(100)),
  keys: limit(200, 'Most keys of a request.'),
  arrayItems: limit(10_000, 'Most items of an array in a request.'),
  stringBytes: limit(4096, 'Longest string in a request.'),
  urlBytes: limit(8192, 'Longest URL.'),
  headerBytes: limit(16_384, 'Most header bytes of a request.'),
  headers: limit(64, 'Most headers of a request.'),
  vertices: limit(1000, 'Most vertices of all rings, or of a path.'),
  points: limit(10_000, 'Most points of a timeseries, profile or position.'),
  values: limit(10_000_000, 'Most values (fields times points) of a request.'),
  areaKm2: limit(
    0,
    'Largest area times number of fields, km²; beyond it a request is split by date and number into jobs of their own; 0: none.',
    countOrNone,
  ),
  splitValues: limit(
    1_000_000,
    'Values beyond which a request is split by date and number into jobs of their own; 0: none.',
    countOrNone,
  ),
  resultBytes: limit(4_294_967_296, 'Largest result.'),
  resultTtlSeconds: limit(86_400, 'How long a result and its record are kept.'),
  downloadTtlSeconds: limit(86_400, 'How long a download URL is good, at most the life of the result.'),
  jobSeconds: limit(3600, 'Longest run of a job.'),
  unfinishedPerUser: limit(1000, 'Most unfinished requests of a user.'),
  unfinished: limit(100_000, 'Most unfinished requests of all users.'),
  requestsPerMinute: limit(0, 'Most submits a minute of a user; 0: none.', countOrNone),
  valuesPerUser: limit(0, 'Most values in unfinished requests of a user; 0: none.', countOrNone),
  workerShare: z
    .number()
    .min(0.01)
    .max(1)
    .default(0.5)
    .describe('Largest share of the workers that one user holds while others wait.'),
  longPolls: limit(1000, 'Most polls that are held open; over it a poll is answered at once.'),
  longPollsPerUser: limit(32, 'Most polls of a user that are held open; over it a poll is answered at once.'),
  longPollMs: limit(20_000, 'How long a poll is held open.', countOrNone.max(60_000)),
  inlineValues: limit(200_000, 'Largest request that is answered without the queue.', countOrNone),
  cacheBytes: limit(67_108_864, 'Bytes of answers kept for equal requests; 0: none.', countOrNone),
  freeBytes: limit(536_870_912, 'Free space below which no request is accepted.', countOrNone),
});
export type Limits = Readonly<z.infer<typeof limitsSchema>>;

export const DEFAULT_LIMITS: Limits = limitsSchema.parse({});
