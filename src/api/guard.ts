/** Keeps web pages from driving the API: a known Host (against DNS rebinding) and same-origin writes (against CSRF). */
import type { FastifyInstance } from 'fastify';
import { SluiceError } from '../domain/errors.ts';
import { hostNameOf, isLoopback } from './bind.ts';

const reading = new Set(['GET', 'HEAD', 'OPTIONS']);

interface Names {
  /** By which the API may be addressed, besides loopback. */
  readonly hostNames: readonly string[];
  /** The address by which people reach the pages behind approval links, whose key is in the link; null: as the rest. */
  readonly outside: string | null;
  /** Of other pages that may use it all the same. */
  readonly origins: ReadonlySet<string>;
}

export function guardRequests(app: FastifyInstance, { hostNames, outside, origins }: Names): void {
  const names = new Set(hostNames.map((name) => name.toLowerCase()));
  const known = outside === null ? null : new URL(outside);
  app.addHook('onRequest', async (request) => {
    const { host, origin, 'sec-fetch-site': site } = request.headers;
    const fromOutside = known !== null && host === known.host && request.url.startsWith('/approvals/');
    if (!fromOutside) refuseHost(host, names);
    if (reading.has(request.method)) return;
    const welcome = origin !== undefined && (origins.has(origin) || (fromOutside && origin === known.origin));
    if (!welcome) refuseOrigin(origin, host, typeof site === 'string' ? site : undefined);
    if (!request.is404) refuseUntyped(request.method, request.headers['content-type']);
  });
}

function refuseHost(host: string | undefined, known: ReadonlySet<string>): void {
  const name = host === undefined ? null : hostNameOf(host);
  if (name !== null && (isLoopback(name) || known.has(name.toLowerCase()))) return;
  throw new SluiceError(
    'host-refused',
    `The request was addressed to "${host ?? ''}", which is no name of this API.`,
  );
}

function refuseOrigin(origin: string | undefined, host: string | undefined, site: string | undefined): void {
  // Behind a proxy the API does not see whether the page came over TLS.
  const foreign = origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`;
  if (!foreign && (site === undefined || site === 'same-origin' || site === 'none')) return;
  throw new SluiceError(
    'origin-refused',
    `A page of another origin (${origin ?? site}) may not change anything here.`,
  );
}

/** A form or a script of another site can only send without preflight what is not JSON or YAML. */
function refuseUntyped(method: string, contentType: string | undefined): void {
  if (method !== 'POST' || contentType !== undefined) return;
  throw new SluiceError('media-type-unsupported', 'The request has no Content-Type.');
}
