/**
 * Backtests of known histories in a real Prometheus, from blocks that promtool made: 100 requests a second, 5 % of them
 * to the canary.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runBacktest } from '../../../src/backtest/run.ts';
import type { Backtest } from '../../../src/backtest/types.ts';
import { exitCodes } from '../../../src/cli/exit-codes.ts';
import { main } from '../../../src/cli/program.ts';
import { formatDuration } from '../../../src/domain/duration.ts';
import { parsePlanText } from '../../../src/domain/plan/schema.ts';
import { defaultCatalogue } from '../../../src/providers/default-catalogue.ts';
import { prometheus } from '../../../src/providers/metrics/prometheus.ts';
import type { MetricsProvider } from '../../../src/providers/metrics/types.ts';
import { historyOf, openMetricsOf } from '../../support/history.ts';
import { startPrometheus, type TestPrometheus } from '../../support/prometheus.ts';
import { fakeIo } from '../../unit/cli/fakes.ts';

const minute = 60_000;
const scrapeMs = 5_000;
/** On a scrape, two hours ago. */
const fromMs = Math.floor(Date.now() / scrapeMs) * scrapeMs - 120 * minute;
const toMs = fromMs + 31 * minute;

const healthy = { errors: 0.001, medianS: 0.1 };
const canaries = {
  'errors-5': { ...healthy, errors: 0.05 },
  'errors-1': { ...healthy, errors: 0.01 },
  slower: { ...healthy, medianS: 0.15 },
  healthy,
} as const;

let source: TestPrometheus;
let provider: MetricsProvider;

beforeAll(async () => {
  const series = Object.entries(canaries).flatMap(([service, canary], number) =>
    historyOf({
      service,
      seed: 7 + number,
      arms: [
        { version: 'v1', perSecond: 95, ...healthy, fromMs: fromMs - 11 * minute },
        { version: 'v2', perSecond: 5, ...canary, fromMs: fromMs - minute },
      ],
      toMs,
      scrapeMs,
    }),
  );
  source = await startPrometheus({ history: openMetricsOf(series) });
  provider = prometheus.create({ url: source.url, timeoutMs: 60_000 });
});

afterAll(async () => {
  await provider?.close();
  await source?.stop();
});

function textOf(service: keyof typeof canaries): string {
  return `{service: ${service}, environment: test, version: v2, traffic: memory, metrics: prometheus, workload: external,
    checks: [success-rate, latency-p95], stages: [{weight: 5, soak: 30m}], analysis: {interval: 10s}}`;
}

async function backtest(service: keyof typeof canaries): Promise<Backtest> {
  const plan = parsePlanText(textOf(service), defaultCatalogue());
  if (!plan.ok) throw new Error(JSON.stringify(plan.problems));
  const request = { plan: plan.plan, stableVersion: 'v1', fromMs, toMs, stage: null, sharePercent: null };
  const found = await runBacktest(request, provider, AbortSignal.timeout(100_000));
  const { kind, afterMs } = found.outcome;
  console.info(`${service}: ${kind} after ${formatDuration(afterMs)}, ${found.looks} looks`);
  return found;
}

/** So many looks, 10 s apart, are several times what the bench measures at the median. */
it.each([
  ['errors-5', 'success-rate', 20],
  ['errors-1', 'success-rate', 90],
  ['slower', 'latency-p95', 60],
] as const)('takes a canary with %s back by %s', async (service, check, mostLooks) => {
  const { outcome, stages, looks } = await backtest(service);
  expect(outcome.kind, outcome.reason).toBe('rolled-back');
  expect(stages[0]?.firstFailure?.check).toBe(check);
  expect(looks).toBeLessThanOrEqual(mostLooks);
});

it('does not take a healthy canary back', async () => {
  const { outcome, stages } = await backtest('healthy');
  expect(outcome.kind, outcome.reason).toBe('promoted');
  expect(stages[0]?.checks.map(({ name, looks }) => [name, looks.fail, looks.error])).toEqual([
    ['success-rate', 0, 0],
    ['latency-p95', 0, 0],
  ]);
});

it('does the same without an API, as the command line does it', async () => {
  const written: string[] = [];
  const io = fakeIo({
    readText: async () => textOf('errors-5'),
    writeText: async (path, text) => {
      written.push(path, text);
    },
  });
  const times = ['--from', String(fromMs), '--to', new Date(toMs).toISOString()];
  const line = ['backtest', 'plan.yaml', '--stable', 'v1', ...times, '--out', 'page.html'];
  expect(await main([...line, '--prometheus', source.url], io)).toBe(exitCodes.ok);
  expect(io.printed.out).toMatch(/would have been rolled-back after \S+ \(.*: success rate/);
  expect(written).toEqual(['page.html', expect.stringContaining('<svg ')]);
});
