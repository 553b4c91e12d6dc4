/** Backtests over seeded counters: what is found and when, what is not, and what a backtest refuses. */
import { expect, it } from 'vitest';
import { runBacktest } from '../../../src/backtest/run.ts';
import type { Backtest, BacktestRequest } from '../../../src/backtest/types.ts';
import { parsePlanText } from '../../../src/domain/plan/schema.ts';
import type { Plan } from '../../../src/domain/plan/types.ts';
import { defaultCatalogue } from '../../../src/providers/default-catalogue.ts';
import { createMemoryMetrics } from '../../../src/providers/metrics/memory.ts';
import { historyOf, memoryOf } from '../../support/history.ts';

const fromMs = 1_700_000_000_000;
const minute = 60_000;
const never = new AbortController().signal;

function planOf(stages: string, more = '', interval = '5s'): Plan {
  const text = `{service: shop, environment: test, version: v2, traffic: memory, metrics: memory, workload: external,
    checks: [success-rate], stages: ${stages}, analysis: {interval: ${interval}} ${more}}`;
  const read = parsePlanText(text, defaultCatalogue());
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.plan;
}

const oneStage = planOf('[{weight: 5, soak: 10m}]');

function requestOf(changes: Partial<BacktestRequest> = {}): BacktestRequest {
  const toMs = fromMs + 30 * minute;
  return { plan: oneStage, stableVersion: 'v1', fromMs, toMs, stage: null, sharePercent: null, ...changes };
}

async function backtest(
  canaryErrors: number,
  changes: Partial<BacktestRequest> = {},
  { seed = 1, stableErrors = 0.001 } = {},
): Promise<Backtest> {
  const request = requestOf(changes);
  const arms = [
    { version: 'v1', perSecond: 95, errors: stableErrors, medianS: null, fromMs: fromMs - 5 * minute },
    { version: 'v2', perSecond: 5, errors: canaryErrors, medianS: null, fromMs: fromMs - minute },
  ];
  const series = historyOf({ service: 'shop', seed, arms, toMs: request.toMs, scrapeMs: 5_000 });
  return await runBacktest(request, memoryOf(series), never);
}

it('finds a canary with errors, says when, by which check and after how many looks', async () => {
  const { outcome, stages, looks, timeline } = await backtest(0.05);
  expect(outcome).toMatchObject({ kind: 'rolled-back', reason: expect.stringContaining('success rate') });
  expect(stages).toHaveLength(1);
  expect(stages[0]).toMatchObject({ ending: 'rolled-back', looks });
  expect(stages[0]?.firstFailure).toMatchObject({ check: 'success-rate', looks, atMs: outcome.atMs });
  expect(looks).toBeLessThan(30);
  expect(outcome.atMs).toBe(fromMs + looks * 5_000);
  expect(timeline.map(({ kind }) => kind)).toContain('check-failed');
});

it('shows each look with both arms, the evidence, and an interval that is narrower the more is known', async () => {
  const { stages } = await backtest(0.001);
  const points = stages[0]?.checks[0]?.points ?? [];
  expect(points).toHaveLength(119);
  const [early, late] = [points[10], points.at(-1)];
  const widthOf = (point = early) => (point?.high ?? 0) - (point?.low ?? 0);
  expect(widthOf(late)).toBeLessThan(widthOf(early));
  expect(late?.low).toBeLessThan(late?.stable ?? 0);
  expect(late?.high).toBeGreaterThan(late?.stable ?? 0);
  expect(late?.eValue).toBeGreaterThan(0);
});

it('carries on through all stages, and promotes what is healthy', async () => {
  const plan = planOf('[{weight: 5, soak: 5m}, {weight: 25, warmUp: 1m, soak: 5m, approval: true}]');
  const { outcome, stages, notes } = await backtest(0.001, { plan });
  expect(outcome).toMatchObject({ kind: 'promoted', atMs: fromMs + 11 * minute });
  expect(stages.map(({ ending, fromMs: begins }) => [ending, begins])).toEqual([
    ['soaked', fromMs],
    ['soaked', fromMs + 5 * minute],
  ]);
  expect(notes).toEqual(['taken as approved at once: stage "25%"']);
});

it('judges one stage alone where asked', async () => {
  const plan = planOf('[{weight: 5, soak: 5m}, {weight: 25, soak: 2m}]');
  const { outcome, stages } = await backtest(0.001, { plan, stage: 2, sharePercent: 5 });
  expect(outcome).toMatchObject({ kind: 'passed', afterMs: 2 * minute });
  expect(stages.map(({ name, weightPercent }) => [name, weightPercent])).toEqual([['25%', 5]]);
});

it('holds, after the soak was extended once, where there is nothing to judge', async () => {
  const request = requestOf();
  const { outcome, stages } = await runBacktest(request, createMemoryMetrics(), never);
  expect(outcome).toMatchObject({ kind: 'held', afterMs: 20 * minute });
  expect(stages[0]?.checks[0]?.looks).toMatchObject({ pass: 0, fail: 0 });
});

it('says that history was over before the rollout', async () => {
  const { outcome } = await backtest(0.001, { toMs: fromMs + 4 * minute });
  expect(outcome).toMatchObject({ kind: 'unfinished', afterMs: 4 * minute });
  expect(outcome.reason).toContain('history was over');
});

it('gives up on a source that answers nothing but errors', async () => {
  const metrics = createMemoryMetrics();
  metrics.set(/./, new Error('it is away'));
  const { outcome, looks } = await runBacktest(requestOf(), metrics, never);
  expect(outcome).toMatchObject({ kind: 'unfinished', reason: expect.stringContaining('it is away') });
  expect(looks).toBe(10);
});

it('answers with what it has when its time is over', async () => {
  const stopped = AbortSignal.abort();
  const { outcome, looks } = await runBacktest(requestOf(), createMemoryMetrics(), stopped);
  expect(outcome.kind).toBe('unfinished');
  expect(looks).toBe(1);
});

it('takes no more looks than it may', async () => {
  const plan = planOf('[{weight: 5, soak: 6d}]', ', maxDuration: 14d');
  const toMs = fromMs + 6 * 1_440 * minute;
  const { looks, outcome } = await runBacktest(requestOf({ plan, toMs }), memoryOf([]), never);
  expect([looks, outcome.kind]).toEqual([5_000, 'unfinished']);
});

it('refuses times the wrong way round, longer than a week, and stages that there are not', async () => {
  const refused = runBacktest(requestOf({ toMs: fromMs - 1, stage: 2 }), createMemoryMetrics(), never);
  await expect(refused).rejects.toMatchObject({
    code: 'request-invalid',
    problems: [{ path: 'toMs' }, { path: 'stage' }],
  });
  const long = runBacktest(requestOf({ toMs: fromMs + 8 * 1_440 * minute }), createMemoryMetrics(), never);
  await expect(long).rejects.toMatchObject({ problems: [{ path: 'fromMs' }] });
});

it('takes back none of a hundred healthy canaries', async () => {
  const plan = planOf('[{weight: 5, soak: 10m}]', '', '10s');
  const kinds: string[] = [];
  for (let seed = 0; seed < 100; seed += 1) {
    const { outcome } = await backtest(0.001, { plan, toMs: fromMs + 11 * minute }, { seed: 1_000 + seed });
    kinds.push(outcome.kind);
  }
  expect(kinds).toEqual(kinds.map(() => 'promoted'));
  // A busy machine needs some minutes for what is several seconds of work alone.
}, 300_000);
