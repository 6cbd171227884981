/** Prometheus metrics of the HTTP surfaces, in a registry of their own. Labels never hold what a client wrote. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  readonly registry: Registry;
  readonly requests: Counter<'surface' | 'method' | 'status'>;
  readonly seconds: Histogram<'surface'>;
  readonly errors: Counter<'code'>;
  readonly accepted: Counter<'collection'>;
  readonly deliveredBytes: Counter;
}

export interface MetricsOptions {
  /** also what node tells of itself: memory, descriptors, event loop */
  readonly process?: boolean;
}

/** Numbers that are read when the metrics are asked for. */
export interface Gauges {
  readonly unfinished: () => number;
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
