/** Emergency rollbacks at the API: what is stopped and started, what is refused, what is blocked. */
import { WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { createApp } from '../../../src/api/app.ts';
import { createDataPlanes } from '../../../src/api/express/data-planes.ts';
import { onceId } from '../../../src/api/temporal/once.ts';
import { createTemporalService } from '../../../src/api/temporal-service.ts';
import { SluiceError } from '../../../src/domain/errors.ts';
import { createMemoryTraffic } from '../../../src/providers/traffic/memory.ts';
import type { TrafficProvider } from '../../../src/providers/traffic/types.ts';
import {
  catchUpAfter,
  type FakeRollout,
  fakeTemporal,
  grpcNoNamespace,
  grpcUnavailable,
  keyMissing,
  wholeList,
} from './fake-temporal.ts';
import { fakeDeps, planOf } from './fakes.ts';

let stops: string[];
let planes: Record<'a' | 'b', TrafficProvider>;
beforeEach(() => {
  stops = [];
  planes = { a: recorded('a'), b: recorded('b') };
});

function recorded(name: string): TrafficProvider {
  const memory = createMemoryTraffic();
  const stop: TrafficProvider['stop'] = async (target, signal) => {
    stops.push(`${name} ${target.id}`);
    await memory.stop(target, signal);
  };
  const stopAll: TrafficProvider['stopAll'] = async (holder, signal) => {
    stops.push(`${name} *`);
    await memory.stopAll(holder, signal);
  };
  return { ...memory, stop, stopAll };
}

async function serve(known: Record<string, FakeRollout>) {
  const temporal = fakeTemporal(known);
  const service = createTemporalService({
    client: temporal.client,
    address: 'nowhere',
    replay: () => Promise.reject(new Error('not asked')),
    planes: createDataPlanes({ names: ['a', 'b'], get: (name) => planes[name === 'a' ? 'a' : 'b'] }),
    listsLagMs: 1,
  });
  const app = await createApp(fakeDeps(service));
  const post = (path: string, payload: object, headers: Record<string, string> = {}) =>
    app.inject({
      method: 'POST',
      url: `/v1/emergency-rollbacks${path}`,
      headers: { 'content-type': 'application/json', ...headers },
      payload,
    });
  return { temporal, service, app, post };
}

const fire = { reason: 'fire', actor: 'ada' };
const order = { id: 'prod', scope: ['prod'], to: null, actor: 'bob', reason: 'flood', stoppedAll: [] };

describe('an emergency rollback', () => {
  test('stops everything behind each data plane first, then begins its workflow', async () => {
    const { temporal, post } = await serve({ 'prod/shop': {} });
    const answer = await post('', { scope: 'all', ...fire });
    expect([answer.statusCode, answer.headers.location]).toEqual([201, '/v1/emergency-rollbacks/all']);
    expect(stops).toEqual(['a *', 'b *']);
    expect(answer.json()).toMatchObject({
      id: 'all',
      created: true,
      stop: {
        restored: [{ target: '*', traffic: 'a' }, { target: '*', traffic: 'b' }, { target: 'prod/shop' }],
      },
    });
    expect(temporal.started).toMatchObject([
      {
        type: 'emergency',
        options: {
          workflowId: 'emergency/all',
          args: [{ scope: ['all'], to: null, ...fire, stoppedAll: ['a', 'b'] }],
          memo: { order: { id: 'all' } },
        },
      },
    ]);
    // That is the workflow's work: it is not told twice.
    expect(temporal.told).toEqual([]);
  });

  test('of components stops the canaries that they cover, and no others', async () => {
    const rollouts = { 'prod/shop': {}, 'prod/cart': {}, 'demo/shop': {}, 'demo/cart': {} };
    const { temporal, post } = await serve(rollouts);
    const answer = await post('', { scope: ['prod/*', 'demo/cart'], to: 'previous', ...fire });
    expect(answer.statusCode).toBe(201);
    expect(stops.sort()).toEqual(['a demo/cart', 'a prod/cart', 'a prod/shop']);
    expect(temporal.started[0]?.options.args).toMatchObject([
      { scope: ['demo/cart', 'prod/*'], to: 'previous', stoppedAll: [] },
    ]);
    expect(answer.json().id).toMatch(/^several-/);
  });

  test('begins though a data plane hangs, and says what could not be stopped', async () => {
    const givenUp: AbortSignal[] = [];
    const stopAll: TrafficProvider['stopAll'] = async (_holder, signal) => {
      if (signal !== undefined) givenUp.push(signal);
      await new Promise(() => {});
    };
    planes.b = { ...planes.b, stopAll, read: () => new Promise(() => {}) };
    const { temporal, post } = await serve({});
    const { start } = temporal.client.workflow;
    const seen: boolean[][] = [];
    vi.spyOn(temporal.client.workflow, 'start').mockImplementation((...given) => {
      seen.push(givenUp.map(({ aborted }) => aborted));
      return start(...given);
    });
    const answer = await post('', { scope: 'canary', ...fire });
    expect(seen, 'it was still waited for').toEqual([[false]]);
    expect(temporal.started).toHaveLength(1);
    expect(answer.json().stop).toMatchObject({
      restored: [{ target: '*', traffic: 'a' }],
      notRestored: [{ target: '*', traffic: 'b' }],
    });
  });

  test('does not wait for lists to catch up where rollouts are known: its sweeps find what they do not have yet', async () => {
    const { temporal, post } = await serve({ 'prod/shop': { phase: 'promoted', status: 2 } });
    const answer = await post('', { scope: 'prod', to: 'previous', ...fire });
    expect(answer.statusCode).toBe(201);
    // Whether the scope is known is asked by the stops, and before the opening.
    expect(temporal.asked.filter((call) => call === 'list')).toHaveLength(wholeList.length + 2);
  });

  test('that is open already is told to look again', async () => {
    const { temporal, post } = await serve({ 'emergency/prod': { order } });
    const answer = await post('', { scope: 'prod', to: 'v7', ...fire });
    expect([answer.statusCode, answer.json().created]).toEqual([200, false]);
    expect(temporal.told).toEqual([
      { how: 'signal', id: 'emergency/prod', payload: { to: 'v7', ...fire, stoppedAll: [] } },
    ]);
  });

  test('that is released at the very moment is opened anew', async () => {
    const known: Record<string, FakeRollout> = { 'prod/shop': {}, 'emergency/prod': { order } };
    const { temporal, post } = await serve(known);
    const { start } = temporal.client.workflow;
    vi.spyOn(temporal.client.workflow, 'start').mockImplementationOnce((...given) =>
      start(...given).finally(() => {
        known['emergency/prod'] = { order, status: 2 };
      }),
    );
    const answer = await post('', { scope: 'prod', ...fire });
    expect([answer.statusCode, answer.json().created]).toEqual([201, true]);
    expect([temporal.told, temporal.started.length]).toEqual([[], 1]);
  });

  describe('that the same request opened before', () => {
    const own = { ...order, scope: ['all'], id: 'all', ...fire };
    const request = onceId('open', fire.actor, 'page-1');
    const key = { 'idempotency-key': 'page-1' };

    test('writes the stops again while it is open, and asks the workflow for nothing', async () => {
      const { temporal, post } = await serve({ 'emergency/all': { order: own, request } });
      const answer = await post('', { scope: 'all', ...fire }, key);
      expect([answer.statusCode, answer.json().created]).toEqual([200, false]);
      expect(answer.json()).not.toHaveProperty('over');
      expect(answer.json().stop.restored).toMatchObject([{ traffic: 'a' }, { traffic: 'b' }]);
      expect([stops, temporal.started, temporal.told]).toEqual([['a *', 'b *'], [], []]);
    });

    test('says that it is over, and stops nothing', async () => {
      const { temporal, post } = await serve({ 'emergency/all': { order: own, request, status: 2 } });
      const answer = await post('', { scope: 'all', ...fire }, key);
      expect(answer.statusCode).toBe(200);
      expect(answer.json()).toMatchObject({ created: false, over: true, stop: { restored: [] } });
      expect([stops, temporal.started, temporal.told]).toEqual([[], [], []]);
    });

    test('is opened once more if it turns out to be over when everything is stopped already, so that there is what releases it', async () => {
      const { temporal, post } = await serve({ 'emergency/all': { order: own, request, status: 2 } });
      temporal.behaviour.set('describe', 'slow');
      const answer = await post('', { scope: 'all', ...fire }, key);
      expect([answer.statusCode, stops]).toEqual([201, ['a *', 'b *']]);
      expect(temporal.started).toMatchObject([
        { type: 'emergency', options: { workflowId: 'emergency/all' } },
      ]);
    });
  });

  test('is joined, looked at and released by an API that cannot read what it was opened with', async () => {
    const { temporal, post, service } = await serve({ 'emergency/prod': { order, sealed: true } });
    const joined = await post('', { scope: 'prod', ...fire });
    expect([joined.statusCode, joined.json().runId]).toEqual([200, 'run-of-emergency/prod']);
    expect(await service.emergency('prod')).toMatchObject({ open: true, scope: ['all'] });
    temporal.behaviour.set('update', keyMissing);
    const released = await post('/prod/release', { actor: 'bob', reason: 'fixed' });
    expect(released.json()).toEqual({ accepted: true, via: 'update', status: null });
  });

  describe('of what nobody has ever rolled out', () => {
    const nowhere = { scope: ['prod/shoop', 'prdo/shop'], ...fire };

    test('is refused, as a typing error would block what it does not mean and bring nothing back', async () => {
      const { temporal, post } = await serve({ 'prod/shop': {} });
      const answer = await post('', nowhere);
      expect([answer.statusCode, answer.json().code]).toEqual([404, 'rollout-not-found']);
      expect(answer.json().detail).toMatch(/prdo\/shop and of 1 more .* `force` \(`--force`\)/);
      expect(answer.json().details).toMatchObject({ unknown: ['prdo/shop', 'prod/shoop'] });
      expect([stops, temporal.started]).toEqual([[], []]);
    });

    test.each([
      ['stops it', () => {}],
      [
        'says that it could not be stopped',
        () => {
          const unreachable = async () => Promise.reject(new Error('no answer'));
          planes.a = { ...planes.a, stop: unreachable, read: unreachable };
        },
      ],
    ])('but what lists show a moment later is opened, and %s', async (_, prepare) => {
      prepare();
      const { temporal, post } = await serve({ 'prod/shop': {} });
      catchUpAfter(temporal, wholeList.length + 1);
      const answer = await post('', { scope: ['prod'], ...fire });
      expect([answer.statusCode, temporal.started.length]).toEqual([201, 1]);
      const { restored, notRestored } = answer.json().stop;
      expect([...restored, ...notRestored]).toMatchObject([{ target: 'prod/shop' }]);
    });

    test('is opened with force, and asked for again without', async () => {
      const { temporal, post } = await serve({});
      expect((await post('', { ...nowhere, force: true })).statusCode).toBe(201);
      expect(temporal.started[0]?.options.args?.[0]).not.toHaveProperty('force');
      const open = { 'emergency/prod/new': { order: { ...order, id: 'prod/new', scope: ['prod/new'] } } };
      const again = await serve(open);
      expect((await again.post('', { scope: 'prod/new', ...fire })).statusCode).toBe(200);
    });

    test.each([['prod/shop'], ['prod/old'], ['prod'], ['shop'], ['prod/o*'], ['*/old'], ['sh*']])(
      'is opened when %s is named too, which is known',
      async (word) => {
        const { post } = await serve({ 'prod/shop': {}, 'prod/old': { phase: 'promoted', status: 2 } });
        expect((await post('', { ...nowhere, scope: [...nowhere.scope, word] })).statusCode).toBe(201);
      },
    );

    test.each([
      ['prdo'],
      ['demo,prod'],
      ['Prod'],
      ['prod/Shop'],
      ['prdo/*'],
      ['*/shoop'],
      ['prod/x*'],
      ['pr-*'],
    ])(
      'is refused when %s is named too, or alone, where nobody has rolled out anything either',
      async (word) => {
        const { post, temporal } = await serve({ 'prod/shop': {} });
        for (const scope of [[word], [...nowhere.scope, word]]) {
          const answer = await post('', { ...fire, scope });
          expect([answer.statusCode, answer.json().code]).toEqual([404, 'rollout-not-found']);
        }
        expect([stops, temporal.started]).toEqual([[], []]);
        expect((await post('', { ...fire, scope: word, force: true })).statusCode).toBe(201);
      },
    );

    test('is opened with a known one, and says of which nothing could be stopped', async () => {
      const { post } = await serve({ 'prod/shop': {} });
      const { stop } = (await post('', { ...fire, scope: ['prod', 'prdo'] })).json();
      expect(stop.restored).toMatchObject([{ target: 'prod/shop' }]);
      expect(stop.notRestored).toEqual([
        { target: 'prdo', traffic: null, problem: 'no rollout there is known' },
      ]);
    });

    test.each([
      ['is away', grpcUnavailable],
      ['has lost its namespace', grpcNoNamespace],
      ['hangs', 'hang'],
    ] as const)('is opened when Temporal %s and cannot say whether they are known', async (_, fault) => {
      const { temporal, post } = await serve({});
      for (const call of ['describe', 'list'] as const) temporal.behaviour.set(call, fault);
      const scope = [...nowhere.scope, 'prdo'];
      expect((await post('', { ...nowhere, scope })).statusCode).toBe(201);
      expect(temporal.started).toHaveLength(1);
    });
  });

  test('with Temporal away is a failure that says what is stopped all the same', async () => {
    const { temporal, post } = await serve({});
    for (const call of ['list', 'start', 'describe'] as const) temporal.behaviour.set(call, grpcUnavailable);
    const answer = await post('', { scope: 'all', ...fire });
    expect([answer.statusCode, answer.json().code]).toEqual([503, 'temporal-unavailable']);
    expect(answer.json().details.stop.restored).toMatchObject([{ traffic: 'a' }, { traffic: 'b' }]);
    expect(answer.json().detail).toContain('What could be stopped in the data planes is stopped');
  });

  test.each([
    [{ scope: [], ...fire }, 'body.scope'],
    [{ scope: ['all', 'prod'], ...fire }, 'body.scope'],
    [{ scope: 'a/b/c', ...fire }, 'body.scope'],
    [{ scope: 'canary', to: 'v1', ...fire }, 'body.to'],
    [{ scope: 'all', actor: 'ada' }, 'body.reason'],
    [{ scope: 'all', reason: 'fire' }, 'body.actor'],
    [{ scope: 'all', hard: true, ...fire }, 'body'],
    [{ scope: 'prod', to: 'v\u202e1', ...fire }, 'body.to'],
    [{ scope: 'prod\u202e', ...fire }, 'body.scope'],
  ])('is refused with the field at fault: %j', async (body, path) => {
    const { temporal, post } = await serve({});
    const answer = await post('', body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().problems[0].path).toContain(path);
    expect([stops, temporal.started]).toEqual([[], []]);
  });
});

describe('an open emergency', () => {
  const start = (environment: string) => ({
    plan: planOf({ environment, traffic: { name: 'a', options: {} } }),
    actor: 'ada',
    reason: '',
    idempotencyKey: null,
  });
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'fine',
      (error: unknown) => (error instanceof SluiceError ? error.code : String(error)),
    );

  test('refuses rollouts in its scope with its name, its reason and how to release it', async () => {
    const { service } = await serve({ 'emergency/prod': { order } });
    await expect(service.start(start('prod'))).rejects.toMatchObject({
      code: 'emergency-open',
      status: 409,
      message: 'No rollout of prod/shop can begin while the emergency "prod" is open (bob: flood).',
      advice: expect.stringContaining('--release'),
      details: { emergency: 'prod' },
    });
    expect(await codeOf(service.start(start('demo')))).toBe('fine');
  });

  test('of a single word blocks even when no list has it yet; of several it is found in the list', async () => {
    const lagging = await serve({ 'emergency/all': { order: { ...order, id: 'all', scope: ['all'] } } });
    lagging.temporal.behaviour.set('list', 'lag');
    expect(await codeOf(lagging.service.start(start('prod')))).toBe('emergency-open');
    const several = { ...order, id: 'several-1', scope: ['demo/cart', 'pro*'] };
    const listed = await serve({ 'emergency/several-1': { order: several } });
    expect(await codeOf(listed.service.start(start('prod')))).toBe('emergency-open');
  });

  test('whose order cannot be read blocks every rollout and says why, for as long as it is open', async () => {
    const emergency = { order, sealed: true };
    const rollouts: Record<string, FakeRollout> = { 'emergency/prod': emergency };
    const { service, app } = await serve(rollouts);
    for (const environment of ['prod', 'demo']) {
      await expect(service.start(start(environment))).rejects.toMatchObject({
        code: 'emergency-open',
        message: expect.stringMatching(
          /the emergency "prod" is open .* cannot be read, .* counts for everything/,
        ),
      });
    }
    const { emergencies } = (await app.inject({ url: '/v1/emergency-rollbacks' })).json();
    expect(emergencies).toMatchObject([{ id: 'prod', open: true, actor: 'unknown' }]);
    rollouts['emergency/prod'] = { ...emergency, status: 2 };
    expect(await codeOf(service.start(start('demo')))).toBe('fine');
  });

  test('blocks no more when it has ended, and nothing begins while that cannot be known', async () => {
    const { service, temporal } = await serve({ 'emergency/prod': { order, status: 2 } });
    expect(await codeOf(service.start(start('prod')))).toBe('fine');
    temporal.behaviour.set('list', grpcUnavailable);
    expect(await codeOf(service.start(start('prod')))).toBe('temporal-unavailable');
    temporal.behaviour.delete('list');
    temporal.behaviour.set('describe', grpcNoNamespace);
    await expect(service.start(start('prod'))).rejects.toMatchObject({
      code: 'temporal-unavailable',
      message: expect.stringContaining('it has no namespace default'),
    });
  });

  test('is released by an actor, for a reason; without a worker the release is left for the next one', async () => {
    const { temporal, post } = await serve({
      'emergency/prod/shop': { order: { ...order, id: 'prod/shop' } },
    });
    expect((await post('/prod%2Fshop/release', { actor: 'bob' })).statusCode).toBe(400);
    const by = { actor: 'bob', reason: 'fixed' };
    expect((await post('/prod%2Fshop/release', by)).json()).toMatchObject({ via: 'update' });
    temporal.behaviour.set('update', new WorkflowUpdateRPCTimeoutOrCancelledError('late'));
    const answer = await post('/prod%2Fshop/release', by);
    expect([answer.statusCode, answer.json().via]).toEqual([202, 'signal']);
    expect(temporal.told.map(({ how, payload }) => [how, payload])).toEqual([
      ['update', by],
      ['signal', by],
    ]);
    expect((await post('/nobody/release', by)).json().code).toBe('emergency-not-found');
  });

  test('is listed with what it was opened with, and told of as far as it is known', async () => {
    const { app } = await serve({ 'emergency/prod': { order, phase: 'restored' } });
    const list = (await app.inject('/v1/emergency-rollbacks?open=true')).json();
    expect(list.emergencies).toMatchObject([
      { id: 'prod', scope: ['prod'], actor: 'bob', reason: 'flood', phase: 'restored', open: true },
    ]);
    const view = (await app.inject('/v1/emergency-rollbacks/prod')).json();
    expect(view).toMatchObject({ id: 'prod', status: null, workerAnswered: false });
    const nobody = await app.inject('/v1/emergency-rollbacks/nobody');
    expect([nobody.statusCode, nobody.json().code]).toEqual([404, 'emergency-not-found']);
  });
});
