/** Spans of a request: planned, read and assembled, as children of where it came from, with the code of what went wrong. */
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  type Attributes,
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanStatus,
  trace,
} from '@opentelemetry/api';
import { append, encode } from '../native/index.js';
import { parseConfig } from '../schemas/config.js';
import { FeatureError } from '../schemas/problem.js';
import { parseFeatureRequest } from '../schemas/request.js';
import { Budget } from './budget.js';
import { localCube } from './catalogue/local-cube.js';
import { extract } from './extract.js';
import { RegionFinder } from './region/region.js';
import { traced, traceParent, underTrace } from './trace.js';

interface Recorded {
  readonly name: string;
  readonly id: string;
  readonly parent: string | undefined;
  attributes: Attributes;
  status?: SpanStatus;
  ended: boolean;
}

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const recorded: Recorded[] = [];

/** A span of a tracer that keeps everything: what an SDK would give, without one. */
function makeSpan(name: string, attributes: Attributes, parent: Context): Span {
  const id = (recorded.length + 1).toString(16).padStart(16, '0');
  const entry: Recorded = { name, id, parent: trace.getSpanContext(parent)?.spanId, attributes, ended: false };
  recorded.push(entry);
  const span: Partial<Span> = {
    spanContext: () => ({ traceId: TRACE_ID, spanId: id, traceFlags: 1 }),
    isRecording: () => true,
    setAttribute(key, value) {
      entry.attributes = { ...entry.attributes, [key]: value };
      return this as Span;
    },
    setStatus(status) {
      entry.status = status;
      return this as Span;
    },
    end: () => {
      entry.ended = true;
    },
  };
  return span as Span;
}

/** Registers the recording tracer, contexts that follow asynchronous work, and the W3C header. */
function register(): void {
  const storage = new AsyncLocalStorage<Context>();
  context.setGlobalContextManager({
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (own, work, self, ...args) => storage.run(own, () => work.apply(self as never, args)),
    bind: (_own, target) => target,
    enable() {
      return this;
    },
    disable() {
      return this;
    },
  });
  propagation.setGlobalPropagator({
    inject(own, carrier, setter) {
      const span = trace.getSpanContext(own);
      if (span !== undefined) setter.set(carrier, 'traceparent', `00-${span.traceId}-${span.spanId}-01`);
    },
    extract(own, carrier, getter) {
      const [, traceId = '', spanId = ''] = String(getter.get(carrier, 'traceparent')).split('-');
      return trace.setSpanContext(own, { traceId, spanId, traceFlags: 1, isRemote: true });
    },
    fields: () => ['traceparent'],
  });
  trace.setGlobalTracerProvider({
    getTracer: () => ({
      startSpan: (name, options, parent = context.active()) => makeSpan(name, options?.attributes ?? {}, parent),
      startActiveSpan(name: string, ...rest: unknown[]) {
        const work = rest.at(-1) as (span: Span) => never;
        const { attributes = {} } = rest[0] as { attributes?: Attributes };
        const span = makeSpan(name, attributes, context.active());
        return context.with(trace.setSpan(context.active(), span), () => work(span));
      },
    }),
  });
}

describe('spans', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'polyfst-trace-'));
    const values = new Float32Array(36 * 19).fill(280);
    const keys = { nomvar: 'TT', typvar: 'P', etiket: 'TRACE', grtyp: 'L', ip1: 500, ip2: 0, ip3: 0, nk: 1 };
    const shape = { ni: 36, nj: 19, deet: 0, npas: 0, ig1: 1000, ig2: 1000, ig3: 0, ig4: 0, dateo: 493121600 };
    await append(join(folder, 'file'), 'xdf', [
      await encode('xdf', { ...keys, ...shape, datyp: 5, nbits: 32, values }),
    ]);
    register();
  });
  after(async () => {
    trace.disable();
    context.disable();
    propagation.disable();
    await rm(folder, { recursive: true, force: true });
  });

  const ask = async (level: string): Promise<number> => {
    const { limits } = parseConfig({});
    const body = {
      ...{ date: '20261121', time: '0000', levtype: 'pl', levelist: level, param: 'TT', step: '0' },
      feature: { type: 'timeseries', points: [[10, 20]] },
    };
    const request = parseFeatureRequest(body, { now: new Date(0), limits, selfIntersection: 'error' });
    const deps = { limits, regions: new RegionFinder(), memory: new Budget(2 ** 28), cores: 1 };
    let bytes = 0;
    for await (const chunk of extract(request, await localCube([folder]), deps)) bytes += chunk.length;
    return bytes;
  };

  it('of a request that is answered', async () => {
    const parent = `00-${TRACE_ID}-00000000000000ff-01`;
    const bytes = await underTrace(parent, () => ask('500'));
    assert.ok(bytes > 100);
    assert.deepEqual(
      recorded.map(({ name, parent: from, ended }) => [name, from, ended]),
      ['polyfst.plan', 'polyfst.read', 'polyfst.assemble'].map((name) => [name, '00000000000000ff', true]),
    );
    assert.deepEqual(recorded[0]!.attributes, {
      'polyfst.feature': 'timeseries',
      'polyfst.collection': 'default',
      'polyfst.values': 1,
    });
  });

  it('of a request that is refused, with the code and without its words', async () => {
    recorded.length = 0;
    await assert.rejects(ask('501'), FeatureError);
    assert.deepEqual(
      recorded.map(({ name, status, ended }) => [name, status?.message, ended]),
      [['polyfst.plan', 'no_data', true]],
    );
  });

  it('tell other processes where they are', async () => {
    recorded.length = 0;
    assert.equal(traceParent(), undefined);
    const told = await traced('outer', {}, async () => traceParent());
    assert.equal(told, `00-${TRACE_ID}-${recorded[0]!.id}-01`);
  });
});
