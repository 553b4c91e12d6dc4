/** Requests to outside: to hosts that the operator allows, never to a machine's own cloud, bounded in size and time. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { carrierOf } from '../telemetry/spans.ts';
import { limitOf } from './limit.ts';
import { networkCause } from './network-cause.ts';
import { guardedLookup, refusedAddress } from './own-cloud.ts';

export const outgoingMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
type OutgoingMethod = (typeof outgoingMethods)[number];

export interface OutgoingRequest {
  readonly method?: OutgoingMethod;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** An answer that is longer is refused. Null: only its status counts, and the rest is not read. */
  readonly maxBytes: number | null;
  /** `told`: a redirect is an answer like any other, for a caller who looks where it leads. Default: it is refused. */
  readonly redirects?: 'refused' | 'told';
}

export interface OutgoingAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What is wrong, in one sentence, without the address's credentials or query. */
export class OutgoingError extends Error {}

/** However patient the caller is. */
const longestMs = 60_000;

/** Null: any host. One rule for the process, so that no provider can forget it. */
let allowed: readonly string[] | null = null;

/** Hosts such as `api.example.com`, or `*.example.com` for all below it. */
export function allowOutgoing(hosts: readonly string[] | null): void {
  allowed = hosts;
}

/**
 * Errors: `OutgoingError` for a host that is not allowed, an address that is never asked, no answer, a redirect, or an
 * answer that is too long or compressed.
 */
export async function outgoing(
  url: string,
  request: OutgoingRequest,
  signal: AbortSignal,
): Promise<OutgoingAnswer> {
  const address = addressOf(url);
  const limit = limitOf(longestMs, signal);
  try {
    const answer = await sent(address, request, limit.signal);
    return await read(answer, address.host, request);
  } catch (error) {
    signal.throwIfAborted();
    // A request that cannot be made at all, for want of a good header say, is the caller's fault.
    if (error instanceof OutgoingError || error instanceof TypeError) throw error;
    if (limit.struck) throw new OutgoingError(`${address.host} did not answer within ${longestMs} ms`);
    throw new OutgoingError(`${address.host} did not answer: ${networkCause(error)}`);
  } finally {
    limit.clear();
  }
}

function addressOf(url: string): URL {
  const address = new URL(url);
  if (address.username !== '' || address.password !== '') {
    throw new OutgoingError(`the address of ${address.host} must have no user name and no password`);
  }
  const refusal = refusedHost(address.hostname);
  if (refusal !== null) throw new OutgoingError(refusal);
  return address;
}

/** What speaks against a connection to the host, also by other means than HTTP; null: nothing. */
export function refusedHost(hostname: string): string | null {
  const host = hostname.toLowerCase().replace(/\.$/, '');
  if (allowed !== null && !allowed.some((pattern) => covers(pattern.toLowerCase(), host))) {
    return `${host} is not among the hosts that may be asked (outgoing.allow)`;
  }
  return refusedAddress(hostname);
}

function covers(pattern: string, host: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : pattern === host;
}

function sent(
  address: URL,
  { method = 'GET', headers = {}, body }: OutgoingRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const send = address.protocol === 'https:' ? httpsRequest : httpRequest;
  const own = {
    'user-agent': 'sluice',
    ...carrierOf(),
    ...headers,
    // What is small on the wire may be endless in memory.
    'accept-encoding': 'identity',
    ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
  };
  return new Promise((resolve, reject) => {
    // The address that was checked is the one that is connected to: there is no second look-up.
    const options = { method, headers: own, signal, agent: false, lookup: guardedLookup } as const;
    send(address, options, resolve).once('error', reject).end(body);
  });
}

async function read(
  answer: IncomingMessage,
  host: string,
  { maxBytes, redirects = 'refused' }: OutgoingRequest,
): Promise<OutgoingAnswer> {
  const { statusCode: status = 0, headersDistinct } = answer;
  try {
    if (redirects === 'refused' && status >= 300 && status < 400) {
      throw new OutgoingError(`${host} answered with a redirect (${status}), which is never followed`);
    }
    if (maxBytes === null) return { status, headers: new Headers(), text: '' };
    const encoding = answer.headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') throw new OutgoingError(`${host} answered in ${encoding}, unasked`);
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw new OutgoingError(`${host} answered with more than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
    const pairs = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
      values.map((value): [string, string] => [name, value]),
    );
    return { status, headers: new Headers(pairs), text: Buffer.concat(chunks).toString('utf8') };
  } finally {
    answer.destroy();
  }
}
