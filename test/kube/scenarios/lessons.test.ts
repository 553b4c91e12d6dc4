/**
 * Lessons of the field on Kubernetes: the whole workflow over HTTPRoutes of a real API server, with a guard beside it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../../src/domain/plan/types.ts';
import { effectivePercent } from '../../../src/providers/traffic/types.ts';
import { type RunningGuard, startGuard } from '../../support/kube/guard.ts';
import { type Guarded, guardedTargets, targetNamed } from '../../support/kube/guarded.ts';
import { sharedCluster } from '../../support/kube/shared.ts';
import { stageFixture, successCheck } from '../../support/plan.ts';
import { RolloutEnv, type TestRollout } from '../../support/rollout-env.ts';

const cluster = sharedCluster();
const poll = { interval: 50 };
const services = [
  ...['lesson-1', 'lesson-2', 'lesson-3', 'lesson-4', 'lesson-5', 'lesson-6', 'lesson-7', 'lesson-8'],
  ...['lesson-16', 'dead-worker'],
];

let guarded: Guarded;
let guard: RunningGuard;
let env: RolloutEnv;
beforeAll(async () => {
  guarded = await guardedTargets(cluster, services.map(targetNamed));
  guard = startGuard(guarded.settings);
  env = await RolloutEnv.create({ traffic: guarded.provider });
  await guard.leads();
});
afterAll(async () => {
  await env?.close();
  await guard?.stop();
  await guarded?.provider.close();
});

function planFor(service: string, overrides: Partial<Plan> = {}): Partial<Plan> {
  const query = { value: `success ${service} {{version}}`, samples: `samples ${service} {{version}}` };
  const checks = [{ ...successCheck, query }];
  const stages = [10, 50].map((weightPercent) => stageFixture({ weightPercent, soakMs: 1_500, checks }));
  return {
    service,
    stages,
    analysis: { intervalMs: 250, onInconclusive: 'hold' },
    lease: { ttlMs: 16_000, orphanGraceMs: 16_000 },
    watchAfterMs: 500,
    ...overrides,
  };
}

/** One stage that lasts until somebody ends it. */
const soaking = (overrides: object = {}): Partial<Plan> => ({
  stages: [stageFixture({ weightPercent: 10, soakMs: 600_000, ...overrides })],
});

const shareOf = (service: string) => guarded.shareOf(targetNamed(service));

interface Route {
  readonly metadata: { readonly annotations?: object; readonly managedFields: { manager: string }[] };
  readonly spec: { readonly rules: { backendRefs: { name: string; weight: number }[] }[] };
}

async function routeOf(service: string): Promise<Route> {
  const args = ['get', 'httproute', '-n', guarded.namespace, service, '-o', 'json', '--show-managed-fields'];
  return JSON.parse(await cluster.kubectl(args)) as Route;
}

/** As whoever made it left it: all traffic where it belongs, and no trace of ours. */
async function expectLeftAsFound(service: string): Promise<void> {
  const { metadata, spec } = await routeOf(service);
  expect(Object.keys(metadata.annotations ?? {}).filter((name) => name.includes('sluice'))).toEqual([]);
  expect(metadata.managedFields.map(({ manager }) => manager)).not.toContain('sluice');
  expect(spec.rules).toHaveLength(1);
  expect(spec.rules[0]?.backendRefs).toMatchObject([{ name: service, weight: 100 }]);
  expect(spec.rules[0]?.backendRefs).toHaveLength(1);
}

async function takenBack(rollout: TestRollout): Promise<void> {
  await rollout.update('rollback', { reason: 'done' });
  expect((await rollout.ended()).phase).toBe('rolled-back');
}

describe.concurrent('lessons on Kubernetes', () => {
  it('1: the soak takes the time that was planned, whatever the API server does to each pulse', async ({
    expect,
  }) => {
    const rollout = await env.start(planFor('lesson-1'));
    const status = await rollout.ended();
    expect(status.phase).toBe('promoted');
    for (const { plannedMs, startedAtMs, endedAtMs } of status.reports) {
      expect(plannedMs).toBe(1_500);
      expect((endedAtMs ?? 0) - startedAtMs).toBeGreaterThanOrEqual(plannedMs);
    }
  });

  it('2: one rollout per target, and late writes of an abandoned attempt are fenced off by the Lease', async ({
    expect,
  }) => {
    const rollout = await env.start(planFor('lesson-2', soaking()));
    await expect(env.start(planFor('lesson-2'))).rejects.toThrow(/already started/i);
    await expect.poll(() => shareOf('lesson-2'), poll).toBe(10);
    const target = targetNamed('lesson-2');
    const { epoch } = await guarded.provider.read(target);
    const late = guarded.provider.setRoute(target, { weightPercent: 90, match: null }, epoch - 1);
    await expect(late).rejects.toMatchObject({ code: 'traffic-fenced' });
    expect(await shareOf('lesson-2')).toBe(10);
    await takenBack(rollout);
  });

  it('3: rolled back only when the route, read back, says 0', async ({ expect }) => {
    const rollback = { timeoutMs: 1_000, strategy: 'immediate', secondMeans: [], proof: 'read' } as const;
    const rollout = await env.start(planFor('lesson-3', { ...soaking(), rollback }));
    await expect.poll(() => shareOf('lesson-3'), poll).toBe(10);
    env.traffic.failNext('restore', 'test/lesson-3', 15);
    await rollout.update('rollback', { reason: 'bad' });
    const status = await rollout.ended();
    expect(status.phase).toBe('rolled-back');
    // Between two attempts is a pause of 100 ms.
    const { tookMs } = status.timeline.find(({ kind }) => kind === 'restored')?.data ?? {};
    expect(tookMs).toBeGreaterThanOrEqual(15 * 100);
    expect(await shareOf('lesson-3')).toBe(0);
  });

  it('4: a restore takes the rule for the header as well as the share, and leaves the route as it was found', async ({
    expect,
  }) => {
    const match = { header: 'x-beta', value: 'yes' };
    const rollout = await env.start(planFor('lesson-4', soaking({ match })));
    await expect.poll(async () => (await routeOf('lesson-4')).spec.rules.length, poll).toBe(2);
    await expect.poll(() => rollout.status(), poll).toMatchObject({ phase: 'soaking' });
    await takenBack(rollout);
    await expectLeftAsFound('lesson-4');
  });

  it('5: after promotion a rollback is one step, and the route goes back to the stable Service', async ({
    expect,
  }) => {
    const rollout = await env.start(planFor('lesson-5', { watchAfterMs: 600_000 }));
    await rollout.phase('watching');
    expect(await shareOf('lesson-5')).toBe(100);
    await takenBack(rollout);
    await expectLeftAsFound('lesson-5');
  });

  it('6: a sick stable version is told before any user is on the canary', async ({ expect }) => {
    env.metrics.set(/success lesson-6 v1/, 60);
    const rollout = await env.start(planFor('lesson-6'));
    const status = await rollout.phase('holding');
    expect(status.holdReason).toMatch(/stable version v1 is not well/);
    expect(await shareOf('lesson-6')).toBe(0);
    await takenBack(rollout);
  });

  it('7: a version is stopped only when the route sends it nothing any more', async ({ expect }) => {
    const rollout = await env.start(planFor('lesson-7', soaking()));
    await expect.poll(() => shareOf('lesson-7'), poll).toBe(10);
    await takenBack(rollout);
    const stops = env.workload.stops.filter(({ id }) => id === 'test/lesson-7');
    expect(stops.map(({ slot }) => slot)).toEqual(['green']);
    expect(stops.map(({ state }) => state && effectivePercent(state, Date.now()))).toEqual([0]);
    await expectLeftAsFound('lesson-7');
  });

  it('8: a cold canary is not judged, and stable stays up until the watch after promotion is over', async ({
    expect,
  }) => {
    const askedAtMs: number[] = [];
    env.metrics.set(/success lesson-8 v2/, () => {
      askedAtMs.push(Date.now());
      return 100;
    });
    const warm = stageFixture({ weightPercent: 10, soakMs: 1_000, warmUpMs: 1_500 });
    const [first] = planFor('lesson-8').stages ?? [];
    const stages = [{ ...warm, checks: first?.checks ?? [] }];
    const rollout = await env.start(planFor('lesson-8', { stages, watchAfterMs: 600_000 }));
    const { timeline } = await rollout.phase('watching');
    const warmFromMs = timeline.find(({ kind }) => kind === 'shifted')?.atMs;
    expect(askedAtMs[0]).toBeGreaterThanOrEqual((warmFromMs ?? Number.NaN) + 1_500);
    expect(env.workload.stops.filter(({ id }) => id === 'test/lesson-8')).toEqual([]);
    await takenBack(rollout);
  });

  it('16: whoever else writes the weights is answered at once, three times, then named; nothing of ours is left', async ({
    expect,
  }) => {
    const longPulse = { lease: { ttlMs: 60_000, orphanGraceMs: 60_000 } };
    const analysis = { intervalMs: 60_000, onInconclusive: 'hold' } as const;
    const rollout = await env.start(planFor('lesson-16', { ...soaking(), ...longPulse, analysis }));
    const leased = async () => (await guarded.provider.read(targetNamed('lesson-16'))).leaseUntilMs;
    await expect.poll(leased, poll).toBeGreaterThan(0);
    for (let times = 1; times <= 3; times++) {
      await guarded.meddle(targetNamed('lesson-16'), 77);
      await expect.poll(() => shareOf('lesson-16'), poll).toBe(10);
    }
    await guarded.meddle(targetNamed('lesson-16'), 77);
    const status = await rollout.phase('holding');
    expect(status.holdReason).toMatch(/77 %.*last written by kubectl-patch.*put right 3 times/);
    expect(status.timeline.find(({ kind }) => kind === 'held')?.data).toMatchObject({ hold: 'drift' });
    await takenBack(rollout);
    await expectLeftAsFound('lesson-16');
  });
});

describe('a worker that dies with half of the users on the canary', () => {
  it('leaves a route that the guard brings home, and a rollout that ends as rolled back when there is a worker again', async () => {
    const lease = { ttlMs: 12_000, orphanGraceMs: 12_000 };
    const rollout = await env.start(planFor('dead-worker', { ...soaking({ weightPercent: 50 }), lease }));
    await expect.poll(() => shareOf('dead-worker'), poll).toBe(50);
    await expect.poll(() => rollout.status(), poll).toMatchObject({ phase: 'soaking' });
    await env.stopWorkers();
    await expect.poll(() => shareOf('dead-worker'), poll).toBe(0);
    // Of others it may have been quicker than their worker.
    const restored = () => guard.of('restored').filter(({ target }) => target === 'test/dead-worker');
    await expect.poll(restored, poll).toMatchObject([{ why: 'lapsed' }]);
    await env.startWorkers();
    expect(await rollout.ended()).toMatchObject({ phase: 'rolled-back', cause: { kind: 'lapse' } });
    await expectLeftAsFound('dead-worker');
  });
});
