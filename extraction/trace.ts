/**
 * Spans by the OpenTelemetry API: what a request waits for (request, plan, read, assemble). Without an SDK in the process they
 * cost next to nothing and go nowhere; docs/operations.md says how to load one.
 */
import {
  type Attributes,
  type Context,
  context,
  propagation,
  type Span,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { FeatureError } from '../schemas/problem.js';

export const tracer = () => trace.getTracer('polyfst');

/** Marks a span as failed, by the code of the error: messages may hold what a user wrote. */
function fail(span: Span, error: unknown): void {
  const code = error instanceof FeatureError ? error.code : 'internal';
  span.setStatus({ code: SpanStatusCode.ERROR, message: code });
  span.setAttribute('error.type', code);
}

/** Runs work inside a span; what it starts are children of that. */
export function traced<T>(name: string, attributes: Attributes, work: (span: Span) => Promise<T>): Promise<T> {
  return tracer().startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** A stream as a span from now to its end, under the span that is active now. */
export function tracedStream<T>(name: string, attributes: Attributes, items: AsyncGenerator<T>): AsyncGenerator<T> {
  const span = tracer().startSpan(name, { attributes });
  return span.isRecording() ? untilEnd(span, items) : items;
}

async function* untilEnd<T>(span: Span, items: AsyncGenerator<T>): AsyncGenerator<T> {
  try {
    yield* items;
  } catch (error) {
    fail(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** Where the active span is in its trace, to be sent along; undefined without one. */
export function traceParent(): string | undefined {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent;
}

/** Runs work as a child of a span elsewhere. */
export function underTrace<T>(traceparent: string | undefined, work: () => T): T {
  return context.with(contextOf(traceparent), work);
}

/** The context that `traceParent` told of, in another process or from a client. */
export function contextOf(traceparent: string | undefined): Context {
  return traceparent === undefined ? context.active() : propagation.extract(context.active(), { traceparent });
}
