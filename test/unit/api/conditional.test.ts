/** Reading only what is new: ETags, and waiting for another state. */
import type { FastifyInstance } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { createApp } from '../../../src/api/app.ts';
import type { RolloutView } from '../../../src/api/contract.ts';
import { waitSecondsOf } from '../../../src/api/wait.ts';
import { fakeDeps, fakeRollouts, runId, viewOf } from './fakes.ts';

const target = '/v1/rollouts/demo/shop';
const shifting = viewOf({ phase: 'shifting' });
const soaking = viewOf({ phase: 'soaking' });
const ended = viewOf({ phase: 'promoted', outcome: 'promoted' });

let app: FastifyInstance | undefined;

afterEach(async () => {
  await app?.close();
  app = undefined;
});

/** A rollout whose state is whatever was set last. */
async function serve(first: RolloutView, pollMs = 10) {
  const state = { view: first };
  const rollouts = fakeRollouts({ get: async () => state.view });
  const served = await createApp(fakeDeps(rollouts), { pollMs });
  app = served;
  const get = (headers: Record<string, string> = {}, query = '') =>
    served.inject({ url: `${target}${query}`, headers });
  return { state, rollouts, get };
}

test('what is known already is not sent again, in whichever way its tag is written', async () => {
  const { state, get } = await serve(soaking);
  const { headers, statusCode } = await get();
  const tag = String(headers.etag);
  expect(statusCode).toBe(200);
  for (const known of [tag, tag.replace('W/', ''), `"other", ${tag}`, '*']) {
    const again = await get({ 'if-none-match': known });
    expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', tag]);
  }
  expect((await get({ 'if-none-match': '"other"' })).statusCode).toBe(200);
  state.view = ended;
  const now = { 'if-none-match': tag, 'cache-control': 'max-age=0' };
  expect((await get(now)).json().outcome).toBe('promoted');
});

test('a HEAD is told as well that its state is still the last one', async () => {
  await serve(soaking);
  const head = (headers: Record<string, string>) => app?.inject({ method: 'HEAD', url: target, headers });
  const tag = String((await head({}))?.headers.etag);
  for (const known of [tag, '*']) {
    const again = await head({ 'if-none-match': known });
    expect([again?.statusCode, again?.body, again?.headers.etag]).toEqual([304, '', tag]);
  }
  expect((await head({ 'if-none-match': '"other"' }))?.statusCode).toBe(200);
});

test('refusals and what changes something have no tag', async () => {
  const { get } = await serve(soaking);
  expect((await get({}, '?run=nonsense')).headers.etag).toBeUndefined();
});

test('waits for another state, and many who wait ask no oftener than one', async () => {
  const { state, rollouts, get } = await serve(shifting);
  const tag = String((await get()).headers.etag);
  const waiting = Array.from({ length: 20 }, () => get({ 'if-none-match': tag, prefer: 'wait=30' }));
  await expect.poll(() => rollouts.calls.length).toBeGreaterThan(24);
  const askedSoFar = rollouts.calls.length;
  state.view = soaking;
  const answers = await Promise.all(waiting);
  expect(answers.map(({ statusCode, headers }) => [statusCode, headers['preference-applied']])).toEqual(
    Array.from({ length: 20 }, () => [200, 'wait=30']),
  );
  expect(answers.every((answer) => answer.json().phase === 'soaking')).toBe(true);
  // One look told them all.
  expect(rollouts.calls.length - askedSoFar).toBeLessThan(5);
});

test('waits until a phase is reached, and no longer than the rollout lasts', async () => {
  const { state, get } = await serve(shifting);
  const soaks = get({ prefer: 'respond-async, wait=30' }, '?until=soaking');
  const ends = get({ prefer: 'wait=30' }, '?until=ended');
  const never = get({ prefer: 'wait=30' }, '?until=approving');
  state.view = soaking;
  expect((await soaks).json().phase).toBe('soaking');
  state.view = ended;
  expect((await ends).json().phase).toBe('promoted');
  expect((await never).json().phase).toBe('promoted');
});

test('waits for the rollout that runs now, however many still follow the one before', async () => {
  const next = viewOf({ version: 'v3' }, { runId: '0190b8a4-7c1d-7000-8000-000000000002' });
  const state = { latest: soaking };
  const rollouts = fakeRollouts({
    get: async ({ runId: named }) => (named === runId ? soaking : state.latest),
  });
  // So seldom that those who follow the one before do not hear of its end.
  app = await createApp(fakeDeps(rollouts), { pollMs: 60_000 });
  const before = app.inject(`${target}/events`);
  await expect.poll(() => rollouts.calls.length).toBe(1);
  state.latest = next;
  const wait = { url: `${target}?until=ended`, headers: { prefer: 'wait=0' } };
  expect((await app.inject(wait)).json()).toMatchObject({ runId: next.runId, status: { version: 'v3' } });
  await app.close();
  expect((await before).body).not.toContain(next.runId);
});

test('a wait never answers with a state from before the one that is known', async () => {
  // So seldom that those who follow it have heard of the state before only.
  const { state, rollouts, get } = await serve(shifting, 60_000);
  const follower = app?.inject(`${target}/events`);
  await expect.poll(() => rollouts.calls.length).toBe(1);
  state.view = soaking;
  const tag = String((await get()).headers.etag);
  expect((await get({ 'if-none-match': tag, prefer: 'wait=0' })).statusCode).toBe(304);
  await app?.close();
  await follower;
});

test('answers at once what need not be waited for, and after the time what has not changed', async () => {
  const { get } = await serve(soaking);
  const now = await get({ prefer: 'wait=30' }, '?until=soaking');
  expect([now.statusCode, now.headers['preference-applied']]).toEqual([200, undefined]);
  const tag = String(now.headers.etag);
  const later = await get({ 'if-none-match': tag, prefer: 'wait=0' });
  expect([later.statusCode, later.headers['preference-applied']]).toEqual([304, 'wait=0']);
  expect((await get({}, '?until=someday')).statusCode).toBe(400);
});

test.each([
  ['wait=30', 30],
  ['respond-async, wait="7"', 7],
  ['wait=99999', 55],
  ['wait=soon', null],
  ['await=3', null],
  [undefined, null],
] as const)('Prefer: %s waits %s s', (header, seconds) => {
  expect(waitSecondsOf(header)).toBe(seconds);
});
