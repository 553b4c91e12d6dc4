/** Requests to addresses that the operator named: bounded in size and time, never to an address of the machine's own cloud. */
import { lookup } from 'node:dns/promises';
import { BlockList, isIPv6 } from 'node:net';
import { networkCause } from './network-cause.ts';

export const outgoingMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type OutgoingMethod = (typeof outgoingMethods)[number];

export interface OutgoingRequest {
  readonly method?: OutgoingMethod;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** An answer that is longer is refused. */
  readonly maxBytes: number;
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

/** Errors: `OutgoingError` for no answer, one that is too long, a redirect, or an address that is never asked. */
export async function outgoing(
  url: string,
  { method = 'GET', headers = {}, body, maxBytes, redirects = 'refused' }: OutgoingRequest,
  signal: AbortSignal,
): Promise<OutgoingAnswer> {
  const { hostname, host } = new URL(url);
  await refuseOwnCloud(hostname);
  const options = {
    method,
    headers,
    signal,
    redirect: redirects === 'told' ? ('manual' as const) : ('error' as const),
    ...(body === undefined ? {} : { body }),
  };
  const answer = await fetch(url, options).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new OutgoingError(`${host} did not answer: ${networkCause(error)}`);
  });
  return { status: answer.status, headers: answer.headers, text: await readBounded(answer, host, maxBytes) };
}

async function readBounded(answer: Response, host: string, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new OutgoingError(`${host} answered with more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Link-local addresses are where clouds keep a machine's credentials. */
async function refuseOwnCloud(hostname: string): Promise<void> {
  const bare = hostname.replace(/^\[|\]$/g, '');
  const found = await lookup(bare, { all: true }).catch((error: unknown) => {
    throw new OutgoingError(`${bare} is no known host: ${networkCause(error)}`);
  });
  if (!found.some(({ address }) => isLinkLocal(address))) return;
  throw new OutgoingError(`${bare} is a link-local address, which is never asked`);
}

const ownCloud = new BlockList();
ownCloud.addSubnet('169.254.0.0', 16, 'ipv4');
ownCloud.addSubnet('fe80::', 10, 'ipv6');
ownCloud.addSubnet('fd00:ec2::', 32, 'ipv6');

/** IPv4 addresses in IPv6 clothes are seen as what they are. */
export function isLinkLocal(address: string): boolean {
  return ownCloud.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
