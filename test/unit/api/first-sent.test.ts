/** A request that is sent again with its key acts on what it was sent to first, and on nothing that has begun since. */
import { WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { expect, test } from 'vitest';
import { createApp } from '../../../src/api/app.ts';
import { createDataPlanes } from '../../../src/api/express/data-planes.ts';
import { createNoticeService } from '../../../src/api/notice-service.ts';
import { createTemporalService } from '../../../src/api/temporal-service.ts';
import { newIncident } from '../../../src/domain/incident/state.ts';
import { createMemoryTraffic } from '../../../src/providers/traffic/memory.ts';
import { type FakeRollout, fakeTemporal } from './fake-temporal.ts';
import { fakeDeps } from './fakes.ts';

const order = { id: 'demo', scope: ['demo'], to: null, actor: 'bob', reason: 'flood', stoppedAll: [] };

/** What is there now; a later one takes its place. */
async function serve() {
  const stops: string[] = [];
  const known: Record<string, FakeRollout> = {
    'demo/shop': { runId: 'a' },
    'notices/demo/shop/a': {},
    'notices/demo/shop/b': {},
    'emergency/demo': { runId: 'a', order },
    'incident/demo/shop': { runId: 'a', account: () => newIncident('demo/shop', 1_000) },
  };
  const temporal = fakeTemporal(known);
  const deps = { client: temporal.client, address: 'nowhere' };
  const memory = createMemoryTraffic();
  const stop: typeof memory.stop = async (target, signal) => {
    stops.push(target.id);
    await memory.stop(target, signal);
  };
  const service = createTemporalService({
    ...deps,
    replay: async () => ({ ran: false, why: 'not asked' }),
    planes: createDataPlanes({ names: ['a'], get: () => ({ ...memory, stop }) }),
    policies: { read: async () => ({ policies: [], sha256: 'none' }) },
  });
  const app = await createApp({ ...fakeDeps(service), notices: createNoticeService(deps) });
  const post = (url: string, key: string | null = 'page-1') =>
    app.inject({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json', ...(key === null ? {} : { 'idempotency-key': key }) },
      payload: { actor: 'ann', reason: 'fixed' },
    });
  const follow = (id: string, next: FakeRollout = {}) => {
    known[id] = { ...known[id], ...next, runId: 'b' };
  };
  return { temporal, post, follow, stops };
}

const keyed = [
  ['/v1/rollouts/demo/shop/pause', 'demo/shop'],
  ['/v1/rollouts/demo/shop/rollback', 'demo/shop'],
  ['/v1/rollouts/demo/shop/ack', 'demo/shop'],
  ['/v1/emergency-rollbacks/demo/release', 'emergency/demo'],
  ['/v1/incidents/demo/shop/close', 'incident/demo/shop'],
] as const;

test.each(keyed)('%s is sent again to the same, and not to what has begun since', async (url, id) => {
  const { temporal, post, follow, stops } = await serve();
  expect((await post(url)).statusCode).toBe(200);
  expect((await post(url)).statusCode).toBe(200);
  const { told } = temporal;
  const before = { told: told.length, stops: stops.length };
  follow(id);
  const late = await post(url);
  expect([late.statusCode, late.json().code]).toEqual([409, 'command-refused']);
  expect(late.json().detail).toContain('used before for run a, and the latest is run b');
  expect({ told: told.length, stops: stops.length }).toEqual(before);
  expect((await post(url, 'page-2')).statusCode).toBe(200);
  expect(told.length).toBe(before.told + 1);
});

test('what goes on from a run whose history had grown long is the same', async () => {
  const { temporal, post, follow } = await serve();
  await post('/v1/rollouts/demo/shop/pause');
  follow('demo/shop', { firstRunId: 'a' });
  expect((await post('/v1/rollouts/demo/shop/pause')).statusCode).toBe(200);
  expect(temporal.told.map(({ runId }) => runId)).toEqual(['a', 'b']);
});

test('without a key nothing is kept', async () => {
  const { temporal, post } = await serve();
  for (const [url] of keyed) expect((await post(url, null)).statusCode).toBe(200);
  expect(temporal.started).toEqual([]);
});

test('a rollback waits no longer for what it was sent to first than a moment', async () => {
  const { temporal, post, stops } = await serve();
  temporal.behaviour.set('start', 'hang');
  const answer = await post('/v1/rollouts/demo/shop/rollback');
  expect([answer.statusCode, stops]).toEqual([200, ['demo/shop']]);
});

test.each([
  ['/v1/rollouts/demo/shop/ack', 'notices/demo/shop/a'],
  ['/v1/emergency-rollbacks/demo/release', 'emergency/demo'],
])('%s that nobody answers is left once, however often it is sent', async (url, id) => {
  const { temporal, post } = await serve();
  temporal.behaviour.set('update', new WorkflowUpdateRPCTimeoutOrCancelledError('late'));
  for (const _ of [1, 2]) expect((await post(url)).statusCode).toBe(202);
  expect(temporal.told).toMatchObject([{ how: 'signal', id, payload: { actor: 'ann', reason: 'fixed' } }]);
});

test('an incident that no worker closes in time is no outage of Temporal', async () => {
  const { temporal, post } = await serve();
  temporal.behaviour.set('update', new WorkflowUpdateRPCTimeoutOrCancelledError('late'));
  const answer = await post('/v1/incidents/demo/shop/close');
  expect([answer.statusCode, answer.json().code]).toEqual([503, 'worker-absent']);
});

test.each([
  [
    'has polled lately',
    () => [{ lastAccessTime: { seconds: Math.floor(Date.now() / 1000), nanos: 0 } }],
    true,
  ],
  ['polls', () => [], false],
] as const)(
  'a command that no worker answers in time says whether one %s',
  async (_, pollers, workerSeen) => {
    const { temporal, post } = await serve();
    temporal.behaviour.set('update', new WorkflowUpdateRPCTimeoutOrCancelledError('late'));
    const describeTaskQueue = async () => ({ pollers: pollers() });
    Object.assign(temporal.client.workflowService, { describeTaskQueue });
    const answer = await post('/v1/rollouts/demo/shop/pause');
    expect(answer.json()).toMatchObject({ code: 'worker-absent', details: { workerSeen } });
    expect([answer.statusCode, Number(answer.headers['retry-after']) > 0]).toEqual([503, true]);
  },
);
