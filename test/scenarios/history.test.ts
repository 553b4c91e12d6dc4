/** What a rollout costs in history: stages, not soak time. Hours pass in seconds on a simulated clock. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunHistory } from '../../src/audit/history.ts';
import { rolloutSeries, seriesPast } from '../../src/audit/series.ts';
import { createSimulatedClock } from '../support/clocks.ts';
import { stageFixture } from '../support/plan.ts';
import { RolloutEnv } from '../support/rollout-env.ts';

const minute = 60_000;

let env: RolloutEnv;
beforeAll(async () => {
  env = await RolloutEnv.create({ server: 'skipping', clock: createSimulatedClock() });
});
afterAll(() => env.close());

async function ofTwoHours(service: string, intervalMs: number): Promise<RunHistory> {
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
  return await rollout.history();
}

const eventsOf = ({ history }: RunHistory) => history.events?.length ?? 0;

describe('a rollout of two hours', () => {
  it('costs at most 120 events, and the same at a third of the interval', async () => {
    const run = await ofTwoHours('two-hours-15s', 15_000);
    const longRun = await ofTwoHours('two-hours-5s', 5_000);
    const [at15s, at5s] = [eventsOf(run), eventsOf(longRun)];
    expect(at15s).toBeLessThanOrEqual(120);
    expect(Math.abs(at5s - at15s) / at15s).toBeLessThanOrEqual(0.1);
    // What its charts are made of is in it, stage by stage and thinned.
    const { stages, asked } = rolloutSeries(seriesPast([longRun]), null);
    expect(stages.map(({ name, after }) => (after ? 'after' : name))).toEqual([
      '5%',
      '10%',
      '25%',
      '50%',
      'after',
    ]);
    expect(stages.map(({ checks }) => checks[0]?.atMs.length)).toEqual([120, 120, 120, 120, 120]);
    expect(asked.percent).toEqual([5, 10, 25, 50, 100]);
  });
});
