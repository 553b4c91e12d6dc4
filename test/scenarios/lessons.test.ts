/** Scenarios named after the lessons of the field: a failure seen elsewhere, and what Sluice does instead. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDataPlanes } from '../../src/api/express/data-planes.ts';
import { createTemporalService } from '../../src/api/temporal-service.ts';
import type { Plan } from '../../src/domain/plan/types.ts';
import { commandNames } from '../../src/domain/rollout/types.ts';
import { effectivePercent } from '../../src/providers/traffic/types.ts';
import { planFixture, stageFixture, successCheck } from '../support/plan.ts';
import { RolloutEnv } from '../support/rollout-env.ts';
import { waitFor } from '../support/wait-for.ts';

let env: RolloutEnv;
beforeAll(async () => {
  env = await RolloutEnv.create();
});
afterAll(() => env.close());

/** Every scenario has a service of its own, so that they share one server and run side by side. */
function planFor(service: string, overrides: Partial<Plan> = {}): Partial<Plan> {
  const checks = [
    {
      ...successCheck,
      query: { value: `success ${service} {{version}}`, samples: `samples ${service} {{version}}` },
    },
  ];
  const stages = [10, 50].map((weightPercent) => stageFixture({ weightPercent, soakMs: 1_500, checks }));
  return {
    service,
    stages,
    analysis: { intervalMs: 250, onInconclusive: 'hold' },
    watchAfterMs: 500,
    ...overrides,
  };
}

const stagesOf = (plan: Partial<Plan>) => plan.stages ?? [];

/** For a test that ends it: its first stage is not over before. */
function lastingPlanFor(service: string, overrides: Partial<Plan> = {}): Partial<Plan> {
  const stages = stagesOf(planFor(service)).map((stage) => ({ ...stage, soakMs: 60_000 }));
  return planFor(service, { stages, ...overrides });
}

describe.concurrent('lessons', () => {
  it('1: the soak takes the time that was planned, and planned and actual time are both reported', async () => {
    const rollout = await env.start(planFor('lesson-1'));
    const status = await rollout.ended();
    expect(status.phase).toBe('promoted');
    for (const report of status.reports) {
      const actualMs = (report.endedAtMs ?? 0) - report.startedAtMs;
      expect(report.plannedMs).toBe(1_500);
      expect(actualMs).toBeGreaterThanOrEqual(report.plannedMs);
    }
  });

  it('2: one rollout per target: a second start is refused while the first runs', async () => {
    const plan = lastingPlanFor('lesson-2');
    const rollout = await env.start(plan);
    await expect(env.start(plan)).rejects.toThrow(/already started/i);
    await rollout.update('rollback', { reason: 'done' });
    await rollout.ended();
  });

  it('3: rolled back only when the data plane, read back, says 0', async () => {
    const rollout = await env.start(
      lastingPlanFor('lesson-3', {
        rollback: { timeoutMs: 1_000, strategy: 'immediate', secondMeans: [], proof: 'read' },
      }),
    );
    await rollout.phase('soaking');
    env.traffic.failNext('restore', 'test/lesson-3', Number.POSITIVE_INFINITY);
    env.at(rollout.handle.workflowId, 'restore-late', () =>
      env.traffic.failNext('restore', 'test/lesson-3', 0),
    );
    await rollout.update('rollback', { reason: 'bad' });
    const status = await rollout.ended();
    expect(status.phase).toBe('rolled-back');
    expect(await rollout.canaryShare()).toBe(0);
    const restored = status.timeline.find(({ kind }) => kind === 'restored');
    expect(restored?.data).toMatchObject({
      attempts: env.traffic.failures('restore', 'test/lesson-3') + 1,
    });
    expect(status.timeline.map(({ kind }) => kind)).toContain('restore-late');
  });

  it('4: a restore takes the header match as well as the share', async () => {
    const match = { header: 'x-beta', value: 'yes' };
    const rollout = await env.start(
      planFor('lesson-4', { stages: [stageFixture({ weightPercent: 5, match, soakMs: 60_000 })] }),
    );
    await rollout.phase('soaking');
    const target = { id: 'test/lesson-4', options: {} };
    expect(await env.traffic.read(target)).toMatchObject({ weightPercent: 5, match });
    await rollout.update('rollback', { reason: 'beta is bad' });
    expect((await rollout.ended()).phase).toBe('rolled-back');
    expect(await env.traffic.read(target)).toMatchObject({ weightPercent: 0, match: null, stopped: true });
  });

  it('6: a stable version that is not well is told before the start; force goes either way', async () => {
    env.metrics.set(/success lesson-6-start\S* v1/, 60);
    const held = await env.start(planFor('lesson-6-start'));
    const status = await held.phase('holding');
    expect(status.holdReason).toMatch(/stable version v1 is not well: success rate 60 %/);
    expect(status.timeline.find(({ kind }) => kind === 'held')?.data).toMatchObject({ severity: 1 });
    expect(await held.canaryShare()).toBe(0);
    await held.update('resume', { reason: 'the new version is the repair' });
    expect((await held.ended()).phase).toBe('promoted');

    const back = await env.start(planFor('lesson-6-start-back'));
    await back.phase('holding');
    await back.update('rollback', { reason: 'not today' });
    expect(await back.ended()).toMatchObject({ phase: 'rolled-back', reports: [] });

    const forced = await env.start(planFor('lesson-6-start-forced'), { force: 'all' });
    expect(await forced.ended()).toMatchObject({ phase: 'promoted', holdReason: null });
  });

  it('6: a canary whose stable version is worse is held in plain sight, and taken back when stable is well again', async () => {
    const rollout = await env.start(lastingPlanFor('lesson-6-worse'));
    await rollout.phase('soaking');
    env.metrics.set(/success lesson-6-worse v1/, 20);
    env.metrics.set(/success lesson-6-worse v2/, 90);
    const status = await rollout.phase('holding');
    expect(status.holdReason).toMatch(/90 %.*stable version v1 is worse: success rate 20 %/);
    expect(status.timeline.at(-1)).toMatchObject({
      kind: 'held',
      data: { severity: 1, hold: 'sick-stable' },
    });
    expect(await rollout.canaryShare()).toBe(10);
    env.metrics.set(/success lesson-6-worse v1/, 100);
    expect(await rollout.ended()).toMatchObject({ phase: 'rolled-back', cause: { kind: 'check' } });
  });

  it('6: a stable version that is as bad, or cannot be measured, keeps nobody from going back', async () => {
    const answers = [50, null];
    await Promise.all(
      answers.map(async (answer) => {
        const service = `lesson-6-back-${answer}`;
        const rollout = await env.start(lastingPlanFor(service));
        await rollout.phase('soaking');
        env.metrics.set(new RegExp(`success ${service} v1`), answer);
        env.metrics.set(new RegExp(`success ${service} v2`), 50);
        expect(await rollout.ended(), service).toMatchObject({ cause: { kind: 'check' } });
      }),
    );
  });

  it('7: a version is stopped only when no traffic goes to it any more', async () => {
    const good = await env.start(planFor('lesson-7-good'));
    const bad = await env.start(lastingPlanFor('lesson-7-bad'));
    await bad.phase('soaking');
    await bad.update('rollback', { reason: 'bad' });
    await Promise.all([good.ended(), bad.ended()]);
    const stops = env.workload.stops.filter(({ id }) => id.startsWith('test/lesson-7'));
    expect(stops.map(({ id, slot }) => `${id} ${slot}`).toSorted()).toEqual([
      'test/lesson-7-bad green',
      'test/lesson-7-good blue',
    ]);
    for (const { slot, state } of stops) {
      expect(state?.stableSlot).not.toBe(slot);
      expect(state === null ? null : effectivePercent(state, Date.now())).toBe(0);
    }
  });

  it('14: rollback after promotion is one step, because the old version stays warm', async () => {
    const rollout = await env.start(planFor('lesson-14', { watchAfterMs: 60_000 }));
    await rollout.phase('watching');
    const of14 = () => env.workload.log.filter((line) => line.includes('test/lesson-14 '));
    expect(of14()).toEqual(['start test/lesson-14 green v2']);
    await rollout.update('rollback', { reason: 'users complain' });
    const status = await rollout.ended();
    expect(status.phase).toBe('rolled-back');
    expect(of14()).toEqual(['start test/lesson-14 green v2', 'stop test/lesson-14 green']);
    expect((await env.traffic.read({ id: 'test/lesson-14', options: {} })).stableSlot).toBe('blue');
  });

  it('5: rollback is legal in every state that is not the end', async () => {
    const phases = ['soaking', 'holding', 'approving', 'watching'] as const;
    const plans: Record<(typeof phases)[number], Partial<Plan>> = {
      soaking: lastingPlanFor('lesson-5-soaking'),
      holding: planFor('lesson-5-holding'),
      approving: planFor('lesson-5-approving'),
      watching: planFor('lesson-5-watching', { watchAfterMs: 60_000 }),
    };
    env.metrics.set(/lesson-5-holding/, null);
    const approving = {
      ...plans.approving,
      stages: stagesOf(plans.approving).map((stage) => ({ ...stage, approval: true })),
    };
    await Promise.all(
      phases.map(async (phase) => {
        const rollout = await env.start(phase === 'approving' ? approving : plans[phase]);
        await rollout.phase(phase);
        await rollout.signal('rollback', { reason: `while ${phase}` });
        const status = await rollout.ended();
        expect(status, phase).toMatchObject({
          phase: 'rolled-back',
          cause: { kind: 'command', reason: `while ${phase}` },
        });
        expect(await rollout.canaryShare(), phase).toBe(0);
        const state = await env.traffic.read({ id: `test/lesson-5-${phase}`, options: {} });
        expect(state.stableSlot, phase).toBe('blue');
      }),
    );
  });

  it('8: a cold canary is not judged while it warms up', async () => {
    const warmUpMs = 1_500;
    // Its watch begins somewhat later than this, and warm-up with it.
    let shiftedAtMs = Number.POSITIVE_INFINITY;
    env.at('rollout/test/lesson-8', 'shifted', ({ atMs }) => {
      shiftedAtMs = atMs;
    });
    env.metrics.set(/success lesson-8 v2/, () => (Date.now() < shiftedAtMs + warmUpMs ? 10 : 100));
    const plan = planFor('lesson-8');
    const rollout = await env.start({
      ...plan,
      stages: stagesOf(plan)
        .slice(0, 1)
        .map((stage) => ({ ...stage, warmUpMs })),
    });
    expect((await rollout.ended()).phase).toBe('promoted');
  });

  it.each([
    ['nothing', null],
    ['NaN', Number.NaN],
    ['an infinite value', Number.POSITIVE_INFINITY],
  ])('9: a query that returns %s never passes: the rollout is held', async (what, answer) => {
    const service = `lesson-9-${what.replaceAll(' ', '-').toLowerCase()}`;
    env.metrics.set(new RegExp(`success ${service}`), answer);
    const rollout = await env.start(planFor(service));
    const status = await rollout.phase('holding');
    expect(status.holdReason).toMatch(/no conclusive data/);
    expect(status.stage).toBe(0);
    await rollout.update('rollback', { reason: 'no data' });
    await rollout.ended();
  });

  it('9: onNoData decides: fail rolls back, and data that comes late lets a held rollout go on', async () => {
    env.metrics.set(/success lesson-9-(fail|late)/, null);
    const failing = planFor('lesson-9-fail');
    const stages = stagesOf(failing).map((stage) => ({
      ...stage,
      checks: stage.checks.map((check) => ({ ...check, onNoData: 'fail' as const })),
    }));
    const rollout = await env.start({ ...failing, stages });
    expect(await rollout.ended()).toMatchObject({ phase: 'rolled-back', cause: { kind: 'check' } });

    const late = await env.start(planFor('lesson-9-late'));
    await late.phase('holding');
    env.metrics.set(/success lesson-9-late/, 100);
    expect((await late.ended()).phase).toBe('promoted');
  });

  it('10: too little traffic aborts nothing: the soak is extended once, then held', async () => {
    env.metrics.set(/success lesson-10/, 50);
    env.metrics.set(/samples lesson-10/, 3);
    const rollout = await env.start(planFor('lesson-10'));
    const status = await rollout.phase('holding');
    const [report] = status.reports;
    expect(report?.checks).toEqual([]);
    expect(status.holdReason).toMatch(/at least 10 are needed/);
    const heldAtMs = status.timeline.find(({ kind }) => kind === 'held')?.atMs ?? 0;
    expect(heldAtMs - (report?.startedAtMs ?? 0)).toBeGreaterThanOrEqual(3_000);
    await rollout.update('rollback', { reason: 'no traffic' });
    await rollout.ended();
  });

  it('11: no promotion without evidence, also when missing data is waived', async () => {
    env.metrics.set(/success lesson-11/, null);
    const plan = planFor('lesson-11');
    const stages = stagesOf(plan).map((stage) => ({
      ...stage,
      checks: stage.checks.map((check) => ({ ...check, onNoData: 'pass' as const })),
    }));
    const rollout = await env.start({ ...plan, stages });
    const status = await rollout.phase('holding');
    expect(status.holdReason).toMatch(/no evidence/);
    await rollout.update('rollback', { reason: 'no evidence' });
    await rollout.ended();
  });

  it('12: a flapping metrics source aborts nothing: errors have a budget of their own', async () => {
    let asked = 0;
    env.metrics.set(/success lesson-12/, () => (asked++ % 2 === 0 ? new Error('connection reset') : 100));
    const rollout = await env.start(planFor('lesson-12'));
    const status = await rollout.ended();
    expect(status.phase).toBe('promoted');
    expect(status.reports[0]?.checks[0]?.errors).toBeGreaterThan(0);
  });

  it('16: drift is put right a bounded number of times, then a person is asked', async () => {
    const rollout = await env.start(
      planFor('lesson-16', { stages: [stageFixture({ weightPercent: 10, soakMs: 60_000 })] }),
    );
    await rollout.phase('soaking');
    // Meddling before the watch owns the route is simply overwritten, so it goes on until a person is asked.
    const held = async () => (await rollout.status()).phase === 'holding';
    while (!(await held())) {
      await env.traffic.meddle('test/lesson-16', { weightPercent: 77 });
      await rollout.until(
        'to be put right or held',
        async () =>
          (await held()) ||
          (await env.traffic.read({ id: 'test/lesson-16', options: {} })).weightPercent === 10,
      );
    }
    const status = await rollout.phase('holding');
    expect(status.holdReason).toMatch(/77 %.*again after it was put right 3 times/);
    await rollout.update('rollback', { reason: 'meddling' });
    expect((await rollout.ended()).phase).toBe('rolled-back');
    expect(await rollout.canaryShare()).toBe(0);
  });

  it('17: from an irreversible stage on a failure freezes; the lease is kept, and a person may still go back', async () => {
    const [first, second] = stagesOf(planFor('lesson-17'));
    if (!first || !second) throw new Error('two stages are needed');
    const plan = planFor('lesson-17', { stages: [first, { ...second, irreversible: true, soakMs: 60_000 }] });
    const rollout = await env.start({ ...plan, lease: { ttlMs: 9_000, orphanGraceMs: 9_000 } });
    await rollout.until('to be in the second stage', ({ reports }) => reports.length === 2);
    env.metrics.set(/success lesson-17 v2/, 50);
    const status = await rollout.phase('holding');
    const page = status.timeline.find(({ kind }) => kind === 'held');
    expect(page?.text).toMatch(
      /^severity 1: .*frozen instead of rolled back, since a stage that cannot be undone/,
    );
    const frozenAt = await env.traffic.read({ id: 'test/lesson-17', options: {} });
    const later = await env.traffic.whenState(
      'test/lesson-17',
      ({ leaseUntilMs }) => leaseUntilMs > frozenAt.leaseUntilMs + 2_000,
    );
    expect(later).toMatchObject({ weightPercent: 50, stopped: false });
    expect((await rollout.status()).phase).toBe('holding');
    await rollout.signal('rollback', { reason: 'the migration was undone by hand' });
    expect(await rollout.ended()).toMatchObject({ phase: 'rolled-back', cause: { kind: 'command' } });
  });

  it('17: onFailure freeze holds what fails; the same failure rolls back before the irreversible stage', async () => {
    const frozen = await env.start(lastingPlanFor('lesson-17-freeze', { onFailure: 'freeze' }));
    await frozen.phase('soaking');
    env.metrics.set(/success lesson-17-freeze v2/, 50);
    expect((await frozen.phase('holding')).cause).toBeNull();
    env.metrics.set(/success lesson-17-freeze v2/, 100);
    await frozen.update('rollback');
    await frozen.ended();

    const [first, second] = stagesOf(lastingPlanFor('lesson-17-before'));
    if (!first || !second) throw new Error('two stages are needed');
    const stages = [first, { ...second, irreversible: true }];
    const before = await env.start(planFor('lesson-17-before', { stages }));
    await before.phase('soaking');
    env.metrics.set(/success lesson-17-before v2/, 50);
    expect(await before.ended()).toMatchObject({ phase: 'rolled-back', cause: { kind: 'check' } });
  });

  it('21: a newer version in mid-canary: the running one goes back first, and stable stays what it was', async () => {
    const service = createTemporalService({
      client: env.client,
      address: 'the test server',
      replay: () => Promise.reject(new Error('nobody audits here')),
      planes: createDataPlanes({ names: ['memory'], get: () => env.traffic }),
    });
    const start = (version: string, onConflict: Plan['onConflict']) => {
      const stages = [stageFixture({ weightPercent: 50, soakMs: 600_000 })];
      const plan = planFixture(planFor('lesson-21', { version, onConflict, stages }));
      return service.start({ plan, actor: 'ada', reason: 'release', idempotencyKey: null });
    };
    const target = { environment: 'test', service: 'lesson-21' };
    const soaking = (version: string) =>
      waitFor(`${version} to soak`, async () => {
        const { status } = await service.get(target);
        return status?.phase === 'soaking' && status.version === version && status;
      });
    const first = await start('v2', 'reject');
    await soaking('v2');
    await expect(start('v3', 'reject')).rejects.toMatchObject({ code: 'rollout-running' });

    await start('v3', 'supersede');
    const { status } = await service.get({ ...target, runId: first.runId });
    expect(status).toMatchObject({
      phase: 'rolled-back',
      cause: { reason: 'superseded by v3', actor: 'ada' },
    });
    expect(await soaking('v3')).toMatchObject({ arms: { stableVersion: 'v1', canaryVersion: 'v3' } });
    const log = env.workload.log.filter((line) => line.includes('test/lesson-21'));
    expect(log.findIndex((line) => line.startsWith('stop'))).toBeLessThan(
      log.findIndex((line) => line.includes('v3')),
    );
    await service.command(target, { name: 'rollback', requestId: 'r-1', reason: 'enough' });
    const back = await waitFor('the end', async () => (await service.get(target)).outcome);
    expect(back).toBe('rolled-back');
    expect((await env.traffic.read({ id: 'test/lesson-21', options: {} })).stableSlot).toBe('blue');
  });

  it('22: a pause stops the stage clock, not the hard limit, which says so before it strikes', async () => {
    const rollout = await env.start(lastingPlanFor('lesson-22', { maxDurationMs: 12_000 }));
    await rollout.phase('soaking');
    await rollout.update('pause', { reason: 'lunch' });
    const status = await rollout.ended();
    expect(status).toMatchObject({ phase: 'rolled-back', cause: { kind: 'limit' }, stage: 0 });
    const kinds = status.timeline.map(({ kind }) => kind);
    expect(kinds.indexOf('limit-near')).toBeGreaterThan(0);
    expect(kinds.indexOf('limit-struck')).toBeGreaterThan(kinds.indexOf('limit-near'));
    expect((status.endedAtMs ?? 0) - status.startedAtMs).toBeGreaterThanOrEqual(12_000);
  });

  it('23: analysis runs during a pause: a canary that turns bad is taken back', async () => {
    const rollout = await env.start(lastingPlanFor('lesson-23'));
    await rollout.phase('soaking');
    await rollout.update('pause', { reason: 'looking' });
    env.metrics.set(/success lesson-23/, 50);
    expect(await rollout.ended()).toMatchObject({ phase: 'rolled-back', cause: { kind: 'check' } });
  });
});

describe('every signal', () => {
  it('is harmless with a malformed payload, and noted', async () => {
    const rollout = await env.start(planFor('malformed', { stages: [stageFixture({ soakMs: 60_000 })] }));
    await rollout.phase('soaking');
    for (const name of commandNames) {
      await rollout.signal(name, 'just a text');
      await rollout.signal(name, { reason: 42 });
    }
    await rollout.signal('explode', { reason: 'unknown' });
    const status = await rollout.until(
      'to note all',
      ({ timeline }) =>
        timeline.filter(({ kind }) => kind === 'message-malformed').length === 2 * commandNames.length + 1,
    );
    expect(status.phase).toBe('soaking');
    await expect(rollout.update('approve')).rejects.toMatchObject({
      cause: { message: 'no approval is being asked for' },
    });
    await rollout.signal('rollback');
    expect((await rollout.ended()).phase).toBe('rolled-back');
  });
});
