/** What stands around every answer: headers that browsers heed, and which pages may read it. */
import type { FastifyInstance } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { type AppOptions, createApp } from '../../../../src/api/app.ts';
import { problemSchema } from '../../../../src/api/contract.ts';
import { SluiceError } from '../../../../src/domain/errors.ts';
import { failing, fakeDeps, fakeRollouts } from '../fakes.ts';

let app: FastifyInstance | undefined;
afterEach(async () => {
  await app?.close();
});

async function serve(options: AppOptions = {}) {
  const rollouts = fakeRollouts({
    list: async () => ({ rollouts: [], next: null }),
    get: failing('internal', 'broken'),
    command: async () => ({ accepted: true, via: 'update', status: null }),
  });
  app = await createApp(fakeDeps(rollouts), options);
  return { app, rollouts };
}

const nobodyIn = async () => {
  throw new SluiceError('unauthenticated', 'nobody');
};

test.each([
  ['an answer', '/v1/rollouts', 200],
  ['a failure', '/v1/rollouts/demo/shop', 500],
  ['what does not exist', '/nothing', 404],
  ['a path that is none', '/v1/rollouts/%zz', 400],
  ['a wrong parameter', '/v1/rollouts?limit=x', 400],
  ['an approval page', '/approvals/not-good', 503],
  ['a description', '/openapi.json', 200],
  ['the page of the description', '/docs', 200],
  ['a script of that page', '/docs/static/swagger-ui-bundle.js', 200],
  ['a probe', '/healthz', 200],
])('%s cannot be framed, sniffed or embedded, and says what may load', async (_, url, status) => {
  const { app } = await serve();
  const answer = await app.inject(url);
  expect(answer.statusCode).toBe(status);
  expect(answer.headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': expect.stringMatching(/^(no-referrer|same-origin)$/),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  });
  const policy = String(answer.headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe');
  expect(answer.headers['strict-transport-security']).toBeUndefined();
});

test('what one person reads is kept for nobody else, refusals not at all', async () => {
  const { app } = await serve();
  expect((await app.inject('/v1/rollouts')).headers['cache-control']).toBe('private, no-cache');
  expect((await app.inject('/nothing')).headers['cache-control']).toBe('no-store');
});

test('a path that is none is a problem like any other', async () => {
  const { app } = await serve();
  const answer = await app.inject('/v1/rollouts/%zz');
  expect(answer.headers['content-type']).toContain('problem+json');
  expect(problemSchema.parse(answer.json()).code).toBe('request-invalid');
});

test('over TLS, browsers are told to insist on it', async () => {
  const { app } = await serve({ tlsInFront: true });
  const { headers } = await app.inject('/healthz');
  expect(headers['strict-transport-security']).toBe('max-age=31536000');
});

test('the page of errors may use its own style and nothing else', async () => {
  const { app } = await serve();
  const { headers, body } = await app.inject('/docs/errors');
  expect(headers['content-security-policy']).toMatch(/style-src 'sha256-[A-Za-z0-9+/]+='/);
  expect(body).not.toContain('<script');
});

const portal = 'https://portal.example.com';
const allow = 'access-control-allow-origin';

test('pages of other origins read nothing, unless the operator lists them', async () => {
  const { app } = await serve();
  expect(
    (await app.inject({ url: '/v1/rollouts', headers: { origin: portal } })).headers[allow],
  ).toBeUndefined();
  await app.close();
  const listed = (await serve({ origins: [portal] })).app;
  const { headers } = await listed.inject({ url: '/v1/rollouts', headers: { origin: portal } });
  expect(headers).toMatchObject({
    [allow]: portal,
    vary: 'origin',
    'cross-origin-resource-policy': 'cross-origin',
  });
  // No cookie is heeded for another page.
  expect(headers['access-control-allow-credentials']).toBeUndefined();
  for (const origin of ['https://portal.example.com.evil.example', 'http://portal.example.com', 'null']) {
    const other = await listed.inject({ url: '/v1/rollouts', headers: { origin } });
    expect(other.headers[allow], origin).toBeUndefined();
    expect(other.headers.vary).toBe('origin');
  }
});

test('a listed page asks first, and may then write', async () => {
  const { app, rollouts } = await serve({ origins: [portal] });
  const url = '/v1/rollouts/demo/shop/pause';
  const asked = await app.inject({
    method: 'OPTIONS',
    url,
    headers: { origin: portal, 'access-control-request-method': 'POST' },
  });
  expect(asked.statusCode).toBe(204);
  expect(asked.headers).toMatchObject({
    [allow]: portal,
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': expect.stringContaining('authorization'),
  });
  const headers = { origin: portal, 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' };
  expect((await app.inject({ method: 'POST', url, headers, payload: {} })).statusCode).toBe(200);
  const foreign = { ...headers, origin: 'https://evil.example' };
  expect((await app.inject({ method: 'POST', url, headers: foreign, payload: {} })).statusCode).toBe(403);
  expect(rollouts.calls).toHaveLength(1);
});

test('a listed page may read why it was refused', async () => {
  const { app } = await serve({ origins: [portal], authenticate: nobodyIn });
  const answer = await app.inject({ url: '/v1/rollouts', headers: { origin: portal } });
  expect([answer.statusCode, answer.headers[allow]]).toEqual([401, portal]);
});
