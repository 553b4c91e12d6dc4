/**
 * What checks that count do for a rollout beside failing a canary: end a soak early, ask people, and forget nothing.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CountsCheck } from '../../src/domain/analysis/counts-check.ts';
import type { Stage } from '../../src/domain/plan/types.ts';
import { stageFixture } from '../support/plan.ts';
import { RolloutEnv } from '../support/rollout-env.ts';

let env: RolloutEnv;
beforeAll(async () => {
  env = await RolloutEnv.create();
});
afterAll(() => env.close());

function counting(service: string, changes: Partial<CountsCheck> = {}): CountsCheck {
  return {
    kind: 'counts',
    name: 'errors',
    unit: '%',
    counters: { part: `errors ${service} {{version}}`, partIs: 'bad', total: `all ${service} {{version}}` },
    shows: 'bad',
    minSamples: 50,
    margin: { ratio: 1.05, difference: 0 },
    guard: null,
    enough: { ratio: 1, difference: 0.005 },
    alpha: 0.01,
    rollbackAlpha: 0.01,
    onNoData: 'hold',
    failure: { consecutive: 1, kOfN: null },
    maxConsecutiveErrors: 4,
    ...changes,
  };
}

function start(service: string, check: CountsCheck, stage: Partial<Stage>) {
  return env.start({
    service,
    stages: [stageFixture({ weightPercent: 10, checks: [check], ...stage })],
    analysis: { intervalMs: 500, onInconclusive: 'hold' },
    lease: { ttlMs: 5_000, orphanGraceMs: 5_000 },
    watchAfterMs: 500,
  });
}

/** Requests a second and the share of them that fails, as counters since 1970. */
function serve(service: string, version: string, perSecond: number, failing: number): void {
  const since = (atMs: number) => (atMs / 1000) * perSecond;
  env.metrics.set(`all ${service} ${version}`, (atMs) => since(atMs));
  env.metrics.set(`errors ${service} ${version}`, (atMs) => since(atMs) * failing);
}

describe.concurrent('checks that count', () => {
  it('end a soak early once they have proven that the canary is no worse than enough', async () => {
    const service = 'early-end';
    serve(service, 'v1', 10_000, 0.001);
    serve(service, 'v2', 1_000, 0.001);
    const rollout = await start(service, counting(service), { soakMs: 600_000, minSoakMs: 2_000 });
    const status = await rollout.ended();
    expect(status.phase).toBe('promoted');
    const [report] = status.reports;
    expect(report?.checks[0]?.last?.reason).toContain('surely no worse');
    expect((report?.endedAtMs ?? 0) - (report?.startedAtMs ?? 0)).toBeLessThan(600_000);
  });

  it('hold and ask while they are surer of a failure than chance, and less sure than a rollback needs', async () => {
    const service = 'unsure';
    serve(service, 'v1', 10_000, 0.001);
    serve(service, 'v2', 1_000, 0.05);
    const check = counting(service, { alpha: 0.3, rollbackAlpha: 1e-300 });
    const rollout = await start(service, check, { soakMs: 600_000 });
    const held = await rollout.phase('holding');
    expect(held.holdReason).toContain('it is worse than stable');
    await rollout.update('rollback');
    expect((await rollout.ended()).phase).toBe('rolled-back');
  });

  it('go on from their evidence after a pause, and count nothing twice', async () => {
    const service = 'paused-counting';
    serve(service, 'v1', 10_000, 0.001);
    serve(service, 'v2', 1_000, 0.001);
    const rollout = await start(service, counting(service), { soakMs: 5_000 });
    await rollout.phase('soaking');
    await rollout.update('pause');
    await rollout.update('resume');
    const status = await rollout.ended();
    const record = status.reports[0]?.checks[0];
    const seconds = ((record?.last?.atMs ?? 0) - (status.reports[0]?.startedAtMs ?? 0)) / 1_000;
    const counted = record?.last?.canarySamples ?? 0;
    expect(counted).toBeGreaterThanOrEqual(3_000);
    expect(counted).toBeLessThanOrEqual(1_000 * (seconds + 1));
  });
});
