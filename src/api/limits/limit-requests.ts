/** Puts every request that costs something to the budget of its kind. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
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

/** Probes, pages and files cost next to nothing, and probes must never be told to come later. */
function kindOf(request: FastifyRequest): Kind | null {
  const access = accessOf(request);
  const isLogin = request.routeOptions.url?.startsWith('/auth/') === true;
  if (access === 'open' && !isLogin) return null;
  if (request.method === 'GET' || request.method === 'HEAD') return 'reads';
  if (access === 'open' || access === 'anyone') return 'writes';
  // Events from outside, and answers by link, may bring a rollout back.
  if (access === 'signed') return 'returns';
  const permission = permissionOf(request, access);
  if (permission === 'start') return 'starts';
  return permission === 'rollback' ? 'returns' : 'writes';
}
