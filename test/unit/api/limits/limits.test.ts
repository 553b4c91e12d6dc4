/** Budgets of requests: each principal's own, by kind, with what is left told, and never in the way of a way back. */
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Principal } from '../../../../src/api/access/principal.ts';
import { makeToken } from '../../../../src/api/access/tokens.ts';
import { type AppOptions, createApp } from '../../../../src/api/app.ts';
import { problemSchema } from '../../../../src/api/contract.ts';
import { Buckets } from '../../../../src/api/limits/buckets.ts';
import { budgetsOf } from '../../../../src/api/limits/budgets.ts';
import { networkOf } from '../../../../src/api/limits/limiter.ts';
import type { EventKeys } from '../../../../src/api/outside/delivery.ts';
import { signatureOf } from '../../../../src/api/outside/signature.ts';
import { everything } from '../../../../src/domain/access/grants.ts';
import { SluiceError } from '../../../../src/domain/errors.ts';
import { fakeDeps, fakeRollouts } from '../fakes.ts';

describe('a budget', () => {
  const clock = { ms: 0 };
  const buckets = () => new Buckets({ perSecond: 2, burst: 3 }, () => clock.ms);
  const taken = (from: Buckets, times: number, key = 'ann') =>
    Array.from({ length: times }, () => from.take(key)).map(({ ok }) => ok);
  beforeEach(() => {
    clock.ms = 0;
  });

  test('is there at once, then as it refills, and for each key', () => {
    const some = buckets();
    expect(taken(some, 4)).toEqual([true, true, true, false]);
    expect(taken(some, 1, 'bob')).toEqual([true]);
    clock.ms = 499;
    expect(taken(some, 1)).toEqual([false]);
    clock.ms = 1_000;
    expect(taken(some, 3)).toEqual([true, true, false]);
    clock.ms = 3_600_000;
    expect(taken(some, 4)).toEqual([true, true, true, false]);
  });

  test('says what is left and how long to wait', () => {
    const some = new Buckets({ perSecond: 0.1, burst: 2 }, () => clock.ms);
    expect(some.take('ann')).toEqual({ ok: true, left: 1, waitSeconds: 1, fullSeconds: 10 });
    expect(some.take('ann')).toEqual({ ok: true, left: 0, waitSeconds: 10, fullSeconds: 20 });
    expect(some.take('ann')).toEqual({ ok: false, left: 0, waitSeconds: 10, fullSeconds: 20 });
  });

  test('of many keys takes no more room than of some', () => {
    const some = buckets();
    taken(some, 3, 'first');
    for (let at = 0; at < 10_000; at += 1) some.take(`key ${at}`);
    expect(taken(some, 1, 'first')).toEqual([true]);
  });
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8::7', '2001:db8::/64'],
])('%s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

let app: FastifyInstance | undefined;
const logged: string[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  await app?.close();
  logged.length = 0;
});

const known = async (authorization: string | undefined): Promise<Principal> => {
  const name = authorization?.split(' ')[1];
  if (name === undefined || name === 'wrong')
    throw new SluiceError('unauthenticated', 'The token is not good.');
  return { name, verified: true, grants: everything };
};

async function serve(options: AppOptions = {}, eventKeys?: EventKeys) {
  // The clock stands still, so that nothing refills meanwhile.
  vi.spyOn(performance, 'now').mockReturnValue(1_000_000);
  const stopped = { restored: [], notRestored: [], told: 0, notTold: [], listProblem: null };
  const rollouts = fakeRollouts({
    list: async () => ({ rollouts: [], next: null }),
    command: async () => ({ accepted: true, via: 'update', status: null }),
    emergencyStop: async () => stopped,
    start: async () => ({ workflowId: 'w', runId: 'r', created: true, workerSeen: true, warnings: [] }),
  });
  const stream = { write: (line: string) => void logged.push(line) };
  const deps = fakeDeps(rollouts);
  app = await createApp(eventKeys === undefined ? deps : { ...deps, eventKeys }, {
    authenticate: known,
    budgets: budgetsOf({ reads: 0.5, writes: 0.2, starts: 0.1 }),
    logger: pino({ level: 'warn' }, stream),
    ...options,
  });
  return { app, rollouts };
}

async function statuses(
  app: FastifyInstance,
  times: number,
  request: object,
): Promise<Record<number, number>> {
  const counts: Record<number, number> = {};
  for (let at = 0; at < times; at += 1) {
    const { statusCode } = await app.inject(request);
    counts[statusCode] = (counts[statusCode] ?? 0) + 1;
  }
  return counts;
}

const as = (name: string) => ({ authorization: `Bearer ${name}` });
const post = (url: string, payload: object = {}, name = 'ann') => ({
  method: 'POST' as const,
  url,
  headers: as(name),
  payload,
});

test('whoever asks too much is told when to come back, and nobody else is', async () => {
  const { app } = await serve();
  const read = { url: '/v1/rollouts', headers: as('ann') };
  const first = await app.inject(read);
  expect(first.headers).toMatchObject({
    'ratelimit-policy': '"reads";q=5;w=10',
    ratelimit: '"reads";r=4;t=2',
  });
  expect(await statuses(app, 6, read)).toEqual({ 200: 4, 429: 2 });
  const refused = await app.inject(read);
  expect(refused.headers['retry-after']).toBe('2');
  expect(problemSchema.parse(refused.json())).toMatchObject({
    code: 'rate-limited',
    details: { kind: 'reads', retryAfterSeconds: 2 },
  });
  expect((await app.inject({ ...read, headers: as('bob') })).statusCode).toBe(200);
  vi.spyOn(performance, 'now').mockReturnValue(1_002_000);
  expect((await app.inject(read)).statusCode).toBe(200);
});

test('kinds do not use up each other’s budgets', async () => {
  const { app } = await serve();
  expect(await statuses(app, 6, { url: '/v1/rollouts', headers: as('ann') })).toEqual({ 200: 5, 429: 1 });
  expect(await statuses(app, 3, post('/v1/rollouts/demo/shop/pause'))).toEqual({ 200: 2, 429: 1 });
  expect(await statuses(app, 6, post('/v1/rollouts', { version: 'v2' }))).toEqual({ 201: 5, 429: 1 });
  expect((await app.inject(post('/v1/rollouts/demo/shop/rollback'))).statusCode).toBe(200);
});

test('a storm of stops is never refused', async () => {
  const { app } = await serve();
  const stop = { scope: { targets: ['demo/shop'] }, reason: 'fire', actor: 'ann' };
  const storm = [
    ...Array.from({ length: 1_000 }, () => post('/v1/rollouts/demo/shop/rollback')),
    ...Array.from({ length: 200 }, () => post('/v1/emergency-stop', stop)),
  ];
  const answers = await Promise.all(storm.map((one) => app.inject(one)));
  expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
});

test('wrong tokens are counted by address, and refuse nobody whose token is good', async () => {
  const { app } = await serve();
  const wrong = { url: '/v1/rollouts', headers: as('wrong') };
  expect(await statuses(app, 32, wrong)).toEqual({ 401: 30, 429: 2 });
  expect((await app.inject({ ...wrong, remoteAddress: '192.0.2.9' })).statusCode).toBe(401);
  expect((await app.inject({ ...wrong, headers: as('ann') })).statusCode).toBe(200);
});

test('whoever has no token, or a session that is over, has tried nothing', async () => {
  const { app } = await serve();
  expect(await statuses(app, 40, { url: '/v1/rollouts' })).toEqual({ 401: 40 });
  const cookies = { '__Host-sluice': 'over' };
  expect(await statuses(app, 40, { url: '/v1/rollouts', cookies })).toEqual({ 401: 40 });
  expect(await statuses(app, 31, { url: '/v1/rollouts', headers: as('wrong') })).toEqual({ 401: 30, 429: 1 });
});

test('junk uses up nothing of the signed events and answers that come from the same address', async () => {
  const returns = { perSecond: 1, burst: 2 };
  const keys = { secrets: async () => ['secret'], tokens: async () => ['token'] };
  const { app } = await serve({ budgets: { ...budgetsOf(), returns } }, keys);
  const event = (signature: string, payload = 'no JSON') => ({
    method: 'POST' as const,
    url: '/v1/rollouts/demo/shop/events',
    headers: { 'content-type': 'application/json', 'x-sluice-signature': signature },
    payload,
  });
  expect(await statuses(app, 20, event('t=1,v1=00'))).toEqual({ 401: 20 });
  const answer = { method: 'POST', url: '/approvals/junk', payload: 'answer=approve' };
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  expect(await statuses(app, 20, { ...answer, headers })).toEqual({ 503: 10, 429: 10 });
  const good = event(signatureOf('no JSON', 'secret', Math.floor(Date.now() / 1000)));
  expect(await statuses(app, 3, good)).toEqual({ 400: 2, 429: 1 });
});

test.each([
  ['no proxy is named', {}, 1],
  ['the proxy is named', { proxies: ['10.0.0.0/8'] }, 0],
])(
  'behind TLS of a proxy it is said at the start that all share its limits: %s',
  async (_, options, lines) => {
    await serve({ tlsInFront: true, ...options });
    expect(logged.filter((line) => line.includes('api.proxies'))).toHaveLength(lines);
  },
);

test('only a proxy that the operator names may say whom it asks for', async () => {
  const { app } = await serve({ proxies: ['192.0.2.0/24'] });
  const from = (remoteAddress: string, client: string) => ({
    ...{ url: '/v1/rollouts', remoteAddress },
    headers: { ...as('wrong'), 'x-forwarded-for': client },
  });
  expect(await statuses(app, 31, from('192.0.2.1', '198.51.100.1'))).toEqual({ 401: 30, 429: 1 });
  expect((await app.inject(from('192.0.2.1', '198.51.100.2'))).statusCode).toBe(401);
  expect(await statuses(app, 31, from('203.0.113.1', '198.51.100.3'))).toEqual({ 401: 30, 429: 1 });
  expect((await app.inject(from('203.0.113.1', '198.51.100.4'))).statusCode).toBe(429);
});

test('probes and pages are never told to come later', async () => {
  const { app } = await serve();
  for (const url of ['/healthz', '/metrics', '/openapi.json']) {
    expect(await statuses(app, 20, { url })).toEqual({ 200: 20 });
  }
});

test('a refusal of a token names it by its id, which tells whose it was, and never shows the secret', async () => {
  const authenticate = () => Promise.reject(new SluiceError('unauthenticated', 'It has expired.'));
  const { app } = await serve({ authenticate });
  const { token, entry } = makeToken('ci', everything, Date.now(), 1_000);
  await app.inject({ url: '/v1/rollouts', headers: as(token) });
  expect(JSON.parse(logged[0] ?? '{}')).toMatchObject({ refused: 'unauthenticated', token: entry.id });
  expect(logged.join('')).not.toContain(token.slice(-43));
});

test('each refusal is one line that says who asked for what, without secrets, and a flood is counted', async () => {
  const { app } = await serve();
  await app.inject({ url: '/v1/rollouts?service=s3cret', headers: as('wrong') });
  await statuses(app, 149, { url: '/v1/rollouts', headers: as('wrong') });
  const lines = logged.map((line) => JSON.parse(line));
  expect(lines[0]).toMatchObject({
    ...{
      refused: 'unauthenticated',
      method: 'GET',
      path: '/v1/rollouts',
      principal: 'nobody',
      address: '127.0.0.1',
    },
  });
  expect(lines[0]).not.toHaveProperty('token');
  expect(logged.join('')).not.toMatch(/s3cret|Bearer/);
  const of = (code: string) => lines.filter(({ refused }) => refused === code).length;
  expect([of('unauthenticated'), of('rate-limited')]).toEqual([30, 100]);
  vi.spyOn(performance, 'now').mockReturnValue(1_000_500);
  await app.inject({ url: '/v1/rollouts', headers: as('wrong') });
  expect(JSON.parse(logged.at(-1) ?? '{}')).toMatchObject({ refused: 'rate-limited', leftOut: 20 });
});
