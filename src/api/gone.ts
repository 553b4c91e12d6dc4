/** Whether anybody still waits for an answer. */
import type { FastifyReply } from 'fastify';

/** Aborts when nobody does any more. Whoever left before this was asked is never heard of again. */
export function goneSignal({ raw }: FastifyReply): AbortSignal {
  if (raw.destroyed || raw.closed) return AbortSignal.abort();
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  return gone.signal;
}
