/**
 * Spans, and how a trace gets from one process to the next. Without an SDK (see `tracing.ts`) all of it does nothing.
 */
import {
  type Attributes,
  type Context,
  context,
  type Link,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { SluiceError } from '../domain/errors.ts';

/** W3C's `traceparent` and `tracestate`. */
type Carrier = Readonly<Record<string, string>>;

interface SpanOptions {
  readonly kind: 'server' | 'client' | 'internal';
  readonly attributes: Attributes;
  /** Default: what is under way. */
  readonly parent?: Context;
  readonly links?: Link[];
}

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;

/** Within a span that ends with it. What went wrong is told by its kind alone, since messages may quote anything. */
export async function inSpan<T>(name: string, options: SpanOptions, work: () => Promise<T>): Promise<T> {
  const parent = options.parent ?? context.active();
  const span = beginSpan(name, options);
  try {
    return await context.with(trace.setSpan(parent, span), work);
  } catch (error) {
    failSpan(span, error instanceof SluiceError ? error.code : kindOf(error));
    throw error;
  } finally {
    span.end();
  }
}

export function beginSpan(name: string, { kind, attributes, parent, links = [] }: SpanOptions): Span {
  return tracer().startSpan(name, { kind: kinds[kind], attributes, links }, parent);
}

export function failSpan(span: Span, errorType: string): void {
  span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', errorType);
}

/** Nothing, where nothing is traced. */
export function carrierOf(of: Context = context.active()): Carrier {
  const carrier: Record<string, string> = {};
  propagation.inject(of, carrier);
  return carrier;
}

export function contextOf(carrier: object): Context {
  return propagation.extract(ROOT_CONTEXT, carrier);
}

/** Whether somebody asked for a trace of what is under way. */
export function isTraced(of: Context = context.active()): boolean {
  return trace.getSpan(of) !== undefined;
}

/** For log lines; empty where nothing is traced. */
export function traceIds(of: Context = context.active()): { trace_id?: string; span_id?: string } {
  const known = trace.getSpanContext(of);
  return known === undefined ? {} : { trace_id: known.traceId, span_id: known.spanId };
}

function tracer() {
  return trace.getTracer('sluice');
}

/** Temporal's failures name their type. */
function kindOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return typeof error;
  if ('type' in error && typeof error.type === 'string' && error.type !== '') return error.type;
  return error instanceof Error ? error.name : 'object';
}
