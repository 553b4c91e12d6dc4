/** One line for each request, when it has been answered: in a rush nobody waits for a line about what has only begun. */
import { type FastifyReply, type FastifyRequest, LogController } from 'fastify';

export class RequestLog extends LogController {
  override incomingRequest(): void {}

  override requestCompleted(
    error: Error | null | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): void {
    const { method, url, ip, principal } = request;
    const req = { method, url: loggedPath(url), ip };
    // A path that is none was refused before anybody was asked who they are.
    const who = principal as typeof principal | null;
    const what = {
      req,
      principal: who?.name ?? null,
      res: reply,
      responseTime: Math.round(reply.elapsedTime * 10) / 10,
    };
    if (error) reply.log.error({ ...what, err: error }, 'request errored');
    else reply.log.info(what, 'request completed');
  }
}

/** What a log may have of an address: a query may hold secrets, and an approval link is one. */
export function loggedPath(url: string): string {
  const path = url.split('?')[0] ?? '';
  return /^\/+approvals\/+./i.test(path) ? '/approvals/*' : path;
}
