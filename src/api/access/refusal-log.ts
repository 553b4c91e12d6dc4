/**
 * One line of log for each request that was refused for who sent it: what an attempt to get in looks like. Bounded,
 * also in a flood.
 */
import type { FastifyRequest } from 'fastify';
import type { ErrorCode, SluiceError } from '../../domain/errors.ts';
import { Buckets } from '../limits/buckets.ts';
import { loggedPath } from '../request-log.ts';
import { bearerIn } from './authenticator.ts';
import { permissionOf } from './routes.ts';
import { idOf } from './tokens.ts';

const refusals: ReadonlySet<ErrorCode> = new Set([
  'unauthenticated',
  'login-refused',
  'csrf-refused',
  'access-refused',
  'host-refused',
  'origin-refused',
  'signature-invalid',
  'signature-expired',
  'rate-limited',
]);

/** Of one code: enough to see what goes on; the others are counted. */
const lines = { perSecond: 2, burst: 100 };
const longestPath = 200;

export class RefusalLog {
  private readonly buckets = new Buckets(lines);
  private readonly leftOut = new Map<ErrorCode, number>();

  /** What is no refusal is not for this log. A query may hold secrets, so none of it is kept. */
  take(request: FastifyRequest, { code, message, cause }: SluiceError): void {
    if (!refusals.has(code) && !(code === 'command-refused' && isAnswer(request))) return;
    const before = this.leftOut.get(code) ?? 0;
    if (!this.buckets.take(code).ok) {
      this.leftOut.set(code, before + 1);
      return;
    }
    this.leftOut.delete(code);
    const { method, principal, ip, headers } = request;
    const path = loggedPath(request).slice(0, longestPath);
    const left = before === 0 ? {} : { leftOut: before };
    const token = idOf(bearerIn(headers.authorization) ?? '');
    // No secret: by it the operator's file says whose token it is that has expired.
    const whose = token === null ? {} : { token };
    const why = code === 'login-refused' && cause !== undefined ? { why: reasonsOf(cause) } : {};
    request.log.warn(
      { refused: code, method, path, principal: principal.name, ...whose, address: ip, ...why, ...left },
      message,
    );
  }
}

/** Of a yes or a no the rollout itself says whose it takes: not the author's, say. No history has what it refuses. */
function isAnswer(request: FastifyRequest): boolean {
  return permissionOf(request, 'read') === 'approve';
}

/** What a provider's client says quotes no code and no token; what else an error of it carries might. */
function reasonsOf(cause: unknown): string[] {
  return cause instanceof Error ? [cause.message, ...reasonsOf(cause.cause)] : [];
}
