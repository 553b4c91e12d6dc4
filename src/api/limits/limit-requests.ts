/** Puts every request that costs something to the budget of its kind. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SluiceError } from '../../domain/errors.ts';
import { accessOf, permissionOf } from '../access/routes.ts';
import type { Kind } from './budgets.ts';
import type { Limiter } from './limiter.ts';

/** Must be called after `holdToAccess`, which finds out whose budget it is. */
export function limitRequests(app: FastifyInstance, limiter: Limiter): void {
  app.addHook('onRequest', async (request, reply) => {
    const kind = kindOf(request);
    if (kind !== null) limiter.spend(kind, request, reply);
  });
}

/**
 * What is signed may bring a rollout back, and its address is often that of a proxy, which many share: it pays once its
 * signature was found good, and what is not good pays as a failure, so that junk uses up nothing of the others.
 */
export async function limitSigned<T>(
  limiter: Limiter | null,
  request: FastifyRequest,
  reply: FastifyReply,
  verify: () => Promise<T>,
): Promise<T> {
  const good = await verify().catch((error: unknown) => {
    limiter?.spend(isKnownSenders(error) ? 'returns' : 'failures', request, reply);
    throw error;
  });
  limiter?.spend('returns', request, reply);
  return good;
}

/** What is said is looked at only once the signature is known to be good. */
function isKnownSenders(error: unknown): boolean {
  return error instanceof SluiceError && error.code === 'request-invalid';
}

/** Probes, pages, the written document and files cost next to nothing, and probes must never be told to come later. */
function kindOf(request: FastifyRequest): Kind | null {
  const access = accessOf(request);
  const isLogin = request.routeOptions.url?.startsWith('/auth/') === true;
  if (access === 'open' && !isLogin) return null;
  if (request.method === 'GET' || request.method === 'HEAD') return 'reads';
  if (access === 'open' || access === 'anyone' || access === 'known') return 'writes';
  // It pays later: `limitSigned`.
  if (access === 'signed') return null;
  const permission = permissionOf(request, access);
  if (permission === 'start') return 'starts';
  return permission === 'rollback' ? 'returns' : 'writes';
}
