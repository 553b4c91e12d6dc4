/** What a rollout costs in history: stages, not soak time. Hours pass in seconds on a simulated clock. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSimulatedClock } from '../support/clocks.ts';
import { stageFixture } from '../support/plan.ts';
import { RolloutEnv } from '../support/rollout-env.ts';

const minute = 60_000;

let env: RolloutEnv;
beforeAll(async () => {
  env = await RolloutEnv.create({ server: 'skipping', clock: createSimulatedClock() });
});
afterAll(() => env.close());

async function eventsOfTwoHours(service: string, intervalMs: number): Promise<number> {
  const stages = [5, 10, 25, 50].map((weightPercent) => stageFixture({ weightPercent, soakMs: 27 * minute }));
  const rollout = await env.start({
    service,
    stages,
    analysis: { intervalMs, onInconclusive: 'hold' },
    watchAfterMs: 12 * minute,
    maxDurationMs: 6 * 60 * minute,
  });
  const status = await rollout.ended();
  expect(status.phase).toBe('promoted');
  const looks = status.reports.flatMap(({ checks }) => checks.map((check) => check.looks));
  // Every interval was really looked at.
  for (const count of looks) expect(count).toBeGreaterThan((27 * minute) / intervalMs - 3);
  return await rollout.historyLength();
}

describe('a rollout of two hours', () => {
  it('costs at most 120 events, and the same at a third of the interval', async () => {
    const at15s = await eventsOfTwoHours('two-hours-15s', 15_000);
    const at5s = await eventsOfTwoHours('two-hours-5s', 5_000);
    expect(at15s).toBeLessThanOrEqual(120);
    expect(Math.abs(at5s - at15s) / at15s).toBeLessThanOrEqual(0.1);
  });
});
