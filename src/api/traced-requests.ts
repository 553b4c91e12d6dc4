/** Requests as spans: of the trace that the caller sent along (W3C `traceparent`), or of a new one. */
import { type Context, context, type Span, trace } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { beginSpan, contextOf, failSpan, traceIds } from '../telemetry/spans.ts';
import { templateOf } from './route-table.ts';
import { isStream } from './streams.ts';

interface Traced {
  readonly span: Span;
  readonly within: Context;
}

/** Must be called before other hooks are added, so that they are part of the span. */
export function traceRequests(app: FastifyInstance): void {
  const traced = new WeakMap<FastifyRequest, Traced>();
  app.addHook('onRequest', (request, reply, done) => {
    const { url } = request.routeOptions;
    if (url === undefined || !isTold(url)) return done();
    const route = templateOf(url);
    const parent = contextOf(request.headers);
    const attributes = { 'http.request.method': request.method, 'http.route': route };
    const span = beginSpan(`${request.method} ${route}`, { kind: 'server', attributes, parent });
    const within = trace.setSpan(parent, span);
    traced.set(request, { span, within });
    request.log = request.log.child(traceIds(within));
    reply.log = request.log;
    context.with(within, done);
  });
  // A body comes in by events of the connection, which know nothing of the span.
  app.addHook('preValidation', (request, _reply, done) => {
    const { within } = traced.get(request) ?? {};
    if (within === undefined) done();
    else context.with(within, done);
  });
  app.addHook('onResponse', async (request, reply) => {
    const { span } = traced.get(request) ?? {};
    span?.setAttribute('http.response.status_code', reply.statusCode);
    if (span !== undefined && reply.statusCode >= 500) failSpan(span, String(reply.statusCode));
    span?.end();
  });
}

function isTold(route: string): boolean {
  return route.startsWith('/v1/') && !isStream(route);
}
