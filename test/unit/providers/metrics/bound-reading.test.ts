import { describe, expect, it } from 'vitest';
import type { CountsCheck, CountsEvidence } from '../../../../src/domain/analysis/counts-check.ts';
import type { Verdict } from '../../../../src/domain/analysis/types.ts';
import { lookAtCounts } from '../../../../src/providers/metrics/bound-reading.ts';
import { createMemoryMetrics, type MemoryMetrics } from '../../../../src/providers/metrics/memory.ts';
import type { MetricsProvider } from '../../../../src/providers/metrics/types.ts';

const vars = { service: 'shop', environment: 'test', canary: 'v2', stable: 'v1', canaryShare: 0.1 };
const beganMs = 100_000;
const everyMs = 5_000;
const check: CountsCheck = {
  kind: 'counts',
  name: 'slow-requests',
  unit: '%',
  counters: {
    part: 'bucket {{version}} le={{bound}}',
    partIs: 'good',
    total: 'bucket {{version}} le=+Inf',
    boundFrom: { histogram: 'histogram {{version}} {{window}}', quantile: 0.95, judges: 'share' },
  },
  shows: 'bad',
  minSamples: 50,
  margin: { ratio: 1.5, difference: 0 },
  guard: null,
  enough: null,
  alpha: 0.01,
  rollbackAlpha: 0.01,
  onNoData: 'hold',
  failure: { consecutive: 1, kOfN: null },
  maxConsecutiveErrors: 4,
};

/** Requests a second up to each bound. */
type Rates = Readonly<Record<string, number>>;
const usual: Rates = { '0.1': 900, '0.25': 960, '0.5': 990, '+Inf': 1000 };
const like = (rates: Rates, share: number): Rates =>
  Object.fromEntries(Object.entries(rates).map(([le, rate]) => [le, rate * share]));

/** Counters of v1 since ever, and of v2 since the stage began. */
function sourceOf(stable: Rates, canary: Rates, stableFromMs = 0): MemoryMetrics {
  const metrics = createMemoryMetrics();
  for (const [version, rates, fromMs] of [
    ['v1', stable, stableFromMs],
    ['v2', canary, beganMs],
  ] as const) {
    const since = (atMs: number) => Math.max(0, atMs - fromMs) / 1000;
    metrics.set(new RegExp(`^histogram ${version} `), (atMs, query) => {
      const windowMs = Number(/ (\d+)s$/.exec(query)?.[1]) * 1000;
      const grown = (rate: number) => rate * (since(atMs) - since(atMs - windowMs));
      return Object.entries(rates).map(([le, rate]) => ({ labels: { le }, value: grown(rate) }));
    });
    for (const [le, rate] of Object.entries(rates)) {
      metrics.set(`bucket ${version} le=${le}`, (atMs) => [{ labels: { le }, value: rate * since(atMs) }]);
    }
  }
  return metrics;
}

async function watch(provider: MetricsProvider, looks: number, judged = check): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  let evidence: CountsEvidence | undefined;
  for (let at = 1; at <= looks; at++) {
    const look = {
      signal: new AbortController().signal,
      atMs: beganMs + at * everyMs,
      fromMs: beganMs,
      evidence,
    };
    const verdict = await lookAtCounts(provider, judged, vars, look);
    evidence = verdict.evidence;
    verdicts.push(verdict);
  }
  return verdicts;
}

describe('a check of latencies', () => {
  it('counts what is slower than the bound near the quantile that stable had before', async () => {
    const slow: Rates = { '0.1': 60, '0.25': 80, '0.5': 95, '+Inf': 100 };
    const verdicts = await watch(sourceOf(usual, slow), 6);
    expect(verdicts[0]).toMatchObject({
      canary: 20,
      stable: 4,
      canarySamples: 500,
      evidence: { bound: '0.25' },
    });
    expect(verdicts[0]?.reason).toMatch(
      /; slow is above 0\.25 \(judged above 0\.1, 0\.5 too\); 95 % within 0\.5 \(0\.25 to more than any bound\) on the canary, 0\.225 \(0\.1 to 0\.25\) on stable$/,
    );
    expect(verdicts.at(-1)?.kind).toBe('fail');
    expect(verdicts.at(-1)).toMatchObject({ canarySamples: 3000, stableSamples: 30_000 });
  });

  it('finds what shows at a bound below the quantile alone', async () => {
    const middling: Rates = { '0.1': 70, '0.25': 95.5, '0.5': 99, '+Inf': 100 };
    const verdicts = await watch(sourceOf(usual, middling), 20);
    expect(verdicts.at(-1)?.kind).toBe('fail');
    expect(verdicts.at(-1)?.canary).toBeCloseTo(4.5, 9);
  });

  it('compares means, each latency as its part of the bound', async () => {
    const { boundFrom } = check.counters;
    if (boundFrom === undefined) throw new Error('it has one');
    const margin = { ratio: 1.1, difference: 0 };
    const mean: CountsCheck = {
      ...check,
      margin,
      counters: { ...check.counters, boundFrom: { ...boundFrom, judges: 'mean' } },
    };
    const slow: Rates = { '0.1': 400, '0.25': 800, '0.5': 950, '+Inf': 1000 };
    const verdicts = await watch(sourceOf(usual, slow), 30, mean);
    // (400 × 0.1 + 600 × 0.25) / (1000 × 0.25), and (900 × 0.1 + 100 × 0.25) / (1000 × 0.25).
    expect(verdicts[0]?.canary).toBeCloseTo(76, 9);
    expect(verdicts[0]?.stable).toBeCloseTo(46, 9);
    expect(verdicts.at(-1)?.kind).toBe('fail');
    const same = await watch(sourceOf(usual, like(usual, 0.1)), 40, mean);
    expect(new Set(same.map(({ kind }) => kind))).toEqual(new Set(['pass']));
  });

  it('passes a canary as fast as stable, however often it looks', async () => {
    const verdicts = await watch(sourceOf(usual, like(usual, 0.1)), 60);
    expect(new Set(verdicts.map(({ kind }) => kind))).toEqual(new Set(['pass']));
  });

  it('keeps its bound when stable turns slow as well', async () => {
    const later = sourceOf(usual, like(usual, 0.1));
    later.set('histogram v1 600s', (atMs) =>
      Object.entries(atMs > beganMs ? { '0.1': 1, '0.25': 2, '0.5': 990, '+Inf': 1000 } : usual).map(
        ([le, value]) => ({ labels: { le }, value }),
      ),
    );
    const verdicts = await watch(later, 3);
    expect(verdicts.map(({ evidence }) => evidence?.bound)).toEqual(['0.25', '0.25', '0.25']);
  });

  it('counts only from the choice on, where stable had no traffic before the stage', async () => {
    const [first, second] = await watch(sourceOf(usual, like(usual, 0.1), beganMs), 2);
    expect(first).toMatchObject({ kind: 'no-data', canarySamples: 0, evidence: { bound: '0.25' } });
    expect(second).toMatchObject({ kind: 'pass', canarySamples: 500 });
  });

  it('compares at a bound that the canary knows, and waits while there is none', async () => {
    const other: Rates = { '0.2': 95, '0.5': 99, '+Inf': 100 };
    expect((await watch(sourceOf(usual, other), 1))[0]).toMatchObject({ evidence: { bound: '0.5' } });
    const foreign: Rates = { '0.2': 95, '+Inf': 100 };
    const [verdict] = await watch(sourceOf(usual, foreign), 1);
    expect(verdict?.kind).toBe('no-data');
    expect(verdict?.reason).toContain('the canary has no bucket like its');
  });

  it('takes no other spelling of a bound for the same bucket', async () => {
    const stable: Rates = { '1': 960, '+Inf': 1000 };
    const [verdict] = await watch(sourceOf(stable, { '1.0': 96, '+Inf': 100 }), 1);
    expect(verdict?.kind).toBe('no-data');
  });

  it('says error when the source fails, and chooses at the next look', async () => {
    const metrics = sourceOf(usual, like(usual, 0.1));
    metrics.set('histogram v1 600s', new Error('connection reset'));
    const [verdict] = await watch(metrics, 1);
    expect(verdict).toMatchObject({ kind: 'error' });
    expect(verdict?.evidence?.bound).toBeUndefined();
  });

  it('takes the ends of native buckets', async () => {
    const metrics = sourceOf(usual, usual);
    const histogram = [
      { lower: 0.0625, upper: 0.125, count: 9_000 },
      { lower: 0.125, upper: 0.25, count: 600 },
      { lower: 0.25, upper: 0.5, count: 400 },
    ];
    const provider: MetricsProvider = {
      ...metrics,
      instant: async () => [{ labels: {}, points: [], histogram }],
    };
    const [verdict] = await watch(provider, 1);
    expect(verdict?.evidence?.bound).toBe('0.25');
  });
});
