/** The OpenAPI document as it is sent: written once, since anybody may ask for it, and as often as they like. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { completed } from './complete.ts';

/** Gives how to answer with it. */
export function documentOf(app: FastifyInstance): (reply: FastifyReply) => FastifyReply {
  let written: Buffer | null = null;
  return (reply) => {
    written ??= Buffer.from(JSON.stringify(completed({ ...app.swagger() })));
    return reply.type('application/json; charset=utf-8').send(written);
  };
}
