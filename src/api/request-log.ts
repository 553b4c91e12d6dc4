/**
 * One line for each request, when it has been answered: in a rush nobody waits for a line about what has only begun.
 */
import { type FastifyReply, type FastifyRequest, LogController } from 'fastify';

export class RequestLog extends LogController {
  override incomingRequest(): void {}

  override requestCompleted(
    error: Error | null | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): void {
    const { method, ip, principal } = request;
    const req = { method, url: loggedPath(request), ip };
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

interface Asked {
  readonly url: string;
  /** Of the route that it was for; none: there is no such route. */
  readonly routeOptions: { readonly url?: string | undefined };
}

const hidden = '/approvals/*';

/** What a log may have of an address: a query may hold secrets, and an approval link is one, however it is written. */
export function loggedPath({ url, routeOptions }: Asked): string {
  const path = url.split('?')[0] ?? '';
  if (routeOptions.url?.startsWith('/approvals/')) return hidden;
  return /^\/+approvals\/+./i.test(readable(path.replace(/^https?:\/\/[^/]*/i, ''))) ? hidden : path;
}

function readable(path: string): string {
  return path.replace(/%([0-9a-f]{2})/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}
