/**
 * Emergency rollbacks over a real Temporal: everything in the scope goes back at once, and stays blocked until
 * released.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDataPlanes } from '../../src/api/express/data-planes.ts';
import { createTemporalService } from '../../src/api/temporal-service.ts';
import { decoded } from '../../src/codec/readable.ts';
import type { EmergencyStatus } from '../../src/domain/emergency/status.ts';
import type { TargetProgress } from '../../src/domain/emergency/types.ts';
import type { Plan } from '../../src/domain/plan/types.ts';
import { createMemoryTraffic } from '../../src/providers/traffic/memory.ts';
import { OpenEmergencies } from '../../src/worker/open-emergencies.ts';
import { ActivityTap, wholeBody } from '../support/activity-tap.ts';
import { openEmergency, TestEmergency } from '../support/emergency.ts';
import { gateFixture, stageFixture } from '../support/plan.ts';
import { RolloutEnv, type TestRollout } from '../support/rollout-env.ts';

let env: RolloutEnv;
beforeAll(async () => {
  env = await RolloutEnv.create();
});
afterAll(() => env.close());

const slow = (environment: string, service: string, overrides: Partial<Plan> = {}): Partial<Plan> => ({
  environment,
  service,
  stages: [stageFixture({ weightPercent: 50, soakMs: 600_000 })],
  analysis: { intervalMs: 500, onInconclusive: 'hold' },
  ...overrides,
});
const quick = (environment: string, service: string, overrides: Partial<Plan> = {}): Partial<Plan> => ({
  environment,
  service,
  stages: [stageFixture({ soakMs: 300 })],
  analysis: { intervalMs: 200, onInconclusive: 'hold' },
  watchAfterMs: 0,
  ...overrides,
});
const progressIn = ({ targets }: EmergencyStatus, progress: TargetProgress) =>
  targets.filter((one) => one.progress === progress).map((one) => one.target);
/** Emergencies of several words are seen by the list alone, which lags behind their beginning and their end. */
const openOnes = (word: string, count: number) =>
  expect.poll(async () => (await new OpenEmergencies(env.client).covering(`${word}/any`)).length).toBe(count);
const target = (rollout: TestRollout) => `${rollout.plan.environment}/${rollout.plan.service}`;

function emergenciesBy(client: Client) {
  return createTemporalService({
    client,
    address: 'the test server',
    replay: () => Promise.reject(new Error('nobody audits here')),
    planes: createDataPlanes({ names: ['memory'], get: () => env.traffic }),
  });
}

/** A client whose descriptions of workflows come later than the stops of an emergency wait for them. */
function slowToDescribe(client: Client): Client {
  const workflowService = new Proxy(client.workflowService, {
    get: (service, name) => {
      if (name !== 'describeWorkflowExecution') return Reflect.get(service, name);
      return async (request: Parameters<typeof service.describeWorkflowExecution>[0]) => {
        await pause(400);
        return await service.describeWorkflowExecution(request);
      };
    },
  });
  return new Proxy(client, {
    get: (own, name) => (name === 'workflowService' ? workflowService : Reflect.get(own, name)),
  });
}

describe.concurrent('an emergency rollback', () => {
  it('brings everything in its scope back, says so of each target, and leaves the rest alone', async () => {
    const names = ['one', 'two', 'three', 'four', 'five'];
    const inside = await Promise.all(names.map((name) => env.start(slow('fire', name))));
    const outside = await env.start(slow('calm', 'one'));
    await Promise.all([...inside, outside].map((rollout) => rollout.phase('soaking')));

    const emergency = await openEmergency(env, ['fire']);
    for (const rollout of inside) {
      expect(await rollout.ended()).toMatchObject({
        phase: 'rolled-back',
        cause: { kind: 'command', reason: 'emergency rollback: fire', actor: 'ann' },
      });
    }
    const status = await emergency.until('to have all back', ({ phase }) => phase === 'restored');
    expect(status.targets.map((one) => [one.target, one.progress]).sort()).toEqual(
      inside.map((rollout) => [target(rollout), 'verified']).sort(),
    );
    expect(status.incident).toMatchObject({
      severity: 1,
      state: 'open',
      summary: '5 of 5 restored, 5 verified',
    });
    expect((await outside.status()).cause).toBeNull();
    expect((await emergency.release()).incident.state).toBe('closed');
    await outside.signal('rollback');
    await outside.ended();
  });

  it('is opened and released once by requests that are sent again, also after the release', async () => {
    const service = emergenciesBy(env.client);
    const nobody = { scope: 'keyed/*', actor: 'ann', reason: 'fire' };
    await expect(service.openEmergency(nobody, 'page-1')).rejects.toMatchObject({
      code: 'rollout-not-found',
    });
    const body = { ...nobody, force: true };
    const behind = emergenciesBy(slowToDescribe(env.client));
    const first = await service.openEmergency(body, 'page-1');
    expect(first.created).toBe(true);
    const same = { runId: first.runId, created: false };
    for (const api of [service, behind]) expect(await api.openEmergency(body, 'page-1')).toMatchObject(same);
    const { timeline } = await new TestEmergency(env.client.workflow.getHandle(first.workflowId)).status();
    expect(timeline.filter(({ text }) => text.includes('again'))).toEqual([]);

    const release = (reason: string) =>
      service.releaseEmergency(first.id, { actor: 'bob', reason }, 'page-2');
    const released = await release('fixed');
    expect(released).toMatchObject({
      via: 'update',
      status: { phase: 'released', release: { reason: 'fixed' }, incident: { state: 'closed' } },
    });
    expect(released.status?.incident.closedAtMs).toBe(released.status?.release?.atMs);
    await env.client.workflow.getHandle(first.workflowId).result();
    expect((await release('fixed')).status?.release).toEqual(released.status?.release);
    await expect(release('not fixed')).rejects.toMatchObject({ code: 'idempotency-mismatch' });

    for (const api of [service, behind]) expect(await api.openEmergency(body, 'page-1')).toMatchObject(same);
    const next = await service.openEmergency({ ...body, reason: 'fire once more' }, 'page-1');
    expect(next.created).toBe(true);
    await service.releaseEmergency(next.id, { actor: 'bob', reason: 'fixed' }, null);
  });

  it('that only stops tells each rollout once however often it is sent again, also by another replica', async () => {
    const replica = () =>
      createTemporalService({
        client: env.client,
        address: 'the test server',
        replay: () => Promise.reject(new Error('nobody audits here')),
        planes: createDataPlanes({ names: ['memory'], get: () => env.traffic }),
      });
    const rollout = await env.start(slow('stopped', 'one'));
    await rollout.phase('soaking');
    // It cannot end between the stops, for then nobody would be there to be told.
    for (const call of ['read', 'restore'] as const) env.traffic.failNext(call, 'stopped/one', 1_000_000);
    const body = { scope: { targets: ['stopped/one'] }, actor: 'ann', reason: 'fire' };
    for (const service of [replica(), replica()]) {
      const answer = await service.emergencyStop(body, 'page-3');
      expect(answer).toMatchObject({ restored: [{ target: 'stopped/one' }], told: 1, notTold: [] });
    }
    const misspelt = { ...body, scope: { environments: ['stoped'] } };
    await expect(replica().emergencyStop(misspelt, null)).rejects.toMatchObject({
      code: 'rollout-not-found',
    });
    const flood = { ...body, reason: 'flood' };
    expect(await replica().emergencyStop(flood, 'page-3')).toMatchObject({ told: 1, notTold: [] });
    const reasons = async () => {
      const { events } = await rollout.handle.fetchHistory();
      const sent = events?.flatMap((event) => event.workflowExecutionSignaledEventAttributes?.input ?? []);
      return sent?.map(({ payloads }) => decoded(payloads?.[0]));
    };
    // What comes while the workflow is at work is in the history a moment later.
    const told = (reason: string) => expect.objectContaining({ reason: `emergency stop: ${reason}` });
    await expect.poll(reasons).toEqual([told('fire'), told('flood')]);
    for (const call of ['read', 'restore'] as const) env.traffic.failNext(call, 'stopped/one', 0);
    expect((await rollout.ended()).cause).toMatchObject({ reason: 'emergency stop: fire', actor: 'ann' });
  });

  it('whose stop of everything is released under a key stays stopped when it is sent again after another stop', async () => {
    const own = createMemoryTraffic();
    const replica = () =>
      createTemporalService({
        client: env.client,
        address: 'the test server',
        replay: () => Promise.reject(new Error('nobody audits here')),
        planes: createDataPlanes({ names: ['own'], get: () => own }),
      });
    const order = { actor: 'ann', reason: 'fixed' };
    for (const stays of [false, true]) {
      await own.stopAll('emergency-stop');
      expect(await replica().release(order, 'page-4')).toEqual({ released: ['own'], notReleased: [] });
      expect((await own.read({ id: 'any/one', options: {} })).stopped).toBe(stays);
    }
    const kept = async () => {
      const found = [];
      const query = 'WorkflowType = "emergencyStopReleased"';
      for await (const { status, workflowId } of env.client.workflow.list({ query })) {
        found.push([status.name, workflowId.endsWith('-page-4/own')]);
      }
      return found;
    };
    await expect.poll(kept).toEqual([['COMPLETED', true]]);
  });

  it('of one data plane that is out of reach says so, and holds up no other target', async () => {
    const edge = { name: 'edge', options: {} };
    const names = ['one', 'two', 'three'];
    const others = await Promise.all(names.map((name) => env.start(slow('dead', name))));
    const cut = await env.start(slow('dead', 'cut', { traffic: edge }));
    await Promise.all([...others, cut].map((rollout) => rollout.phase('soaking')));
    for (const call of ['read', 'restore'] as const) env.traffic.failNext(call, 'dead/cut', 1_000_000);

    const emergency = await openEmergency(env, ['dead/*']);
    const verified = (status: EmergencyStatus) => progressIn(status, 'verified').length;
    const said = /3 of 4 restored.*dead\/cut \(data plane "edge".*did not answer/;
    const status = await emergency.until(
      'to have three back, and to say what keeps the fourth',
      (seen) => verified(seen) === 3 && said.test(seen.incident.summary),
    );
    expect(progressIn(status, 'not-restored')).toEqual(['dead/cut']);
    expect(status.phase).toBe('restoring');
    expect(status.incident).toMatchObject({ severity: 1, state: 'open' });

    for (const call of ['read', 'restore'] as const) env.traffic.failNext(call, 'dead/cut', 0);
    const whole = await emergency.until('to have all back', ({ phase }) => phase === 'restored');
    expect(whole.incident.summary).toBe('4 of 4 restored, 4 verified');
    await emergency.release();
  });

  it('blocks its scope: what begins there is stopped before any user is touched, until the release', async () => {
    const emergency = await openEmergency(env, ['blocked', 'other/one']);
    const early = await Promise.all(['a', 'b', 'c'].map((name) => env.start(slow('blocked', name))));
    // Whether its preparation or the next sweep sees it first: none of them goes on.
    for (const rollout of early) expect((await rollout.ended()).phase).toBe('rolled-back');
    await openOnes('blocked', 1);
    const late = await (await env.start(slow('blocked', 'late'))).ended();
    expect(late).toMatchObject({ phase: 'rolled-back', arms: null });
    expect(late.cause?.reason).toMatch(
      /while the emergency "several-.*" is open \(ann: fire\)|^emergency.*fire/,
    );
    expect(env.workload.log.filter((line) => line.includes('blocked/late green'))).toEqual([
      'stop blocked/late green',
    ]);

    await emergency.handle.signal('release', { actor: 'bob' });
    await emergency.handle.cancel();
    const said = ({ timeline }: EmergencyStatus) => timeline.map(({ text }) => text).join('\n');
    await emergency.until('to note both', (seen) =>
      /release ignored: reason[\s\S]*cancellation does/.test(said(seen)),
    );
    expect(await emergency.release()).toMatchObject({
      phase: 'released',
      release: { actor: 'bob', reason: 'fixed' },
      incident: { state: 'closed' },
    });
    await openOnes('blocked', 0);
    const after = await env.start(slow('blocked', 'late'));
    await after.phase('soaking');
    await after.signal('rollback');
    await after.ended();
  });

  it('brings what was promoted back to the version before: in the watch after promotion, and ended long ago', async () => {
    const ended = await env.start(quick('back', 'ended'));
    expect((await ended.ended()).phase).toBe('promoted');
    const watching = await env.start(quick('back', 'watching', { watchAfterMs: 600_000 }));
    await watching.phase('watching');
    const running = await env.start(slow('back', 'running'));
    await running.phase('soaking');

    const emergency = await openEmergency(env, ['back'], { to: 'previous' });
    // Lists lag: who ended or began just now may be found by a later sweep.
    const status = await emergency.until(
      'to have all back',
      ({ phase, targets }) => phase === 'restored' && targets.length === 3,
    );
    expect(status.targets.map(({ target, progress, version }) => [target, progress, version]).sort()).toEqual(
      [
        ['back/ended', 'verified', 'v1'],
        ['back/running', 'verified', 'v1'],
        ['back/watching', 'verified', 'v1'],
      ],
    );
    for (const service of ['ended', 'watching', 'running']) {
      const { stableSlot } = await env.traffic.read({ id: `back/${service}`, options: {} });
      expect([service, stableSlot]).toEqual([service, 'blue']);
    }
    // The block does not bar the emergency's own rollouts, and the same wish once more brings nothing back twice.
    await emergency.handle.signal('again', { actor: 'ann', reason: 'sure?', to: 'previous', stoppedAll: [] });
    const sure = await emergency.until(
      'to be sure',
      ({ phase, timeline }) =>
        phase === 'restored' && timeline.some(({ text }) => text.includes('asked for again')),
    );
    expect(sure.targets.find(({ target }) => target === 'back/ended')?.version).toBe('v1');
    await emergency.release();
  });

  it('asks no gate on the way back: what has closed since the promotion keeps nobody on the bad version', async () => {
    const gates = [gateFixture()];
    const guards = [{ ...gateFixture({ name: 'freeze' }), onRefuse: 'rollback' as const }];
    const gated = await env.start(quick('gated', 'shop', { gates, guards }));
    expect((await gated.ended()).phase).toBe('promoted');
    env.gate.answer(() => ({ answer: 'hold', reason: 'outside the window' }));

    const emergency = await openEmergency(env, ['gated/shop'], { to: 'previous' });
    const status = await emergency.until('to have it back', ({ phase }) => phase === 'restored');
    expect(status.targets).toMatchObject([{ target: 'gated/shop', progress: 'verified', version: 'v1' }]);
    env.gate.answer(() => ({ answer: 'open', reason: 'all is well' }));
    await emergency.release();
  });

  it('brings a named version, and says of a target why it cannot have it', async () => {
    const good = await env.start(slow('named', 'good'));
    await good.phase('soaking');
    const emergency = await openEmergency(env, ['named/good', 'named/nobody', 'nobody'], { to: 'v7' });
    const status = await emergency.until('to have v7', ({ phase }) => phase === 'restored');
    expect(status.targets).toMatchObject([{ target: 'named/good', progress: 'verified', version: 'v7' }]);
    expect(status.unknown).toEqual(['named/nobody', 'nobody']);
    expect((await good.ended()).phase).toBe('rolled-back');
    expect((await env.traffic.read({ id: 'named/good', options: {} })).stableSlot).toBe('green');

    env.workload.broken.add('v-broken');
    const broken = await env.start(slow('named', 'broken'));
    await broken.phase('soaking');
    const other = await openEmergency(env, ['named/broken'], { to: 'v-broken' });
    const stuck = await other.until('to have tried', ({ targets }) =>
      /failed/.test(targets[0]?.reason ?? ''),
    );
    expect(stuck.targets).toMatchObject([{ progress: 'not-restored', version: 'v1' }]);
    expect(stuck.targets[0]?.reason).toContain('v-broken crashed');
    expect((await env.traffic.read({ id: 'named/broken', options: {} })).stableSlot).toBe('blue');
    await Promise.all([emergency.release(), other.release()]);
  });
});

// Everything else behind this data plane is stopped meanwhile.
describe('the end of an emergency rollback', () => {
  it('lets only its own stop of everything go: what another emergency or a person holds stays stopped', async () => {
    const stoppedAll = ['memory'];
    const [one, two] = await Promise.all(
      ['held/one', 'held/two'].map((word) => openEmergency(env, [word], { stoppedAll })),
    );
    const holders = ['emergency/held/one', 'emergency/held/two', 'emergency-stop'];
    await Promise.all(holders.map((holder) => env.traffic.stopAll(holder)));
    const isStopped = async () => (await env.traffic.read({ id: 'held/none', options: {} })).stopped;
    const { timeline } = (await one?.release()) ?? { timeline: [] };
    expect(timeline.at(-1)?.text).toBe(
      'everything behind memory stays stopped: it is still held by the emergency "held/two" and ' +
        'an emergency stop (POST /v1/emergency-stop/release); release that as well',
    );
    expect(await isStopped()).toBe(true);
    await two?.release();
    expect(await isStopped()).toBe(true);
    expect(await env.traffic.release('emergency-stop')).toEqual([]);
    expect(await isStopped()).toBe(false);
  });
});

describe('an emergency rollback that meets failures', () => {
  const tap = new ActivityTap();
  let mortal: RolloutEnv;
  beforeAll(async () => {
    mortal = await RolloutEnv.create({ tap });
  });
  afterAll(() => mortal.close());

  it('that nobody would retry sweeps again all the same, and says so', async () => {
    const rollout = await mortal.start(slow('refused', 'one'));
    await rollout.phase('soaking');
    const refused: string[] = [];
    tap.taps.set('emergency/refused', async ({ name, execution }, act) => {
      const answer = await act();
      if (name !== wholeBody || refused.includes(execution.type)) return answer;
      refused.push(execution.type);
      throw ApplicationFailure.nonRetryable(`${execution.type} makes no sense`);
    });
    const emergency = await openEmergency(mortal, ['refused']);
    const whole = await emergency.until('to have it back', ({ phase }) => phase === 'restored');
    expect(refused).toEqual(['find', 'sweep']);
    const failed = whole.timeline.filter(({ text }) => text.includes('a sweep failed and is done again'));
    expect(failed.map(({ text }) => text)).toEqual([
      expect.stringContaining('find makes no sense'),
      expect.stringContaining('sweep makes no sense'),
    ]);
    expect(await rollout.ended()).toMatchObject({ phase: 'rolled-back' });
    await emergency.release();
  });

  it('in the middle of a sweep goes on with another one, and knows what was done', async () => {
    const rollouts = await Promise.all(['one', 'two'].map((name) => mortal.start(slow('death', name))));
    await Promise.all(rollouts.map((rollout) => rollout.phase('soaking')));
    const deaths: string[] = [];
    tap.taps.set('emergency/death', async ({ name, execution }, act) => {
      if (name === 'traffic.read' && deaths.length === 0) {
        deaths.push(execution.label);
        execution.dead = true;
      }
      return await act();
    });
    const emergency = await openEmergency(mortal, ['death']);
    const status = await emergency.until('to have all back', ({ phase }) => phase === 'restored');
    expect(deaths).toEqual(['sweep#1']);
    expect(progressIn(status, 'verified').sort()).toEqual(['death/one', 'death/two']);
    for (const rollout of rollouts) expect((await rollout.ended()).phase).toBe('rolled-back');

    // Everything goes away, and the block stands; a new worker finds it as it was.
    await mortal.stopWorkers();
    await mortal.startWorkers();
    expect((await emergency.status()).incident.state).toBe('open');
    const blocked = await (await mortal.start(slow('death', 'three'))).ended();
    // Whether its preparation or the next sweep was first.
    expect(blocked.cause?.reason).toMatch(/emergency "death" is open|^emergency rollback: fire$/);
    expect((await emergency.release()).phase).toBe('released');
    expect((await emergency.handle.fetchHistory()).events?.length).toBeLessThan(150);
  });
});
