/** Holds every route to what it says of itself: open to all, signed in its own way, or for whoever has a permission. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { commandPermissions } from '../../domain/access/commands.ts';
import { everywhere, type Permission } from '../../domain/access/grants.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { Limiter } from '../limits/limiter.ts';
import type { Authenticate } from './authenticator.ts';
import { refuseForgery } from './csrf.ts';
import { anybody, need, needSomewhere, needWithin, nobody, type Principal } from './principal.ts';

/**
 * `open`: tells nothing that is worth knowing. `signed`: the route checks a signature itself. `anyone`: for whoever has
 * not logged in too, but not for whoever shows what is not good. `known`: for whoever is known, whatever their role.
 */
export type Access = 'open' | 'signed' | 'anyone' | 'known' | Permission;

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal;
  }
  interface FastifyContextConfig {
    /** Default: `read` for GET, else `admin`. Where the path names a target, it is asked for there. */
    access?: Access;
    /** The handler itself asks for the permission where the body says; here it is asked for somewhere. */
    areaInBody?: boolean;
    /** A list that shows what its reader may see of what its filters name. */
    thinned?: boolean;
    /** The actor in the body is somebody else than the sender. */
    actorIsAnother?: boolean;
  }
}

/** The page of the API's description loads its own scripts. */
const openPrefixes = ['/docs', '/openapi.json', '/healthz', '/readyz', '/metrics'];
const targetSchema = z.object({ environment: z.string(), service: z.string() });
const commandSchema = z.object({ command: z.string() });
const querySchema = z.object({ environment: z.string().catch('*'), service: z.string().catch('*') });

/** Before anybody is asked, a request is anybody's. Must be called before every other hook that may refuse. */
export function introduce(app: FastifyInstance): void {
  app.decorateRequest('principal');
  app.addHook('onRequest', async (request) => {
    request.principal = anybody;
  });
}

/** Must be called before the routes are declared. */
export function holdToAccess(
  app: FastifyInstance,
  authenticate: Authenticate,
  limiter: Limiter | null,
): void {
  app.addHook('onRequest', async (request, reply) => {
    const access = accessOf(request);
    if (isFree(access)) return;
    const { authorization, cookie } = request.headers;
    // For the log, should it be refused.
    request.principal = nobody;
    request.principal = await authenticate(authorization, cookie).catch((error: unknown) => {
      // A session that is over is no session.
      if (!isUnauthenticated(error)) throw error;
      if (access === 'anyone' && authorization === undefined) return nobody;
      // Whoever has what is good is never refused for what others of that address get wrong. Nothing, or a session that
      // is over, is no attempt, and leads to the login.
      if (authorization !== undefined) limiter?.spend('failures', request, reply);
      throw error;
    });
    refuseForgery(request);
  });
  // Before validation, since a body may leave out what the request proves.
  app.addHook('preValidation', async (request) => {
    if (takesActor(request)) nameActor(request);
  });
  app.addHook('preHandler', async (request) => {
    const access = accessOf(request);
    if (isFree(access) || access === 'anyone' || access === 'known') return;
    refuse(request, access);
    // Once more, since a body that was left out is one only now.
    nameActor(request);
  });
}

export function accessOf({ routeOptions: { url, config }, method }: FastifyRequest): Access {
  return accessOfRoute(url, config.access, method);
}

export function accessOfRoute(url: string | undefined, said: Access | undefined, method: string): Access {
  // What does not exist is told to everybody.
  if (url === undefined || openPrefixes.some((prefix) => url.startsWith(prefix))) return 'open';
  return said ?? (method === 'GET' || method === 'HEAD' ? 'read' : 'admin');
}

function isFree(access: Access): access is 'open' | 'signed' {
  return access === 'open' || access === 'signed';
}

function isUnauthenticated(error: unknown): boolean {
  return error instanceof SluiceError && error.code === 'unauthenticated';
}

/** A list is of what its filters name, and without a filter of everything. */
function refuse(request: FastifyRequest, permission: Permission): void {
  const { principal, params, routeOptions } = request;
  const target = targetSchema.safeParse(params);
  if (target.success) need(principal, permissionOf(request, permission), target.data);
  else if (routeOptions.config.areaInBody === true) needSomewhere(principal, permission);
  else {
    const asked = querySchema.safeParse(request.query);
    const area = asked.success ? asked.data : everywhere;
    if (routeOptions.config.thinned === true) needWithin(principal, permission, area);
    else need(principal, permission, area);
  }
}

const ofCommands: Readonly<Record<string, Permission>> = commandPermissions;

/** One route takes all commands. */
export function permissionOf({ params }: FastifyRequest, permission: Permission): Permission {
  const named = commandSchema.safeParse(params);
  return named.success ? (ofCommands[named.data.command] ?? permission) : permission;
}

/** Whoever starts a rollout sends a plan, in which there is no room for a name. */
const acts: ReadonlySet<Access> = new Set(['steer', 'approve', 'rollback', 'release', 'admin']);

function takesActor({ routeOptions }: FastifyRequest): boolean {
  const body: unknown = routeOptions.schema?.body;
  return body instanceof z.ZodObject && 'actor' in body.shape;
}

/** Whoever was verified acts by that name, whatever the request says. */
function nameActor(request: FastifyRequest): void {
  const { principal, body, routeOptions } = request;
  const access = accessOf(request);
  if (!acts.has(access) || routeOptions.config.actorIsAnother === true) return;
  if (principal.verified && typeof body === 'object' && body !== null) {
    Object.assign(body, { actor: principal.name });
  }
}
