/**
 * A small service for the contract of the HTTP surfaces: the real queue (embedded), the real store, the real request parser,
 * and answers that the test chooses by the name of the parameter, since no data is needed to hold HTTP to its word.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiDeps, RequestPlanner } from '../../api/context.js';
import { createHttpServer } from '../../api/http-server.js';
import { makeLogger } from '../../api/log.js';
import { makeMetrics } from '../../api/metrics.js';
import { buildServer } from '../../api/server.js';
import { loadSigningKeys } from '../../api/signing.js';
import { FsStore } from '../../extraction/store-fs.js';
import { type Config, parseConfig } from '../../schemas/config.js';
import type { Job, JobResult } from '../../schemas/job.js';
import { FeatureError } from '../../schemas/problem.js';
import { parseFeatureRequest } from '../../schemas/request.js';
import { requestToJson } from '../../schemas/request-print.js';
import { openJobQueue } from '../../workers/open.js';
import type { JobQueue } from '../../workers/queue.js';
import { writeResult } from '../../workers/result-store.js';
import type { RunContext } from '../../workers/run.js';

export const KEYS = { alice: 'alice-key-0123456789', bob: 'bob-key-0123456789', old: 'old-key-0123456789' } as const;

const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');

/** Two users and a key past its date. */
export const KEYED: object = {
  auth: {
    keys: [
      { id: 'a1', user: 'alice', email: 'a@b.c', roles: ['staff'], sha256: hashOf(KEYS.alice) },
      { id: 'b1', user: 'bob', sha256: hashOf(KEYS.bob) },
      { id: 'o1', user: 'alice', sha256: hashOf(KEYS.old), expires: '2020-01-01T00:00:00Z' },
    ],
  },
};

/** A request of the given parameter, as a client writes it. */
export function requestOf(param: string): Record<string, unknown> {
  return {
    class: 'od',
    date: '20261121',
    time: '0000',
    levtype: 'sfc',
    param,
    step: '0/to/24',
    feature: { type: 'timeseries', points: [[45.5, -73.6]], time_axis: 'step' },
  };
}

/** A small valid answer: one point, two steps, in the ecmwf profile. The name of the parameter makes it unique. */
export function covjson(param: string): string {
  const hour = (value: number): string => `2026-11-21T0${value}:00:00Z`;
  const axes = { latitude: [45.5], longitude: [-73.6], levelist: [0], t: [hour(0), hour(6)] };
  const metadata = { class: 'od', levtype: 'sfc', number: 0, levelist: 0, 'Forecast date': hour(0) };
  const rest = JSON.stringify({
    domainType: 'PointSeries',
    parameters: {
      [param]: {
        type: 'Parameter',
        description: { en: param },
        unit: { label: { en: 'kelvin' }, symbol: 'K' },
        observedProperty: { id: param, label: { en: param } },
      },
    },
    referencing: [
      { coordinates: ['latitude', 'longitude'], system: { type: 'GeographicCRS', id: 'EPSG:4326' } },
      { coordinates: ['t'], system: { type: 'TemporalRS', calendar: 'Gregorian' } },
    ],
    coverages: [
      {
        type: 'Coverage',
        'mars:metadata': metadata,
        domain: {
          type: 'Domain',
          axes: Object.fromEntries(Object.entries(axes).map(([name, values]) => [name, { values }])),
        },
        ranges: {
          [param]: { type: 'NdArray', dataType: 'float', axisNames: ['t'], shape: [2], values: [288.25, 287.5] },
        },
      },
    ],
  });
  // earthkit-data knows the format by these first bytes, blank included.
  return `{"type": "CoverageCollection",${rest.slice(1)}`;
}

const planner: RequestPlanner = {
  collections: () => [
    { name: 'demo', roles: [] },
    { name: 'private', roles: ['staff'] },
  ],
  async price(_collection, body) {
    const parsed = parseFeatureRequest(body, { now: new Date() });
    const request = requestToJson(parsed);
    if (String(request['param']) === 'none') {
      throw new FeatureError('no_data', '"param": none has no data on 20261121; ask for 2t.');
    }
    const summary = { fields: 25, points: 1, values: 25, bytes_estimate: 600, coverages: 1 };
    return { request, summary, cost: 25 };
  },
};

/** Runs a job of the test: slow, failing, binary or plain by the name of its parameter. */
async function run(job: Job, signal: AbortSignal, context: RunContext, store: FsStore): Promise<JobResult> {
  const param = job.kind === 'extract' ? String(job.request['param']) : '';
  if (param.startsWith('slow')) {
    for (let step = 1; step <= 10; step++) {
      await sleep(param === 'slower' ? 3000 : 60, undefined, { signal });
      context.progress(step / 10);
    }
  }
  if (param === 'fail') return { ok: false, code: 'decode_failed', message: 'run.fst record 3 cannot be decoded.' };
  const grib = param === 'grib';
  const binary = grib || param === 'bin';
  const bytes = binary ? Buffer.from(Array.from({ length: 5000 }, (_, at) => at % 251)) : Buffer.from(covjson(param));
  const format = binary
    ? { contentType: grib ? 'application/x-grib' : 'application/x-netcdf', extension: grib ? 'grib' : 'nc' }
    : { contentType: 'application/prs.coverage+json', extension: 'covjson' };
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield bytes;
  }
  return { ok: true, ref: await writeResult(store, job.id, context.attempt, chunks(), format, 1e6), notes: [] };
}

export interface TestService extends AsyncDisposable {
  readonly url: string;
  readonly queue: JobQueue;
  readonly log: readonly string[];
  stop(): void;
}

export interface TestServiceOptions {
  readonly config?: object;
  readonly port?: number;
  /** how long results are kept, ms */
  readonly ttlMs?: number;
  /** whether jobs are run at all */
  readonly work?: boolean;
  readonly surfaces?: ApiDeps['surfaces'];
}

export async function startService(options: TestServiceOptions = {}): Promise<TestService> {
  const state = await mkdtemp(join(tmpdir(), 'polyfst-api-'));
  const config: Config = parseConfig(options.config ?? {}, {}, {});
  const store = await FsStore.open(join(state, 'store'));
  const queue = await openJobQueue({
    url: 'embedded',
    state,
    store,
    ttlMs: options.ttlMs ?? 3_600_000,
    freeBytes: 0,
    durability: 'process',
    workerShare: 1,
  });
  if (options.work !== false) await queue.process((job, signal, context) => run(job, signal, context, store), 4);
  const log: string[] = [];
  const stopping = new AbortController();
  const deps: ApiDeps = {
    config,
    queue,
    store,
    planner,
    signingKeys: await loadSigningKeys(state),
    logger: makeLogger({ level: 'trace', pretty: false }, { write: (line) => void log.push(line) }),
    metrics: makeMetrics(),
    now: Date.now,
    notReady: () => undefined,
    version: '0.0.0-test',
    stopping: stopping.signal,
    ...(options.surfaces === undefined ? {} : { surfaces: options.surfaces }),
  };
  const server = createHttpServer(buildServer(deps).listener, config);
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    queue,
    log,
    stop: () => stopping.abort(),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await queue.close();
      await rm(state, { recursive: true, force: true });
    },
  };
}
