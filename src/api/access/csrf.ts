/** Browsers bring a session along by themselves, so what changes something must show that a page of ours sent it. */
import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { SluiceError } from '../../domain/errors.ts';

const csrfHeader = 'x-csrf-token';
const reading = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Bearer tokens are not sent by themselves. Throws `csrf-refused`. */
export function refuseForgery({ principal, method, headers }: FastifyRequest): void {
  const { session } = principal;
  if (session === undefined || reading.has(method)) return;
  const { host = '', origin, 'sec-fetch-site': site, [csrfHeader]: sent } = headers;
  // The one is what older browsers say, the other what newer ones do; the guard has looked whether they agree.
  const isOurs = site === undefined ? origin?.split('//')[1] === host : site === 'same-origin';
  if (!isOurs) throw refused('A session may be used by pages of this API only.');
  if (typeof sent !== 'string' || !same(sent, session.csrf)) {
    throw refused(`The request has no ${csrfHeader} header that belongs to its session.`);
  }
}

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function refused(why: string): SluiceError {
  return new SluiceError('csrf-refused', why);
}
