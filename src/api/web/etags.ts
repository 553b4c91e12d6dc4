/**
 * Conditional reading: what is read has an ETag, and whoever has that state already is told so instead of being sent
 * it.
 */
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Weak: the same state, if not the same bytes, once a proxy has packed them. */
export function etagOf(text: string): string {
  return `W/"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
}

/** Whether a header `If-None-Match` names the tag; `*` names any. */
export function names(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  const weak = (one: string) => one.trim().replace(/^W\//, '');
  return header.trim() === '*' || header.split(',').some((one) => weak(one) === weak(tag));
}

/** Must be called before the routes are declared. */
export function answerConditionally(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if (typeof payload !== 'string' || !isRead(request, reply)) return payload;
    const tag = etagOf(payload);
    reply.header('etag', tag);
    if (!names(request.headers['if-none-match'], tag)) return payload;
    reply.status(304).removeHeader('content-type').removeHeader('content-length');
    // Fastify measures what a HEAD would have got, and null has no length.
    return request.method === 'HEAD' ? '' : null;
  });
}

/** JSON only: reports say when they were made, and archives are fetched once. */
function isRead({ method, url }: FastifyRequest, reply: FastifyReply): boolean {
  const read = (method === 'GET' || method === 'HEAD') && url.startsWith('/v1/') && reply.statusCode === 200;
  return read && String(reply.getHeader('content-type')).startsWith('application/json');
}
