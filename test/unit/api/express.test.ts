/** The express lane: which of the two ways to safety was open, and what is written where. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createDataPlanes } from '../../../src/api/express/data-planes.ts';
import type { RolloutService } from '../../../src/api/service.ts';
import { ServerClock } from '../../../src/api/temporal/server-clock.ts';
import { createTemporalService } from '../../../src/api/temporal-service.ts';
import { SluiceError } from '../../../src/domain/errors.ts';
import { createMemoryTraffic } from '../../../src/providers/traffic/memory.ts';
import type { TrafficProvider } from '../../../src/providers/traffic/types.ts';
import {
  catchUpAfter,
  type FakeRollout,
  type FakeTemporal,
  fakeTemporal,
  grpcNoNamespace,
  grpcUnavailable,
  keyMissing,
  wholeList,
} from './fake-temporal.ts';
import { planOf } from './fakes.ts';

let planes: Record<'a' | 'b', TrafficProvider>;
let stops: string[];
/** Why rollouts were never told of a rollback. */
let lost: string[];
let served: FakeTemporal[];

beforeEach(() => {
  [stops, lost, served] = [[], [], []];
  planes = { a: recorded('a'), b: recorded('b') };
});

// What could not be told is tried again for as long as Temporal is away.
afterEach(() => {
  for (const { behaviour } of served) behaviour.clear();
});

function recorded(name: string): TrafficProvider {
  const memory = createMemoryTraffic();
  return {
    ...memory,
    stop: async (target, signal) => {
      stops.push(`${name} ${target.id}`);
      await memory.stop(target, signal);
    },
    stopAll: async (holder, signal) => {
      stops.push(`${name} *`);
      await memory.stopAll(holder, signal);
    },
  };
}

function serve(
  rollouts: Record<string, FakeRollout>,
  options: { keepList?: boolean } = {},
): { service: RolloutService; temporal: FakeTemporal } {
  const temporal = fakeTemporal(rollouts);
  served.push(temporal);
  const clock = new ServerClock();
  clock.heard(Date.now());
  const get = (name: string): TrafficProvider => {
    if (name === 'a' || name === 'b') return planes[name];
    throw new SluiceError('provider-unknown', `There is no traffic provider "${name}".`);
  };
  const service = createTemporalService({
    client: temporal.client,
    address: 'nowhere',
    replay: () => Promise.reject(new Error('not asked')),
    planes: createDataPlanes({ names: ['a', 'b'], get }),
    listsLagMs: 1,
    clock,
    onLost: ({ target, actor, why }) => lost.push(`${target} ${actor}: ${why}`),
    ...options,
  });
  return { service, temporal };
}

/** With a list of what runs, made a moment ago. */
async function serveListed(rollouts: Record<string, FakeRollout>): Promise<ReturnType<typeof serve>> {
  const served = serve(rollouts, { keepList: true });
  await expect.poll(() => served.temporal.asked).toEqual(wholeList);
  await new Promise((resolve) => setImmediate(resolve));
  served.temporal.behaviour.set('list', grpcUnavailable);
  return served;
}

const shop = { environment: 'demo', service: 'shop' };
const rollback = { name: 'rollback', requestId: 'r1', reason: 'bad', actor: 'ada' } as const;
const unreachable = async () => {
  throw new SluiceError('traffic-unavailable', 'The data plane did not answer.');
};
const hanging = () => new Promise<never>(() => {});
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'fine',
    (error: unknown) => (error instanceof SluiceError ? error.code : String(error)),
  );

async function giveTraffic(plane: TrafficProvider): Promise<void> {
  const target = { id: 'demo/shop', options: {} };
  await plane.prepare(target, 1);
  await plane.setRoute(target, { weightPercent: 50, match: null }, 1);
  await plane.renew(target, 1, Date.now() + 60_000);
}

describe('a gradual rollback', () => {
  test('tells the workflow and writes no stop, which would end the canary at once', async () => {
    const { service, temporal } = serve({ 'demo/shop': {} });
    const answer = await service.command(shop, { ...rollback, gradual: true });
    expect(answer).toMatchObject({ accepted: true, via: 'update' });
    expect(answer.express).toBeUndefined();
    expect(stops).toEqual([]);
    expect(temporal.told).toMatchObject([{ how: 'update', payload: { reason: 'bad', gradual: true } }]);
  });
});

describe('a rollback of one run', () => {
  test('leaves the rollout alone that has begun since', async () => {
    const { service, temporal } = await serveListed({ 'demo/shop': {} });
    const answer = service.command({ ...shop, runId: 'run-before' }, rollback);
    await expect(answer).rejects.toMatchObject({ code: 'command-refused' });
    expect([stops, temporal.told]).toEqual([[], []]);
  });

  test('goes to that run, and to what it goes on as', async () => {
    const { service, temporal } = serve({ 'demo/shop': { firstRunId: 'run-first' } });
    for (const runId of ['run-of-rollout/demo/shop', 'run-first']) {
      await service.command({ ...shop, runId }, rollback);
    }
    expect(temporal.told.map(({ runId }) => runId)).toEqual(
      Array.from({ length: 2 }, () => 'run-of-rollout/demo/shop'),
    );
    expect(stops).toEqual(['a demo/shop', 'a demo/shop']);
  });
});

describe('a rollback of one run that Temporal does not tell of', () => {
  const run = { ...shop, runId: 'run-of-rollout/demo/shop' };

  test('stops it though everything that describes it is sealed with a key that is lost', async () => {
    const { service, temporal } = serve({ 'demo/shop': { traffic: null, sealed: true } });
    await giveTraffic(planes.b);
    expect(await service.command(run, rollback)).toMatchObject({ express: { written: true } });
    expect(stops).toEqual(['b demo/shop']);
    expect(temporal.told).toMatchObject([{ how: 'update', runId: run.runId }]);
  });

  test.each([
    ['hangs', 'hang'],
    ['is away', grpcUnavailable],
  ] as const)('goes by the list at hand while Temporal %s', async (_, fault) => {
    const { service, temporal } = await serveListed({ 'demo/shop': {} });
    temporal.behaviour.set('describe', fault);
    for (const call of ['update', 'signal'] as const) temporal.behaviour.set(call, grpcUnavailable);
    expect(await service.command(run, rollback)).toMatchObject({ via: 'stop', express: { written: true } });
    expect(stops).toEqual(['a demo/shop']);
  });

  test('leaves the rollout alone that the list has instead', async () => {
    const { service, temporal } = await serveListed({ 'demo/shop': {} });
    temporal.behaviour.set('describe', grpcUnavailable);
    const answer = service.command({ ...shop, runId: 'run-before' }, rollback);
    expect(await codeOf(answer)).toBe('temporal-unavailable');
    expect(stops).toEqual([]);
  });

  test.each([
    ['hangs', 'hang'],
    ['is away', grpcUnavailable],
  ] as const)(
    'stops what the data planes know while Temporal %s and no list is at hand',
    async (_, fault) => {
      const { service, temporal } = serve({ 'demo/shop': {} });
      temporal.behaviour.set('describe', fault);
      for (const call of ['update', 'signal'] as const) temporal.behaviour.set(call, grpcUnavailable);
      await giveTraffic(planes.b);
      expect(await service.command(run, rollback)).toMatchObject({ via: 'stop', express: { written: true } });
      expect(stops).toEqual(['b demo/shop']);
    },
  );
});

describe('a command of one run that goes on as others', () => {
  const latest = 'run-of-rollout/demo/shop';

  test('reaches its latest part, whichever part was named', async () => {
    const earlier = { 'run-b': { runId: 'run-b', firstRunId: 'run-a', status: 6 } };
    const { service, temporal } = serve({ 'demo/shop': { firstRunId: 'run-a', earlier } });
    for (const runId of ['run-a', 'run-b']) await service.command({ ...shop, runId }, rollback);
    expect(temporal.told.map(({ runId }) => runId)).toEqual([latest, latest]);
    const other = service.command({ ...shop, runId: 'run-before' }, rollback);
    await expect(other).rejects.toMatchObject({ code: 'command-refused' });
  });

  test.each(['pause', 'rollback'] as const)('finds the new part, which began under way: %s', async (name) => {
    const before = { runId: 'run-a', firstRunId: 'run-a' };
    const after = { firstRunId: 'run-a', earlier: { 'run-a': { ...before, status: 6 } } };
    const rollouts: Record<string, FakeRollout> = { 'demo/shop': before };
    const { service, temporal } = serve(rollouts);
    const { getHandle } = temporal.client.workflow;
    vi.spyOn(temporal.client.workflow, 'getHandle').mockImplementation((id, runId) => {
      const handle = getHandle(id, runId);
      const executeUpdate: typeof handle.executeUpdate = (...args: [never, never]) => {
        rollouts['demo/shop'] = after;
        return handle.executeUpdate(...args);
      };
      return { ...handle, executeUpdate };
    });
    const command = { name, requestId: 'r1', reason: 'bad', actor: 'ada' } as const;
    expect(await service.command({ ...shop, runId: 'run-a' }, command)).toMatchObject({ via: 'update' });
    expect(temporal.told.map(({ runId }) => runId)).toEqual([latest]);
  });
});

describe('a rollback', () => {
  test('stops the canary and tells the workflow', async () => {
    const { service, temporal } = serve({ 'demo/shop': {} });
    const answer = await service.command(shop, rollback);
    expect(answer).toMatchObject({ via: 'update', express: { written: true, tookMs: expect.any(Number) } });
    expect(stops).toEqual(['a demo/shop']);
    expect(temporal.told).toMatchObject([{ how: 'update', payload: { reason: 'bad', actor: 'ada' } }]);
  });

  test('writes the stop where the memo says, with the plan’s options', async () => {
    const traffic = { name: 'b', options: { backends: { blue: 'x', green: 'y' } } };
    const { service } = serve({ 'demo/shop': { traffic } });
    const stop = vi.spyOn(planes.b, 'stop');
    await service.command(shop, rollback);
    expect(stop.mock.calls[0]?.[0]).toEqual({ id: 'demo/shop', options: traffic.options });
  });

  test('reads the plan in the history of a rollout without memo, once', async () => {
    const { service, temporal } = serve({ 'demo/shop': { traffic: null } });
    await service.command(shop, rollback);
    temporal.behaviour.set('history', new Error('asked again'));
    await service.command(shop, rollback);
    expect(stops).toEqual(['a demo/shop', 'a demo/shop']);
  });

  test('is safe at once while the update hangs, and the command is left as a signal', async () => {
    const { service, temporal } = serve({ 'demo/shop': {} });
    temporal.behaviour.set('update', 'hang');
    const toldBefore: unknown[] = [];
    const { stop } = planes.a;
    planes.a = {
      ...planes.a,
      stop: async (...given) => {
        await stop(...given);
        toldBefore.push([...temporal.told]);
      },
    };
    const answer = await service.command(shop, rollback);
    expect(answer).toMatchObject({ via: 'signal', express: { written: true } });
    expect([stops, toldBefore]).toEqual([['a demo/shop'], [[]]]);
    expect(temporal.told).toMatchObject([{ how: 'signal' }]);
  });

  test('asked for again with its key, no worker having answered, is left once; another under the key is one of its own', async () => {
    const { service, temporal } = serve({ 'demo/shop': {} });
    temporal.behaviour.set('update', 'hang');
    for (const command of [rollback, rollback, { ...rollback, reason: 'worse' }]) {
      expect(await service.command(shop, command)).toMatchObject({ via: 'signal' });
    }
    expect(temporal.told).toMatchObject([
      { how: 'signal', payload: { reason: 'bad', actor: 'ada' } },
      { how: 'signal', payload: { reason: 'worse' } },
    ]);
  });

  test.each([true, false])('left as a signal says whether it may take its time: %s', async (gradual) => {
    const { service, temporal } = serve({ 'demo/shop': {} });
    temporal.behaviour.set('update', 'hang');
    await service.command(shop, { ...rollback, ...(gradual ? { gradual } : {}) });
    expect(temporal.told).toMatchObject([{ how: 'signal', payload: { gradual } }]);
  });

  test('is answered by the stop alone when Temporal takes no command', async () => {
    const { service, temporal } = serve({ 'demo/shop': {} });
    for (const call of ['update', 'signal'] as const) temporal.behaviour.set(call, grpcUnavailable);
    expect(await service.command(shop, rollback)).toMatchObject({
      via: 'stop',
      status: null,
      express: { written: true },
    });
  });

  test('that was answered by the stop alone is told who asked and why when Temporal answers again', async () => {
    const { service, temporal } = serve({ 'demo/shop': {} });
    for (const call of ['update', 'signal'] as const) temporal.behaviour.set(call, grpcUnavailable);
    await service.command(shop, rollback);
    for (const call of ['update', 'signal'] as const) temporal.behaviour.delete(call);
    await expect.poll(() => temporal.told).toHaveLength(1);
    expect(temporal.told).toMatchObject([
      { how: 'signal', runId: 'run-of-rollout/demo/shop', payload: { actor: 'ada', reason: 'bad' } },
    ]);
  });

  test.each([
    ['goes on as another run', {}, ['signal']],
    ['has ended', { status: 2 }, []],
  ])(
    'that was answered by the stop alone, of a named run that %s before it is told',
    async (_, next, told) => {
      const rollouts: Record<string, FakeRollout> = { 'demo/shop': { runId: 'run-a' } };
      const { service, temporal } = serve(rollouts);
      for (const call of ['update', 'signal'] as const) temporal.behaviour.set(call, grpcUnavailable);
      await service.command({ ...shop, runId: 'run-a' }, rollback);
      const before = { runId: 'run-a', status: 6, continuedAs: 'run-b' };
      const startedAtMs = Date.now() + 3_600_000;
      rollouts['demo/shop'] = {
        runId: 'run-b',
        firstRunId: 'run-a',
        startedAtMs,
        earlier: { 'run-a': before },
        ...next,
      };
      temporal.behaviour.clear();
      await expect.poll(() => temporal.told.length + lost.length).toBe(1);
      expect(temporal.told.map(({ how }) => how)).toEqual(told);
      if (told.length === 0) expect(lost).toEqual(['demo/shop ada: its rollout had ended before']);
    },
  );

  test.each([
    ['began before it', {}, ['run-b']],
    [
      'began before it and went on since',
      { firstRunId: 'run-a', startedAtMs: Date.now() + 3_600_000 },
      ['run-b'],
    ],
    ['may have begun after it', { startedAtMs: Date.now() + 3_600_000 }, []],
  ])(
    'that was answered by the stop alone is told to the rollout in place of the listed one if that %s',
    async (_, next, told) => {
      const rollouts: Record<string, FakeRollout> = { 'demo/shop': { runId: 'run-a' } };
      const { service, temporal } = serve(rollouts);
      for (const call of ['update', 'signal'] as const) temporal.behaviour.set(call, grpcUnavailable);
      await service.command(shop, rollback);
      rollouts['demo/shop'] = {
        runId: 'run-b',
        earlier: { 'run-a': { runId: 'run-a', status: 6 } },
        ...next,
      };
      temporal.behaviour.clear();
      await expect.poll(() => temporal.told.length + lost.length).toBe(1);
      expect(temporal.told.map(({ runId }) => runId)).toEqual(told);
    },
  );

  test('that was answered by the stop alone is not tried again where another try would end the same', async () => {
    const { service, temporal } = serve({ 'demo/shop': {} });
    for (const call of ['update', 'signal'] as const) temporal.behaviour.set(call, keyMissing);
    expect(await service.command(shop, rollback)).toMatchObject({ via: 'stop' });
    await expect.poll(() => lost).toEqual([`demo/shop ada: ${keyMissing.message}`]);
  });

  test('is answered by the stop alone when telling takes longer than a caller should wait', async () => {
    const { service, temporal } = serve({ 'demo/shop': {} });
    for (const call of ['update', 'signal'] as const) temporal.behaviour.set(call, 'hang');
    const answering = service.command(shop, rollback);
    await expect.poll(() => temporal.asked).toContain('signal');
    expect(await answering).toMatchObject({ via: 'stop', express: { written: true } });
  });

  test('in a storm is answered when its stop is written, and the rollout that it was for is told after that', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `shop-${index}`);
    const { service, temporal } = serve(Object.fromEntries(names.map((name) => [`demo/${name}`, {}])));
    for (const call of ['update', 'signal'] as const) temporal.behaviour.set(call, 'hang');
    const rollbacks = names.map((name) => service.command({ environment: 'demo', service: name }, rollback));
    const answers = await Promise.all(rollbacks);
    expect(new Set(answers.map(({ via }) => via))).toEqual(new Set(['stop']));
    expect(temporal.asked.filter((call) => call === 'update')).toEqual([]);
    for (const call of ['update', 'signal'] as const) temporal.behaviour.delete(call);
    // Those that Temporal was asked about while it hung are lost to it, but not to the data plane.
    await expect.poll(() => temporal.told.length).toBeGreaterThanOrEqual(names.length - 10);
    expect(new Set(temporal.told.map(({ how, runId }) => `${how} ${runId}`))).toEqual(
      new Set(names.slice(-temporal.told.length).map((name) => `signal run-of-rollout/demo/${name}`)),
    );
  });

  test('in a storm reaches the rollout that was running when it was given, also where the list did not know it yet', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `shop-${index}`);
    const rollouts: Record<string, FakeRollout> = {};
    for (const name of names) rollouts[`demo/${name}`] = { runId: `former-${name}` };
    const { service, temporal } = await serveListed(rollouts);
    for (const name of names) rollouts[`demo/${name}`] = { runId: `newer-${name}` };
    await Promise.all(names.map((name) => service.command({ environment: 'demo', service: name }, rollback)));
    await expect.poll(() => temporal.told).toHaveLength(names.length);
    expect(new Set(temporal.told.map(({ runId }) => runId))).toEqual(
      new Set(names.map((name) => `newer-${name}`)),
    );
  });

  test('in a storm goes to Temporal ahead of all that are safe already when its stop cannot be written', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `shop-${index}`);
    const { service, temporal } = serve({
      ...Object.fromEntries(names.map((name) => [`demo/${name}`, {}])),
      'demo/shop': { traffic: { name: 'b', options: {} } },
    });
    planes.b = { ...planes.b, stop: unreachable, read: unreachable };
    await Promise.all(
      [...names, 'shop'].map((name) => service.command({ environment: 'demo', service: name }, rollback)),
    );
    const place = temporal.told.findIndex(({ id }) => id === 'rollout/demo/shop');
    expect(temporal.told[place]?.how).toBe('update');
    expect(place).toBeLessThan(10 + 1);
  });

  test('is not answered by a stop that preparation would clear', async () => {
    const { service, temporal } = serve({ 'demo/shop': { phase: 'preparing' } });
    for (const call of ['update', 'signal'] as const) temporal.behaviour.set(call, grpcUnavailable);
    expect(await codeOf(service.command(shop, rollback))).toBe('temporal-unavailable');
  });

  test('with Temporal away altogether: the data plane says which canary has traffic', async () => {
    const { service, temporal } = serve({});
    for (const call of ['describe', 'update', 'signal'] as const) {
      temporal.behaviour.set(call, grpcUnavailable);
    }
    await giveTraffic(planes.b);
    expect(await service.command(shop, rollback)).toMatchObject({ via: 'stop' });
    expect(stops).toEqual(['b demo/shop']);
    const other = { environment: 'demo', service: 'other' };
    expect(await codeOf(service.command(other, rollback))).toBe('temporal-unavailable');
    expect(stops).toEqual(['b demo/shop']);
  });

  test.each([
    ['sealed with a key that is lost', keyMissing],
    ['tampered with', new Error('Unknown encoding: binary/encrypted')],
  ])('of a rollout whose memo and plan are %s stops what the data plane knows', async (_, unreadable) => {
    const { service, temporal } = serve({ 'demo/shop': { traffic: null } });
    for (const call of ['describe', 'history'] as const) temporal.behaviour.set(call, unreadable);
    await giveTraffic(planes.b);
    expect(await service.command(shop, rollback)).toMatchObject({
      via: 'update',
      express: { written: true },
    });
    expect(stops).toEqual(['b demo/shop']);
  });

  test('goes by a list of some seconds ago when the key was lost since', async () => {
    const { service, temporal } = await serveListed({ 'demo/shop': {} });
    temporal.behaviour.set('describe', keyMissing);
    const nowMs = performance.now();
    const clock = vi.spyOn(performance, 'now').mockReturnValue(nowMs + 30_000);
    const answering = service.command(shop, rollback);
    expect(await answering).toMatchObject({ via: 'update', express: { written: true } });
    clock.mockRestore();
    expect(stops).toEqual(['a demo/shop']);
  });

  test('of one among many, of which a list tells but not where its traffic is, stops it by the data plane', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `shop-${index}`);
    const others = Object.fromEntries(names.map((name) => [`demo/${name}`, {}]));
    const { service } = serve({ ...others, 'demo/shop': { sealed: true } });
    await giveTraffic(planes.b);
    const all = names.map((name) => service.command({ environment: 'demo', service: name }, rollback));
    expect(await service.command(shop, rollback)).toMatchObject({ express: { written: true } });
    await Promise.all(all);
    expect(stops).toContain('b demo/shop');
  });

  test('does not wait for a slow Temporal to say what the data plane knows', async () => {
    const { service, temporal } = serve({ 'demo/shop': {} });
    temporal.behaviour.set('describe', 'hang');
    await giveTraffic(planes.a);
    expect(await service.command(shop, rollback)).toMatchObject({
      via: 'update',
      express: { written: true },
    });
    expect(stops).toEqual(['a demo/shop']);
  });

  test.each([
    ['fails', unreachable, 'The data plane did not answer.'],
    ['hangs', hanging, 'The data plane gave no answer within 1500 ms.'],
  ])('is accepted as ever when the data plane %s, and says so', async (_, stop, problem) => {
    const { service, temporal } = serve({ 'demo/shop': {} });
    planes.a = { ...planes.a, stop, read: stop };
    const answering = service.command(shop, rollback);
    await expect.poll(() => temporal.told).toHaveLength(1);
    expect(await answering).toMatchObject({ via: 'update', express: { written: false, problem } });
  });

  test('believes the data plane when a write that failed is in force', async () => {
    const { service } = serve({ 'demo/shop': {} });
    const { stop } = planes.a;
    planes.a = { ...planes.a, stop: (target) => stop(target).then(unreachable) };
    expect(await service.command(shop, rollback)).toMatchObject({ express: { written: true } });
  });

  test.each([
    ['of a target without a rollout', {}, 'rollout-not-found'],
    ['of a rollout that has ended', { 'demo/shop': { status: 2 } }, 'command-refused'],
  ])('%s writes nothing', async (_, rollouts, code) => {
    const { service } = serve(rollouts);
    expect(await codeOf(service.command(shop, rollback))).toBe(code);
    expect(stops).toEqual([]);
  });

  test('of a promoted version writes nothing: it is no canary any more', async () => {
    const { service } = serve({ 'demo/shop': { phase: 'watching' } });
    const answer = await service.command(shop, rollback);
    expect(answer).not.toHaveProperty('express');
    expect(stops).toEqual([]);
  });

  test('of many at once asks Temporal with one list for most of them', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `shop-${index}`);
    const { service, temporal } = serve(Object.fromEntries(names.map((name) => [`demo/${name}`, {}])));
    const answers = await Promise.all(
      [...names, 'unknown'].map((name) =>
        service.command({ environment: 'demo', service: name }, rollback).catch((error) => error),
      ),
    );
    expect(stops.sort()).toEqual(names.map((name) => `a demo/${name}`).sort());
    expect(answers.pop()).toMatchObject({ code: 'rollout-not-found' });
    expect(temporal.asked.filter((call) => call === 'list')).toHaveLength(wholeList.length);
    // As many as may be under way, what is not in the list, and how the command found the unknown one.
    expect(temporal.asked.filter((call) => call === 'describe')).toHaveLength(8 + 1 + 1);
  });

  test('with a list at hand stops before Temporal is asked', async () => {
    const { service, temporal } = await serveListed({ 'demo/shop': { traffic: { name: 'b', options: {} } } });
    expect(await service.command(shop, rollback)).toMatchObject({
      via: 'update',
      express: { written: true },
    });
    expect(stops).toEqual(['b demo/shop']);
    expect(temporal.asked).toEqual([...wholeList, 'update']);
  });

  test.each([
    ['does not know the target', {}, 0],
    ['says that it is promoted', { 'demo/shop': { phase: 'watching' } }, 0],
    ['is too old', { 'demo/shop': {} }, 3_500],
  ])('asks when the list %s', async (_, listed, ageMs) => {
    const rollouts: Record<string, FakeRollout> = { ...listed };
    const { service, temporal } = await serveListed(rollouts);
    rollouts['demo/shop'] = {};
    const nowMs = performance.now();
    const clock = vi.spyOn(performance, 'now').mockReturnValue(nowMs + ageMs);
    expect(await service.command(shop, rollback)).toMatchObject({ express: { written: true } });
    clock.mockRestore();
    expect(temporal.asked).toContain('describe');
  });

  test('with a list of some seconds ago stops at once, and then where the rollout of today is steered', async () => {
    const rollouts: Record<string, FakeRollout> = { 'demo/shop': {} };
    const { service, temporal } = await serveListed(rollouts);
    rollouts['demo/shop'] = { traffic: { name: 'b', options: {} }, runId: 'another' };
    const nowMs = performance.now();
    const clock = vi.spyOn(performance, 'now').mockReturnValue(nowMs + 30_000);
    const answering = service.command(shop, rollback);
    expect(stops).toEqual(['a demo/shop']);
    expect(temporal.asked).toEqual([...wholeList, 'describe']);
    expect(await answering).toMatchObject({ via: 'update', express: { written: true } });
    clock.mockRestore();
    expect(stops).toEqual(['a demo/shop', 'b demo/shop']);
  });

  test('whose stop cannot be written at first writes it again for as long as the rollout is not told', async () => {
    const { service, temporal } = serve({ 'demo/shop': {} });
    for (const call of ['update', 'signal'] as const) temporal.behaviour.set(call, 'hang');
    const { stop } = planes.a;
    let failures = 2;
    planes.a = {
      ...planes.a,
      stop: async (target, signal) => {
        if (failures-- > 0) return await unreachable();
        await stop(target, signal);
      },
    };
    expect(await service.command(shop, rollback)).toMatchObject({ via: 'stop', express: { written: true } });
    expect(stops).toEqual(['a demo/shop']);
  });

  test('of a rollout that has ended since it was listed is refused, and its stop takes traffic off nobody', async () => {
    const rollouts: Record<string, FakeRollout> = { 'demo/shop': {} };
    const { service } = await serveListed(rollouts);
    const target = { id: 'demo/shop', options: {} };
    await giveTraffic(planes.a);
    await planes.a.setStable(target, 'green', 1);
    rollouts['demo/shop'] = { status: 2 };
    expect(await codeOf(service.command(shop, rollback))).toBe('command-refused');
    expect(await planes.a.read(target)).toMatchObject({ stableSlot: 'green', weightPercent: 0 });
    expect(await planes.a.prepare(target, 2)).toMatchObject({ stopped: false });
  });

  test('of a rollout that found the stop and ended before it was told is accepted all the same', async () => {
    const rollouts: Record<string, FakeRollout> = { 'demo/shop': {} };
    const { service } = serve(rollouts);
    const { stop } = planes.a;
    planes.a = {
      ...planes.a,
      stop: async (target) => {
        await stop(target);
        rollouts['demo/shop'] = { status: 2, outcome: 'rolled-back' };
      },
    };
    expect(await service.command(shop, rollback)).toMatchObject({ via: 'stop', express: { written: true } });
  });

  test('whose stop was not answered in time, and which the rollout has found meanwhile, is accepted all the same', async () => {
    const rollouts: Record<string, FakeRollout> = { 'demo/shop': {} };
    const { service } = serve(rollouts);
    const stop = async () => {
      rollouts['demo/shop'] = { status: 2, outcome: 'rolled-back' };
      return await unreachable();
    };
    planes.a = { ...planes.a, stop, read: unreachable };
    expect(await service.command(shop, rollback)).toMatchObject({ via: 'stop', express: { written: false } });
  });

  test.each([
    ['soaking', 'stop'],
    ['preparing', 'temporal-unavailable'],
  ])('by a list at hand that says %s, with Temporal away since: %s', async (phase, answer) => {
    const { service, temporal } = await serveListed({ 'demo/shop': { phase } });
    for (const call of ['update', 'signal'] as const) temporal.behaviour.set(call, grpcUnavailable);
    const answering = service.command(shop, rollback).then(
      ({ via }) => via,
      ({ code }) => code,
    );
    expect(await answering).toBe(answer);
    expect(stops).toEqual(['a demo/shop']);
  });

  test('alone writes a stop; other commands do not', async () => {
    const { service } = serve({ 'demo/shop': {} });
    await service.command(shop, { name: 'pause', requestId: 'r2' });
    expect(stops).toEqual([]);
  });
});

describe('an emergency stop', () => {
  const everything = { scope: 'all', reason: 'fire', actor: 'ada' } as const;

  test('of all is one write per data plane, and every rollout is told why', async () => {
    const { service, temporal } = serve({
      'demo/one': {},
      'demo/two': { traffic: { name: 'b', options: {} } },
      'demo/done': { status: 2 },
      'demo/promoted': { phase: 'watching' },
    });
    const answer = await service.emergencyStop(everything);
    expect(stops.sort()).toEqual(['a *', 'b *']);
    expect(answer.restored.map(({ target, traffic }) => [target, traffic])).toEqual([
      ['*', 'a'],
      ['*', 'b'],
      ['demo/one', 'a'],
      ['demo/two', 'b'],
    ]);
    expect(answer).toMatchObject({ notRestored: [], told: 2, notTold: [], listProblem: null });
    expect(temporal.told.map(({ id, payload }) => [id, payload])).toEqual([
      ['rollout/demo/one', expect.objectContaining({ reason: 'emergency stop: fire', actor: 'ada' })],
      ['rollout/demo/two', expect.objectContaining({ reason: 'emergency stop: fire' })],
    ]);
  });

  test('that is sent again with its key stops what moves by now, and tells each rollout once', async () => {
    const rollouts: Record<string, FakeRollout> = { 'demo/one': {} };
    const { service, temporal } = serve(rollouts);
    const told = () => temporal.told.map(({ id }) => id);
    await service.emergencyStop(everything, 'page-1');
    rollouts['demo/two'] = { traffic: { name: 'b', options: {} } };
    const again = await service.emergencyStop(everything, 'page-1');
    expect(again).toMatchObject({ told: 2, notTold: [] });
    expect(stops.sort()).toEqual(['a *', 'a *', 'b *', 'b *']);
    expect(told()).toEqual(['rollout/demo/one', 'rollout/demo/two']);

    await service.emergencyStop({ ...everything, reason: 'flood' }, 'page-1');
    await service.emergencyStop({ ...everything, actor: 'bob' }, 'page-1');
    expect([stops.length, told().length]).toEqual([8, 6]);
  });

  test('names what stands behind a data plane that is out of reach, and tells its rollout all the same', async () => {
    const { service, temporal } = serve({
      'demo/one': {},
      'demo/two': { traffic: { name: 'b', options: {} } },
    });
    planes.b = { ...planes.b, stop: unreachable, stopAll: unreachable, read: unreachable };
    const answer = await service.emergencyStop(everything);
    expect(answer.restored.map(({ target }) => target)).toEqual(['*', 'demo/one']);
    const problem = 'The data plane did not answer.';
    expect(answer.notRestored).toEqual([
      { target: '*', traffic: 'b', problem },
      { target: 'demo/two', traffic: 'b', problem },
    ]);
    expect(temporal.told).toHaveLength(2);
  });

  test('counts nobody as ended because the namespace is not there', async () => {
    const { service, temporal } = serve({ 'demo/one': {} });
    temporal.behaviour.set('signal', grpcNoNamespace);
    const { told, notTold } = await service.emergencyStop(everything);
    expect([told, notTold]).toEqual([
      0,
      [{ target: 'demo/one', problem: expect.stringContaining('it has no namespace default') }],
    ]);
  });

  test('of all needs no Temporal', async () => {
    const { service, temporal } = serve({ 'demo/one': {} });
    temporal.behaviour.set('list', grpcUnavailable);
    const answer = await service.emergencyStop(everything);
    expect(answer.restored.map(({ target }) => target)).toEqual(['*', '*']);
    expect(answer.listProblem).toContain('Temporal at nowhere');
  });

  test('of targets and environments writes one stop each and nothing else', async () => {
    const { service, temporal } = serve({ 'demo/one': {}, 'demo/two': {}, 'prod/one': {}, 'test/one': {} });
    const scope = { environments: ['demo'], targets: ['prod/one', 'prod/typo'] };
    const answer = await service.emergencyStop({ ...everything, scope });
    expect(stops.sort()).toEqual(['a demo/one', 'a demo/two', 'a prod/one']);
    expect(answer.restored.map(({ target }) => target).sort()).toEqual(['demo/one', 'demo/two', 'prod/one']);
    expect(answer.notRestored).toMatchObject([{ target: 'prod/typo' }]);
    expect(temporal.told).toHaveLength(3);
  });

  const demo = { ...everything, scope: { environments: ['demo'] } };

  test('of an environment stops at once what the list at hand has, no other, and nothing twice', async () => {
    const { service, temporal } = await serveListed({
      'demo/one': {},
      'demo/two': { traffic: { name: 'b', options: {} } },
      'demo/promoted': { phase: 'watching' },
      'prod/one': {},
    });
    temporal.behaviour.delete('list');
    const answering = service.emergencyStop(demo);
    expect(stops).toEqual(['a demo/one', 'b demo/two']);
    expect(await answering).toMatchObject({ told: 2, notRestored: [] });
    expect(stops).toEqual(['a demo/one', 'b demo/two']);
  });

  test.each([
    ['in preparation, which clears it', { phase: 'preparing' }, { phase: 'soaking' }, ['a', 'a']],
    ['of another run', { runId: 'one' }, { runId: 'two' }, ['a', 'a']],
    [
      'where it is not steered any more',
      {},
      { traffic: { name: 'b', options: {} }, runId: 'two' },
      ['a', 'b'],
    ],
  ])(
    'of an environment is written anew where the list at hand showed it %s',
    async (_, then, now, written) => {
      const rollouts: Record<string, FakeRollout> = { 'demo/one': then };
      const { service, temporal } = await serveListed(rollouts);
      temporal.behaviour.delete('list');
      rollouts['demo/one'] = now;
      expect(await service.emergencyStop(demo)).toMatchObject({
        restored: [{ target: 'demo/one' }],
        told: 1,
      });
      expect(stops).toEqual(written.map((name) => `${name} demo/one`));
    },
  );

  test.each([
    ['is in the watch after it', { phase: 'watching' }],
    ['has ended', { phase: 'promoted', status: 2 }],
  ])(
    'of an environment neither brings back nor tells as stopped who was promoted since the list at hand and %s',
    async (_, now) => {
      const rollouts: Record<string, FakeRollout> = { 'demo/one': {} };
      const { service, temporal } = await serveListed(rollouts);
      temporal.behaviour.delete('list');
      rollouts['demo/one'] = now;
      expect(await service.emergencyStop(demo)).toMatchObject({ restored: [], notRestored: [], told: 0 });
      expect([stops, temporal.told]).toEqual([['a demo/one'], []]);
    },
  );

  test.each([
    ['gives no list', undefined],
    ['gives no list, and hangs when it is asked for single ones', 'hang'],
  ] as const)(
    'of an environment stops by the list at hand, once, while Temporal %s, and tells whom it can',
    async (_, fault) => {
      const { service, temporal } = await serveListed({ 'demo/one': {}, 'prod/one': {} });
      if (fault) temporal.behaviour.set('describe', fault);
      const answer = await service.emergencyStop(demo);
      expect(answer).toMatchObject({ restored: [{ target: 'demo/one' }], told: 1 });
      expect(answer.notRestored).toMatchObject([{ target: 'demo/*', traffic: null }]);
      expect(temporal.told).toMatchObject([{ id: 'rollout/demo/one' }]);
      expect(stops).toEqual(['a demo/one']);
    },
  );

  test('of an environment asks Temporal about a few at a time while it gives no list', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `demo/shop-${index}`);
    const { service, temporal } = await serveListed(Object.fromEntries(names.map((name) => [name, {}])));
    temporal.behaviour.set('describe', 'hang');
    expect((await service.emergencyStop(demo)).restored).toHaveLength(names.length);
    // The first ten, and at most as many once more as the time is up.
    expect(temporal.asked.filter((call) => call === 'describe').length).toBeLessThanOrEqual(20);
  });

  test('of an environment writes a stop again that failed at first, while Temporal says nothing', async () => {
    const { service, temporal } = await serveListed({ 'demo/one': {} });
    temporal.behaviour.set('describe', grpcUnavailable);
    const { stop } = planes.a;
    let failures = 1;
    planes.a = { ...planes.a, stop: (...given) => (failures-- > 0 ? unreachable() : stop(...given)) };
    expect(await service.emergencyStop(demo)).toMatchObject({ restored: [{ target: 'demo/one' }] });
  });

  test('of an environment does not bring back who was promoted since, also while Temporal gives no list', async () => {
    const rollouts: Record<string, FakeRollout> = { 'demo/one': {}, 'demo/two': {} };
    const { service, temporal } = await serveListed(rollouts);
    rollouts['demo/one'] = { phase: 'watching' };
    expect(await service.emergencyStop(demo)).toMatchObject({ restored: [{ target: 'demo/two' }], told: 1 });
    expect(temporal.told).toMatchObject([{ id: 'rollout/demo/two' }]);
  });

  test('of an environment finds what began here just now, though lists do not have it yet', async () => {
    const rollouts: Record<string, FakeRollout> = {};
    const { service, temporal } = serve(rollouts);
    const plan = planOf({ traffic: { name: 'a', options: {} } });
    await service.start({ plan, actor: 'ada', reason: '', idempotencyKey: null });
    rollouts['demo/shop'] = {};
    temporal.behaviour.set('list', 'lag');
    expect(await service.emergencyStop(demo)).toMatchObject({ restored: [{ target: 'demo/shop' }], told: 1 });
    expect(stops).toEqual(['a demo/shop']);
  });

  test.each<[string, Record<string, FakeRollout>]>([
    ['nobody has ever rolled out anything', {}],
    ['all that is known has ended', { 'demo/old': { status: 2 } }],
  ])('of an environment where %s looks again before it says so, as lists lag', async (_, others) => {
    const { service, temporal } = serve({ 'demo/shop': {}, ...others });
    catchUpAfter(temporal, wholeList.length);
    expect(await service.emergencyStop(demo)).toMatchObject({ restored: [{ target: 'demo/shop' }], told: 1 });
    expect(stops).toEqual(['a demo/shop']);
  });

  test('of an environment stops by the data plane what was sealed with a key that is lost', async () => {
    const { service } = serve({ 'demo/shop': { sealed: true }, 'demo/one': {} });
    await giveTraffic(planes.b);
    const scope = { environments: ['demo'] };
    const answer = await service.emergencyStop({ ...everything, scope });
    expect(answer.notRestored).toEqual([]);
    expect(stops.sort()).toEqual(['a demo/one', 'b demo/shop']);
  });

  test.each([[['prdo']], [['prdo', 'tset']], [['Prod', 'demo,prod', ',,']]])(
    'of %j, where nobody has ever rolled out anything, is a failure that names it',
    async (environments) => {
      const { service, temporal } = serve({ 'prod/one': {} });
      const stopped = service.emergencyStop({ ...everything, scope: { environments } });
      await expect(stopped).rejects.toMatchObject({
        code: 'rollout-not-found',
        details: {
          notRestored: environments.map((name) => ({
            target: `${name}/*`,
            problem: 'no rollout there is known',
          })),
        },
      });
      expect([stops, temporal.told]).toEqual([[], []]);
    },
  );

  test('of several environments names the one where nobody has ever rolled out anything', async () => {
    const { service } = serve({ 'prod/one': {} });
    const answer = await service.emergencyStop({ ...everything, scope: { environments: ['prod', 'prdo'] } });
    expect(answer.restored).toMatchObject([{ target: 'prod/one' }]);
    expect(answer.notRestored).toMatchObject([{ target: 'prdo/*', traffic: null }]);
  });

  test.each([
    ['all have ended', { phase: 'promoted', status: 2 }],
    ['no canary runs now', { phase: 'watching' }],
  ])('of an environment where %s has nothing to stop, which is no failure', async (_, rollout) => {
    const { service } = serve({ 'prod/one': rollout });
    const answer = await service.emergencyStop({ ...everything, scope: { environments: ['prod'] } });
    expect(answer).toMatchObject({ restored: [], notRestored: [], told: 0 });
  });

  test('of an environment says so when Temporal cannot tell what runs there', async () => {
    const { service, temporal } = serve({ 'demo/one': {}, 'prod/one': {} });
    temporal.behaviour.set('list', grpcUnavailable);
    const scope = { environments: ['demo'], targets: ['prod/one'] };
    const answer = await service.emergencyStop({ ...everything, scope });
    expect(answer.restored.map(({ target }) => target)).toEqual(['prod/one']);
    expect(answer.notRestored).toMatchObject([{ target: 'demo/*', traffic: null }]);
  });

  test('that could write nothing at all is a failure that names everything', async () => {
    const { service, temporal } = serve({ 'demo/one': {} });
    for (const name of ['a', 'b'] as const) {
      planes[name] = { ...planes[name], stop: unreachable, stopAll: unreachable, read: unreachable };
    }
    await expect(service.emergencyStop(everything)).rejects.toMatchObject({
      code: 'traffic-unavailable',
      details: { notRestored: [{ target: '*' }, { target: '*' }, { target: 'demo/one' }] },
    });
    expect(temporal.told).toHaveLength(1);
  });

  test('bars new rollouts until it is released, and clears no stop of a single target', async () => {
    const { service } = serve({ 'demo/shop': {} });
    await service.emergencyStop({ ...everything, scope: { targets: ['demo/shop'] } });
    await service.emergencyStop(everything);
    const plan = planOf({ traffic: { name: 'a', options: {} } });
    const start = { plan, actor: 'ada', reason: '', idempotencyKey: null };
    expect(await codeOf(service.start(start))).toBe('emergency-stopped');
    expect(await service.release()).toEqual({ released: ['a', 'b'], notReleased: [] });
    expect(await service.release()).toMatchObject({ notReleased: [], notStopped: ['a', 'b'] });
    expect(await codeOf(service.start(start))).not.toBe('emergency-stopped');
    expect(await planes.a.read({ id: 'demo/shop', options: {} })).toMatchObject({ stopped: true });
  });

  test('is told with who ordered it, until it is released', async () => {
    const order = { id: 'all', scope: ['all'], to: null, actor: 'ann', reason: 'flood', stoppedAll: ['a'] };
    const rollouts: Record<string, FakeRollout> = {};
    const { service, temporal } = serve(rollouts);
    const stopped = (a: boolean | null, b: boolean | null) => [
      { traffic: 'a', stopped: a },
      { traffic: 'b', stopped: b },
    ];
    expect(await service.stopOfAll()).toEqual({ stops: stopped(false, false), orders: [] });
    await service.emergencyStop(everything);
    const byHand = { actor: 'ada', reason: 'fire', atMs: expect.any(Number), emergency: null };
    expect(await service.stopOfAll()).toEqual({ stops: stopped(true, true), orders: [byHand] });
    const plan = planOf({ traffic: { name: 'a', options: {} } });
    const start = { plan, actor: 'bob', reason: '', idempotencyKey: null };
    await expect(service.start(start)).rejects.toThrow(
      'ada was the last to order that through this API: fire.',
    );

    // What the emergency holds stays, and nobody else is named for it any more.
    rollouts['emergency/all'] = { order };
    await planes.a.stopAll('emergency/all');
    await service.release();
    const emergency = { actor: 'ann', reason: 'flood', atMs: expect.any(Number), emergency: 'all' };
    expect(await service.stopOfAll()).toEqual({ stops: stopped(true, false), orders: [emergency] });
    rollouts['emergency/all'] = { order: { ...order, to: 'previous' }, phase: 'restored' };
    expect(await service.stopOfAll(performance.now())).toMatchObject({ orders: [] });
    temporal.behaviour.set('list', grpcUnavailable);
    planes.b.read = unreachable;
    expect(await service.stopOfAll(performance.now())).toEqual({ stops: stopped(true, null), orders: [] });
  });

  test('that another API released is nobody’s here any more', async () => {
    const { service } = serve({});
    await service.emergencyStop(everything);
    for (const plane of Object.values(planes)) await plane.release('emergency-stop');
    expect(await service.stopOfAll(performance.now())).toMatchObject({ orders: [] });
    for (const plane of Object.values(planes)) await plane.stopAll('emergency-stop');
    expect(await service.stopOfAll(performance.now())).toMatchObject({
      stops: [{ stopped: true }, { stopped: true }],
      orders: [],
    });
  });

  test('is not released while an open emergency holds it, but for what a terminated one has left', async () => {
    const order = { id: 'all', scope: ['all'], to: null, actor: 'ann', reason: 'fire', stoppedAll: ['a'] };
    const open: FakeRollout = { order };
    const rollouts = { 'emergency/all': open };
    const { service } = serve(rollouts);
    await service.emergencyStop(everything);
    await planes.a.stopAll('emergency/all');
    const problem = 'it is still held by the emergency "all"; release that as well';
    expect(await service.release()).toEqual({
      released: ['b'],
      notReleased: [{ traffic: 'a', problem }],
    });
    expect(await planes.a.read({ id: 'demo/shop', options: {} })).toMatchObject({ stopped: true });
    rollouts['emergency/all'] = { ...open, status: 5 };
    expect(await service.release()).toEqual({ released: ['a', 'b'], notReleased: [], notStopped: ['b'] });
    expect(await planes.a.read({ id: 'demo/shop', options: {} })).toMatchObject({ stopped: false });
  });

  test('is released once under a key, though somebody has stopped it again since; another reason is another order', async () => {
    const { service, temporal } = serve({});
    const isStopped = async () => (await planes.a.read({ id: 'demo/shop', options: {} })).stopped;
    const order = { actor: 'ann', reason: 'fixed' };
    const released = { released: ['a', 'b'], notReleased: [] };
    for (const stays of [false, true, true]) {
      await service.emergencyStop(everything);
      expect(await service.release(order, 'page-1')).toEqual(released);
      expect(await isStopped()).toBe(stays);
    }
    expect(temporal.started.map(({ options }) => options.staticDetails)).toEqual([
      'By ann: fixed',
      'By ann: fixed',
    ]);
    for (const other of [
      { ...order, reason: 'fixed now' },
      { ...order, actor: 'bob' },
    ]) {
      await service.emergencyStop(everything);
      expect(await service.release(other, 'page-1')).toEqual(released);
      expect(await isStopped()).toBe(false);
    }
  });

  test('of which a part could be released under a key is released where it could not be, when asked again', async () => {
    const { service } = serve({});
    await service.emergencyStop(everything);
    const { release } = planes.b;
    planes.b = { ...planes.b, release: unreachable };
    const order = { actor: 'ann', reason: 'fixed' };
    expect(await service.release(order, 'page-1')).toMatchObject({ released: ['a'] });
    await planes.a.stopAll('emergency-stop');
    planes.b = { ...planes.b, release };
    expect(await service.release(order, 'page-1')).toEqual({ released: ['a', 'b'], notReleased: [] });
    const stopped = async (name: 'a' | 'b') =>
      (await planes[name].read({ id: 'demo/shop', options: {} })).stopped;
    expect([await stopped('a'), await stopped('b')]).toEqual([true, false]);
  });

  test('of which the rest was released when asked again under its key is nobody’s any more', async () => {
    const { service } = serve({});
    await service.emergencyStop(everything);
    const { release } = planes.b;
    planes.b = { ...planes.b, release: unreachable };
    await service.release({ actor: 'ann', reason: 'fixed' }, 'page-1');
    planes.b = { ...planes.b, release };
    await service.release({ actor: 'ann', reason: 'fixed' }, 'page-1');
    await planes.a.stopAll('emergency-stop');
    expect(await service.stopOfAll()).toMatchObject({ stops: [{ stopped: true }, {}], orders: [] });
  });

  test('is not released under a key while nobody says whether it was before; without one it is', async () => {
    const { service, temporal } = serve({});
    temporal.behaviour.set('describe', grpcUnavailable);
    await service.emergencyStop(everything);
    expect(await codeOf(service.release({}, 'page-1'))).toBe('temporal-unavailable');
    expect(await planes.a.read({ id: 'demo/shop', options: {} })).toMatchObject({ stopped: true });
    expect(await service.release()).toEqual({ released: ['a', 'b'], notReleased: [] });
  });

  test('that was released counts as released also when Temporal cannot keep that it was', async () => {
    const { service, temporal } = serve({});
    temporal.behaviour.set('start', grpcUnavailable);
    await service.emergencyStop(everything);
    expect(await service.release({}, 'page-1')).toEqual({ released: ['a', 'b'], notReleased: [] });
  });

  test('is released where it can be', async () => {
    const { service } = serve({});
    planes.b = { ...planes.b, release: unreachable };
    expect(await service.release()).toEqual({
      released: ['a'],
      notReleased: [{ traffic: 'b', problem: 'The data plane did not answer.' }],
      notStopped: ['a'],
    });
  });
});
