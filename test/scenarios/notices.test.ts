/** Telling people never holds a rollout up, and in the end everybody has heard everything once (lesson 20). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TemporalDeps } from '../../src/api/temporal/calls.ts';
import { closeIncident } from '../../src/api/temporal/incidents.ts';
import { acknowledge } from '../../src/api/temporal/notices.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import { type Incident, incidentIdOf, incidentQuery } from '../../src/domain/incident/types.ts';
import { noticesIdOf, noticesQuery } from '../../src/domain/notify/names.ts';
import type { NoticesStatus } from '../../src/domain/notify/status.ts';
import { createMemoryNotifier } from '../../src/providers/notifiers/memory.ts';
import type { NotifierMessage } from '../../src/providers/notifiers/types.ts';
import { routeFixture } from '../support/notices.ts';
import { stageFixture } from '../support/plan.ts';
import { RolloutEnv, type TestRollout } from '../support/rollout-env.ts';
import { waitFor } from '../support/wait-for.ts';

const well = createMemoryNotifier();
const broken = createMemoryNotifier();
const hanging = createMemoryNotifier();
const boss = createMemoryNotifier();
const broken500 = () => Promise.reject(new SluiceError('notify-failed', 'it answered 500'));

/** What hangs does so until it is told to go on. */
function hangingUntil(): { readonly over: Promise<void>; end(): void } {
  let end = () => {};
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { over, end: () => end() };
}
const hang = hangingUntil();

let env: RolloutEnv;
let deps: TemporalDeps;
beforeAll(async () => {
  broken.before(broken500);
  hanging.before(() => hang.over);
  env = await RolloutEnv.create({
    notices: {
      routes: [
        routeFixture({ to: ['well', 'broken', 'hanging'], services: ['told*'] }),
        routeFixture({
          to: ['well'],
          services: ['paged*'],
          severities: ['critical', 'warning'],
          escalate: [{ afterMs: 1_000, to: ['boss'] }],
        }),
      ],
      notifiers: { well, broken, hanging, boss },
    },
  });
  deps = { client: env.client, address: 'the test server' };
});
afterAll(async () => {
  hang.end();
  await env.close();
});

const eventsTo = (notifier: { readonly told: readonly NotifierMessage[] }, service: string) =>
  notifier.told
    .filter(({ subject }) => subject.service === service)
    .flatMap(({ notices }) => notices.map(({ event }) => event));

async function companionOf({ handle }: TestRollout) {
  const { raw } = await handle.describe();
  const runId = raw.workflowExecutionInfo?.firstRunId ?? '';
  const target = handle.workflowId.replace(/^rollout\//, '');
  const companion = env.client.workflow.getHandle(noticesIdOf({ target, runId }));
  return { companion, status: () => companion.query<NoticesStatus>(noticesQuery) };
}

const whole = ['rollout.started', 'stage.begun', 'rollback.begun', 'rollback.restored', 'rollout.ended'];

/** A rollout that a person takes back from its first stage. */
async function takenBack(service: string, notify: boolean) {
  const rollout = await env.start({
    service,
    stages: [stageFixture({ soakMs: 60_000 })],
    ...(notify ? { notify: { channels: [] } } : {}),
  });
  await rollout.phase('soaking');
  await rollout.update('rollback', { reason: 'users complain' });
  return { rollout, status: await rollout.ended() };
}

describe('while one receiver is dead and another one hangs', () => {
  it('a rollout goes the same way as one that tells nobody, and is over before they have heard of its start', async () => {
    const silent = await takenBack('silent', false);
    const told = await takenBack('told', true);
    const story = ({ status }: typeof told) => status.timeline.map(({ kind }) => kind);
    expect(story(told)).toEqual(story(silent));
    expect(told.status.rollback?.restoredAtMs).not.toBeNull();
    await expect.poll(() => eventsTo(well, 'told')).toEqual(whole);
    expect([eventsTo(broken, 'told'), eventsTo(hanging, 'told')]).toEqual([[], []]);
  });

  it('they are seen to be behind, and once they are well they hear everything once, in order', async () => {
    const { rollout } = await takenBack('told-late', true);
    const { companion, status } = await companionOf(rollout);
    await expect.poll(() => eventsTo(well, 'told-late')).toEqual(whole);
    const behind = async () =>
      (await status()).receivers.filter(({ pending }) => pending > 0).map(({ name }) => name);
    await expect.poll(behind).toEqual(['broken', 'hanging']);
    expect((await status()).complete).toBe(false);
    const failing = async () => {
      const { raw } = await companion.describe();
      const tries = raw.pendingActivities ?? [];
      return tries.find(({ activityId }) => activityId?.startsWith('broken#'))?.lastFailure?.message;
    };
    await expect.poll(failing).toContain('it answered 500');
    broken.before(async () => {});
    hang.end();
    await companion.result();
    expect(eventsTo(broken, 'told-late')).toEqual(whole);
    expect(eventsTo(hanging, 'told-late')).toEqual(whole);
    expect(eventsTo(well, 'told-late')).toEqual(whole);
  });
});

describe('trouble', () => {
  it('has an incident that is closed by hand once, however often the request is sent', async () => {
    const rollout = await env.start({
      service: 'paged-by-hand',
      onFailure: 'freeze',
      notify: { channels: [] },
      stages: [stageFixture({ soakMs: 60_000 })],
      analysis: { intervalMs: 250, onInconclusive: 'hold' },
    });
    await rollout.phase('soaking');
    env.metrics.set(/success v2/, 50);
    await rollout.phase('holding');
    const incident = env.client.workflow.getHandle(incidentIdOf('test/paged-by-hand'));
    await expect
      .poll(() => incident.query<Incident>(incidentQuery).catch(() => null))
      .toMatchObject({ state: 'open' });
    const close = (reason: string) =>
      closeIncident(deps, { environment: 'test', service: 'paged-by-hand' }, { actor: 'bob', reason }, 'key');
    const closed = await close('a false alarm');
    expect(closed).toMatchObject({ state: 'closed' });
    expect((await close('a false alarm')).timeline).toEqual(closed.timeline);
    await expect(close('mended')).rejects.toMatchObject({ code: 'idempotency-mismatch' });
    env.metrics.set(/success v2/, 100);
    await rollout.update('rollback', { reason: 'enough' });
    await rollout.ended();
  });

  it('goes to others when nobody acknowledges, opens one incident, and closes it when users are well again', async () => {
    const rollout = await env.start({
      service: 'paged',
      onFailure: 'freeze',
      notify: { channels: [] },
      stages: [stageFixture({ soakMs: 60_000 })],
      analysis: { intervalMs: 250, onInconclusive: 'hold' },
    });
    await rollout.phase('soaking');
    env.metrics.set(/success v2/, 50);
    await rollout.phase('holding');
    await expect.poll(() => eventsTo(boss, 'paged')).toEqual(['trouble.escalated']);
    const acknowledged = (reason: string) =>
      acknowledge(deps, { environment: 'test', service: 'paged' }, { actor: 'bob', reason }, 'key');
    const { notices } = await acknowledged('on it');
    expect(notices?.trouble).toMatchObject({
      severity: 'critical',
      ack: { actor: 'bob' },
      escalatesAtMs: null,
    });
    expect((await acknowledged('on it')).notices?.trouble).toEqual(notices?.trouble);
    await expect(acknowledged('not I')).rejects.toMatchObject({ code: 'idempotency-mismatch' });
    const incident = env.client.workflow.getHandle(incidentIdOf('test/paged'));
    await expect
      .poll(() => incident.query<Incident>(incidentQuery))
      .toMatchObject({ severity: 1, state: 'open', acknowledgedBy: 'bob' });
    await rollout.update('rollback', { reason: 'enough' });
    await rollout.ended();
    const closed: Incident = await incident.result();
    expect(closed).toMatchObject({
      state: 'closed',
      rollouts: [{ version: 'v2', rollback: { reason: 'enough' } }],
    });
    expect(closed.recoveredAtMs).not.toBeNull();
    env.metrics.set(/success v2/, 100);
  });

  it('that pages people opens an incident where nobody is configured to be told, and nothing less does', async () => {
    const rollback = {
      timeoutMs: 1_000,
      strategy: 'immediate',
      secondMeans: [],
      proof: 'read',
    } as const;
    const rollout = await env.start({
      service: 'nobody',
      stages: [stageFixture({ soakMs: 60_000 })],
      rollback,
    });
    await rollout.phase('soaking');
    env.traffic.failNext('restore', 'test/nobody', 40);
    await rollout.update('rollback', { reason: 'users complain' });
    const incident = env.client.workflow.getHandle(incidentIdOf('test/nobody'));
    await rollout.ended();
    // The companion that opens it may be behind.
    await waitFor('the incident', () => incident.describe());
    const closed: Incident = await incident.result();
    expect(closed).toMatchObject({ severity: 1, state: 'closed' });
    expect(closed.timeline.map(({ event }) => event)).toEqual([
      'rollback.begun',
      'restore.late',
      'rollback.restored',
      'rollout.ended',
    ]);

    const { status } = await takenBack('nobody-at-all', false);
    expect(status.outcome).toBe('rolled-back');
    const quiet = env.client.workflow.getHandle(incidentIdOf('test/nobody-at-all'));
    await expect(quiet.describe()).rejects.toThrow(/not found/);
  });
});
