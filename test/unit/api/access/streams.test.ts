/** Event streams end when whoever reads them may not any more, and are so many for each principal. */
import type { FastifyInstance } from 'fastify';
import { afterEach, expect, test, vi } from 'vitest';
import type { Principal } from '../../../../src/api/access/principal.ts';
import { createApp } from '../../../../src/api/app.ts';
import { problemSchema, type RolloutView } from '../../../../src/api/contract.ts';
import { everything, type Grant } from '../../../../src/domain/access/grants.ts';
import { SluiceError } from '../../../../src/domain/errors.ts';
import { waitFor } from '../../../support/wait-for.ts';
import { fakeDeps, fakeRollouts, viewOf } from '../fakes.ts';

let app: FastifyInstance | undefined;
afterEach(async () => {
  await app?.close();
});

const viewer: readonly Grant[] = [{ role: 'viewer', environments: ['demo'], services: ['*'] }];

/** `lookEveryMs`: of each stream, whether its reader may still read it. */
async function serve(principal: () => Principal, lookEveryMs = 5) {
  const looks = { count: 0 };
  const rollouts = fakeRollouts({ get: async () => viewOf({ phase: 'soaking' }) });
  app = await createApp(fakeDeps(rollouts), {
    pollMs: 5,
    lookEveryMs,
    authenticate: async () => {
      looks.count += 1;
      return principal();
    },
  });
  return { app, looks, rollouts };
}

const url = '/v1/rollouts/demo/shop/events';
const headers = { authorization: 'Bearer x' };

test.each([
  [
    'the token is revoked',
    () => {
      throw new SluiceError('unauthenticated', 'The bearer token is not good, or not any more.');
    },
    'unauthenticated',
  ],
  ['the rights have changed', () => ({ name: 'ann', verified: true, grants: [] }), 'access-refused'],
  ['it is somebody else', () => ({ name: 'bob', verified: true, grants: viewer }), 'access-refused'],
])('a stream ends once %s, and says so', async (_, later, code) => {
  const world: { who: () => Principal } = { who: () => ({ name: 'ann', verified: true, grants: viewer }) };
  const { app, looks } = await serve(() => world.who());
  const open = app.inject({ url, headers });
  await waitFor('some looks', () => looks.count > 3);
  world.who = later;
  const { body } = await open;
  expect(body).toContain('event: status');
  const [last = ''] = body.trim().split('\n\n').slice(-1);
  expect(last.split('\n')[0]).toBe('event: refused');
  expect(JSON.parse(last.split('data: ')[1] ?? '{}')).toMatchObject({ code });
});

test('nobody holds more streams than pages need, and a closed one makes room', async () => {
  // Two hundred streams, each looked after all the time, would leave no time for anything else.
  const { app } = await serve(() => ({ name: 'ann', verified: true, grants: everything }), 60_000);
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const stop = new AbortController();
  const open = () => fetch(`${address}${url}`, { headers, signal: stop.signal });
  const opened = await Promise.all(Array.from({ length: 200 }, open));
  expect(new Set(opened.map(({ status }) => status))).toEqual(new Set([200]));
  const refused = await open();
  const { details } = problemSchema.parse(await refused.json());
  expect([refused.status, details]).toEqual([429, { kind: 'streams' }]);
  await opened[0]?.body?.cancel();
  await expect
    .poll(async () => (await fetch(`${address}${url}`, { headers, signal: stop.signal })).status)
    .toBe(200);
  stop.abort();
});

test('a wait has the place of a stream until it is over, and is answered only to whoever may still read', async () => {
  const world: { who: () => Principal } = {
    who: () => ({ name: 'ann', verified: true, grants: everything }),
  };
  const { app, rollouts } = await serve(() => world.who(), 60_000);
  const wait = (seconds: number) =>
    app.inject({
      url: '/v1/rollouts/demo/shop?until=ended',
      headers: { ...headers, prefer: `wait=${seconds}` },
    });
  const waiting = Array.from({ length: 200 }, () => wait(55));
  await waitFor('all to wait', () => rollouts.calls.length >= 200);
  const refused = await wait(0);
  expect([refused.statusCode, refused.json().details]).toEqual([429, { kind: 'streams' }]);
  const promoted = viewOf({ phase: 'promoted', outcome: 'promoted' });
  vi.spyOn(rollouts, 'get').mockImplementation(async () => promoted);
  const answers = await Promise.all(waiting);
  expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  vi.restoreAllMocks();
  expect((await wait(0)).statusCode).toBe(200);
  const looks = rollouts.calls.length;
  const last = wait(55);
  await waitFor('the wait to begin', () => rollouts.calls.length > looks);
  world.who = () => ({ name: 'ann', verified: true, grants: [] });
  vi.spyOn(rollouts, 'get').mockImplementation(async () => promoted);
  expect((await last).statusCode).toBe(403);
});

test.each([url, '/v1/rollouts/events'])('HEAD %s opens no stream', async (path) => {
  const { app } = await serve(() => ({ name: 'ann', verified: true, grants: everything }));
  const { statusCode, headers: answered } = await app.inject({ method: 'HEAD', url: path, headers });
  expect([statusCode, answered.allow]).toEqual([405, expect.not.stringContaining('HEAD')]);
});

test('whoever leaves before the first look holds no stream', async () => {
  const { app, rollouts } = await serve(() => ({ name: 'ann', verified: true, grants: everything }));
  let see = (_view: RolloutView) => {};
  const seen = new Promise<RolloutView>((resolve) => {
    see = resolve;
  });
  const get = vi.spyOn(rollouts, 'get').mockImplementation(() => seen);
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  let left = 0;
  app.server.on('request', (_, reply) => {
    reply.once('close', () => {
      left += 1;
    });
  });
  const leave = new AbortController();
  const open = (n: number) =>
    fetch(`${address}/v1/rollouts/demo/s${n}/events`, { headers, signal: leave.signal }).catch(() => null);
  const asked = Array.from({ length: 200 }, (_, n) => open(n));
  await waitFor('all to be looked at', () => get.mock.calls.length === 200);
  leave.abort();
  await Promise.all(asked);
  await waitFor('all to be gone', () => left === 200);
  see(viewOf({ phase: 'soaking' }));
  const stop = new AbortController();
  const { status } = await fetch(`${address}${url}`, { headers, signal: stop.signal });
  stop.abort();
  expect(status).toBe(200);
});
