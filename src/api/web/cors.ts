/** Pages of other origins that the operator lists may call the API with a bearer token; never with a session. */
import type { FastifyInstance } from 'fastify';

/** Browsers ask again after so long. */
const preflightSeconds = 600;

/** Temporal's UI says its namespace along with what it asks to have opened. */
const preflight: Readonly<Record<string, string>> = {
  'access-control-allow-methods': 'GET, POST',
  'access-control-allow-headers':
    'authorization, content-type, idempotency-key, if-none-match, last-event-id, prefer, x-namespace',
  'access-control-max-age': String(preflightSeconds),
};
const readable = 'etag, location, preference-applied, ratelimit, ratelimit-policy, retry-after';

/**
 * Without origins nothing is said, which browsers take for a no. Credentials are never allowed, so no cookie is heeded.
 */
export function answerOrigins(app: FastifyInstance, origins: ReadonlySet<string>): void {
  if (origins.size === 0) return;
  app.addHook('onRequest', async (request, reply) => {
    reply.header('vary', 'origin');
    const { origin, 'access-control-request-method': wanted } = request.headers;
    if (origin === undefined || !origins.has(origin)) return;
    reply.headers({
      'access-control-allow-origin': origin,
      'access-control-expose-headers': readable,
      // The page is of another origin, and it may read this.
      'cross-origin-resource-policy': 'cross-origin',
    });
    if (request.method === 'OPTIONS' && wanted !== undefined)
      return reply.status(204).headers(preflight).send();
  });
}
