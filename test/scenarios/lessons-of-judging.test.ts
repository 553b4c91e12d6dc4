/**
 * Lessons 9 to 13 of the field for the checks that gather counts, series and budgets; see `lessons.test.ts` for the
 * rest.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CountsCheck } from '../../src/domain/analysis/counts-check.ts';
import type { ErrorBudgetCheck, SeriesCheck, TrendCheck } from '../../src/domain/analysis/further-checks.ts';
import type { CheckConfig } from '../../src/domain/analysis/types.ts';
import type { Plan } from '../../src/domain/plan/types.ts';
import { stageFixture, successCheck } from '../support/plan.ts';
import { RolloutEnv } from '../support/rollout-env.ts';

let env: RolloutEnv;
beforeAll(async () => {
  env = await RolloutEnv.create();
});
afterAll(() => env.close());

function planFor(service: string, checks: readonly CheckConfig[], soakMs: number): Partial<Plan> {
  return {
    service,
    stages: [stageFixture({ weightPercent: 10, soakMs, checks })],
    analysis: { intervalMs: 250, onInconclusive: 'hold' },
    lease: { ttlMs: 5_000, orphanGraceMs: 5_000 },
    watchAfterMs: 500,
  };
}

const base = {
  unit: '%',
  onNoData: 'hold',
  failure: { consecutive: 1, kOfN: null },
  maxConsecutiveErrors: 4,
} as const;

function counting(service: string, changes: Partial<CountsCheck> = {}): CountsCheck {
  return {
    ...base,
    kind: 'counts',
    name: 'errors',
    counters: { part: `errors ${service} {{version}}`, partIs: 'bad', total: `all ${service} {{version}}` },
    shows: 'bad',
    minSamples: 50,
    margin: { ratio: 1.05, difference: 0 },
    guard: null,
    enough: null,
    alpha: 0.01,
    rollbackAlpha: 0.01,
    ...changes,
  };
}

const stepped = { ...base, windowMs: 60_000, stepMs: 200, minSamples: 8, confidence: 0.98 };

function series(service: string): SeriesCheck {
  const query = { value: `queue ${service} {{version}}`, samples: null };
  return { ...stepped, kind: 'series', name: 'queue', query, worse: 'higher', tolerance: 0.25, minEffect: 0 };
}

/** Requests a second and the share of them that fails, as counters since 1970. */
function serve(service: string, version: string, perSecond: number, failing: number): void {
  const since = (atMs: number) => (atMs / 1000) * perSecond;
  env.metrics.set(`all ${service} ${version}`, (atMs) => since(atMs));
  env.metrics.set(`errors ${service} ${version}`, (atMs) => since(atMs) * failing);
}

describe.concurrent('lessons of judging', () => {
  it('13: sparse errors are found by counting, where a limit of 1 % sees nothing; statistic and n are kept', async () => {
    const service = 'lesson-13-sparse';
    serve(service, 'v1', 10_000, 0.001);
    serve(service, 'v2', 1_000, 0.005);
    const limit: CheckConfig = {
      ...successCheck,
      query: { value: `success ${service} {{version}}`, samples: null },
      minSamples: 0,
    };
    env.metrics.set(`success ${service} v2`, 99.5);
    const rollout = await env.start(planFor(service, [limit, counting(service)], 60_000));
    const status = await rollout.ended();
    expect(status).toMatchObject({ phase: 'rolled-back', cause: { kind: 'check' } });
    const [passed, failed] = status.reports[0]?.checks ?? [];
    expect(passed).toMatchObject({ name: 'success-rate', failures: 0 });
    expect(failed?.last?.kind).toBe('fail');
    expect(failed?.last?.canary).toBeCloseTo(0.5, 6);
    expect(failed?.last?.canarySamples).toBeGreaterThanOrEqual(1_000);
    expect(failed?.last?.statistics?.eValue).toBeGreaterThanOrEqual(100);
    expect(failed?.last?.statistics?.difference.high).toBeGreaterThan(0.4);
  });

  it('13: an absolute guard stands beside the relative test: a canary as bad as a sick stable goes back', async () => {
    const service = 'lesson-13-guard';
    serve(service, 'v1', 10_000, 0.2);
    serve(service, 'v2', 1_000, 0.2);
    const guard = { limit: 0.02, when: 'always' } as const;
    const rollout = await env.start(planFor(service, [counting(service, { guard })], 60_000));
    const status = await rollout.ended();
    expect(status).toMatchObject({ phase: 'rolled-back', cause: { kind: 'check' } });
    expect(status.reports[0]?.checks[0]?.last?.reason).toContain('worse than the limit of 2 %');
  });

  it('a leak is taken back before its limit is reached', async () => {
    const service = 'leak';
    const beganMs = Date.now();
    env.metrics.set(`memory ${service} v2`, (atMs) => 100 + (atMs - beganMs) / 100);
    const leak: TrendCheck = {
      ...stepped,
      kind: 'trend',
      name: 'memory',
      unit: 'MB',
      query: { value: `memory ${service} {{version}}`, samples: null },
      limit: 10_000,
      worse: 'higher',
      withinMs: 3_600_000,
      onFail: 'rollback',
    };
    const rollout = await env.start(planFor(service, [leak], 60_000));
    const status = await rollout.ended();
    expect(status).toMatchObject({ phase: 'rolled-back', cause: { kind: 'check' } });
    const last = status.reports[0]?.checks[0]?.last;
    expect(last?.reason).toMatch(/it crosses the limit of 10000 MB in about 1\dm/);
    expect(last?.canary).toBeLessThan(10_000);
  });

  it('9: counters, series and budgets without data never pass: the rollout is held', async () => {
    const service = 'lesson-9-further';
    const budget: ErrorBudgetCheck = {
      ...base,
      kind: 'errorBudget',
      name: 'budget',
      query: { value: `failing ${service} {{version}} {{window}}`, samples: null },
      windowMs: 60_000,
      minSamples: 0,
      slo: 99.9,
      periodMs: 86_400_000,
      minLeft: null,
      burn: [{ longMs: 3_600_000, shortMs: 300_000, rate: 14.4 }],
      onFail: 'rollback',
    };
    env.metrics.set(`failing ${service} v2 300s`, Number.NaN);
    const rollout = await env.start(planFor(service, [counting(service), series(service), budget], 1_000));
    const status = await rollout.phase('holding');
    for (const name of ['errors', 'queue', 'budget']) {
      expect(status.holdReason).toContain(`${name} has no conclusive data`);
    }
    await rollout.update('rollback', { reason: 'no data' });
    await rollout.ended();
  });

  it('10: one failed request of a few condemns nobody', async () => {
    const service = 'lesson-10-counts';
    serve(service, 'v1', 100, 0);
    serve(service, 'v2', 2, 0);
    const beganMs = Date.now();
    env.metrics.set(`errors ${service} v2`, (atMs) => (atMs > beganMs + 500 ? 1 : 0));
    const rollout = await env.start(planFor(service, [counting(service)], 1_000));
    const status = await rollout.phase('holding');
    expect(status.holdReason).toMatch(/at least 50 are needed/);
    await rollout.update('rollback', { reason: 'too little traffic' });
    await rollout.ended();
  });

  it('11: that the whole service can afford errors is no evidence for the canary', async () => {
    const service = 'lesson-11-budget';
    const query = { value: `failing ${service} {{window}}`, samples: null };
    const burn = [{ longMs: 3_600_000, shortMs: 300_000, rate: 14.4 }];
    const budget: ErrorBudgetCheck = {
      ...base,
      kind: 'errorBudget',
      name: 'budget',
      query,
      windowMs: 60_000,
      minSamples: 0,
      slo: 99.9,
      periodMs: 86_400_000,
      minLeft: null,
      burn,
      onFail: 'rollback',
    };
    env.metrics.set(/failing lesson-11-budget/, 0);
    const rollout = await env.start(planFor(service, [budget], 1_000));
    const status = await rollout.phase('holding');
    expect(status.holdReason).toMatch(/no evidence/);
    await rollout.update('rollback', { reason: 'no evidence' });
    await rollout.ended();
  });

  it('12: a flapping source neither aborts a test of counts nor makes it count twice', async () => {
    const service = 'lesson-12-counts';
    serve(service, 'v1', 1_000, 0.001);
    serve(service, 'v2', 100, 0.001);
    // Away at every third time that it is asked for samples, of which there may be many.
    let asked = 0;
    let isAsked = false;
    const away = () => {
      if (!isAsked)
        queueMicrotask(() => {
          isAsked = false;
        });
      asked += isAsked ? 0 : 1;
      isAsked = true;
      return asked % 3 === 1;
    };
    env.metrics.set(`all ${service} v2`, (atMs) =>
      away() ? new Error('connection reset') : (atMs / 1000) * 100,
    );
    const rollout = await env.start(planFor(service, [counting(service)], 5_000));
    const status = await rollout.ended();
    expect(status.phase).toBe('promoted');
    const report = status.reports[0]?.checks[0];
    expect(report?.errors).toBeGreaterThan(0);
    const soakedMs = (status.reports[0]?.endedAtMs ?? 0) - (status.reports[0]?.startedAtMs ?? 0);
    expect(report?.last?.canarySamples).toBeLessThanOrEqual(Math.ceil(soakedMs / 1000) * 100);
  });
});
