/** Prometheus metrics of the HTTP surfaces, in a registry of their own. Labels never hold what a client wrote. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { JobRecord } from '../schemas/job.js';

export interface Metrics {
  readonly registry: Registry;
  readonly requests: Counter<'surface' | 'method' | 'status'>;
  readonly seconds: Histogram<'surface'>;
  readonly errors: Counter<'code'>;
  readonly accepted: Counter<'collection'>;
  readonly deliveredBytes: Counter;
  /** refusals by the limit that was reached (names of `limits`) */
  readonly refusals: Counter<'limit'>;
  /** from acceptance to the end of a request */
  readonly jobSeconds: Histogram<'feature' | 'outcome'>;
  readonly cacheHits: Counter;
}

export interface MetricsOptions {
  /** also what node tells of itself: memory, descriptors, event loop */
  readonly process?: boolean;
}

/** Numbers that are read when the metrics are asked for. */
export interface Gauges {
  readonly unfinished: () => number;
  readonly depth: () => { readonly waiting: number; readonly running: number };
  /** bytes kept in the cache of answers */
  readonly cacheBytes: () => number;
  readonly heldPolls: () => number;
  readonly limits: Readonly<Record<string, number>>;
}

export function makeMetrics(options: MetricsOptions = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (options.process === true) collectDefaultMetrics({ register: registry, prefix: 'polyfst_' });
  return {
    registry,
    requests: new Counter({
      name: 'polyfst_http_requests_total',
      help: 'Answers by surface, method and status.',
      labelNames: ['surface', 'method', 'status'],
      registers,
    }),
    seconds: new Histogram({
      name: 'polyfst_http_request_seconds',
      help: 'Time to answer, held polls included.',
      labelNames: ['surface'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
    errors: new Counter({
      name: 'polyfst_http_errors_total',
      help: 'Refusals and failures by code.',
      labelNames: ['code'],
      registers,
    }),
    accepted: new Counter({
      name: 'polyfst_requests_accepted_total',
      help: 'Requests accepted by collection.',
      labelNames: ['collection'],
      registers,
    }),
    deliveredBytes: new Counter({
      name: 'polyfst_delivered_bytes_total',
      help: 'Bytes sent in answers.',
      registers,
    }),
    refusals: new Counter({
      name: 'polyfst_limit_refusals_total',
      help: 'Submits refused by the limit that was reached.',
      labelNames: ['limit'],
      registers,
    }),
    jobSeconds: new Histogram({
      name: 'polyfst_request_seconds',
      help: 'Time from acceptance to the end of a request, by feature and outcome.',
      labelNames: ['feature', 'outcome'],
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800],
      registers,
    }),
    cacheHits: new Counter({ name: 'polyfst_cache_hits_total', help: 'Submits answered from the cache.', registers }),
  };
}

/** Adds the numbers of the running service to its metrics. */
export function addGauges(metrics: Metrics, gauges: Gauges): void {
  const registers = [metrics.registry];
  new Gauge({
    name: 'polyfst_requests_unfinished',
    help: 'Requests queued or being processed.',
    registers,
    collect() {
      this.set(gauges.unfinished());
    },
  });
  new Gauge({
    name: 'polyfst_queue_depth',
    help: 'Requests by state: waiting, running.',
    labelNames: ['state'],
    registers,
    collect() {
      const { waiting, running } = gauges.depth();
      this.set({ state: 'waiting' }, waiting);
      this.set({ state: 'running' }, running);
    },
  });
  new Gauge({
    name: 'polyfst_native_bytes',
    help: 'Memory of this process outside the JavaScript heap that JavaScript objects hold.',
    registers,
    collect() {
      this.set(process.memoryUsage().external);
    },
  });
  new Gauge({
    name: 'polyfst_cache_bytes',
    help: 'Bytes kept in the cache of answers.',
    registers,
    collect() {
      this.set(gauges.cacheBytes());
    },
  });
  new Gauge({
    name: 'polyfst_polls_held',
    help: 'Polls held open.',
    registers,
    collect() {
      this.set(gauges.heldPolls());
    },
  });
  const limits = new Gauge({ name: 'polyfst_limit', help: 'Configured limits.', labelNames: ['limit'], registers });
  for (const [limit, value] of Object.entries(gauges.limits)) limits.set({ limit }, value);
}

/** Adds what job processes of this one use. */
export function addJobGauges(
  metrics: Metrics,
  usage: () => Promise<{ readonly rssBytes: number; readonly readBytes: number }>,
): void {
  const registers = [metrics.registry];
  new Gauge({
    name: 'polyfst_jobs_native_bytes',
    help: 'Resident memory of the job processes, native buffers included.',
    registers,
    async collect() {
      this.set((await usage()).rssBytes);
    },
  });
  new Gauge({
    name: 'polyfst_jobs_read_bytes_total',
    help: 'Bytes that jobs have read.',
    registers,
    async collect() {
      this.set((await usage()).readBytes);
    },
  });
}

/** What the log says of a request that has ended. */
export function endOf({ job, result, state, attempt, finishedAt }: JobRecord): object {
  const code = result?.ok === false ? { code: result.code } : {};
  return {
    job: job.id,
    user: job.user,
    kind: job.kind,
    state,
    attempt,
    ms: (finishedAt ?? 0) - job.acceptedAt,
    ...code,
  };
}

/** Counts a request that has ended. Features are of our own table; anything else is one label. */
export function observeEnd(metrics: Metrics, { job, result, state, finishedAt }: JobRecord): void {
  const feature = job.kind === 'extract' ? (job.request['feature'] as { type?: unknown } | undefined)?.type : job.kind;
  const outcome = state === 'processed' ? 'done' : result?.ok === false ? result.code : state;
  const seconds = Math.max(0, ((finishedAt ?? job.acceptedAt) - job.acceptedAt) / 1000);
  metrics.jobSeconds.observe({ feature: typeof feature === 'string' ? feature : 'other', outcome }, seconds);
}
