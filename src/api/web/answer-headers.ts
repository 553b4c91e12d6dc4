/**
 * Headers that keep an answer from being run, framed, embedded or guessed at, on every answer that does not say it
 * better.
 */
import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

const aYearSeconds = 31_536_000;

/** What the API answers is data: nothing of it may load or run, wherever it is opened. */
const ofData = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** The page of the API's description is files of its own, and tries the API out. */
const ofDescription =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Of a page that has one style of its own in it, and maybe a form that it answers itself. */
export function policyWithStyle(style: string, formAction: "'none'" | "'self'" = "'none'"): string {
  const hash = createHash('sha256').update(style).digest('base64');
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action ${formAction}; frame-ancestors 'none'`;
}

const always: Readonly<Record<string, string>> = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // What one person may read is kept for nobody else, and not shown again without asking.
  'cache-control': 'private, no-cache',
};

/** `overTls`: people reach the API over TLS, its own or that of a proxy, and their browsers may insist on it. */
export function headersOf(path: string, overTls: boolean): Readonly<Record<string, string>> {
  return {
    ...always,
    'content-security-policy': path === '/docs' || path.startsWith('/docs/') ? ofDescription : ofData,
    ...(overTls ? { 'strict-transport-security': `max-age=${aYearSeconds}` } : {}),
  };
}

export function protectAnswers(app: FastifyInstance, overTls: boolean): void {
  const plain = Object.entries(headersOf('', overTls));
  const described = Object.entries(headersOf('/docs', overTls));
  app.addHook('onSend', async ({ url }, reply) => {
    for (const [name, value] of url.startsWith('/docs') ? described : plain) {
      if (!reply.hasHeader(name)) reply.header(name, value);
    }
  });
}
