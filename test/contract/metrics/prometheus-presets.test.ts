/** The presets against a real Prometheus with counters that grow by the clock, so that rates do not depend on luck. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CountsEvidence } from '../../../src/domain/analysis/counts-check.ts';
import { type PresetName, presets, resolvePreset } from '../../../src/domain/analysis/presets.ts';
import type { MetricCheck, Verdict } from '../../../src/domain/analysis/types.ts';
import { countsOf } from '../../../src/domain/plan/document/counts-entry.ts';
import { lookAtCounts } from '../../../src/providers/metrics/bound-reading.ts';
import { createPrometheus } from '../../../src/providers/metrics/prometheus.ts';
import { prometheusSettings } from '../../../src/providers/metrics/prometheus-settings.ts';
import { tryQueries } from '../../../src/providers/metrics/query-trial.ts';
import { look } from '../../../src/providers/metrics/reading.ts';
import type { MetricsProvider } from '../../../src/providers/metrics/types.ts';
import { planFixture, stageFixture } from '../../support/plan.ts';
import { startPrometheus, type TestPrometheus } from '../../support/prometheus.ts';
import { waitFor } from '../../support/wait-for.ts';

interface Arm {
  readonly okPerSecond: number;
  /** Null: the service never exported a series for errors, as it happens with real ones. */
  readonly errorsPerSecond: number | null;
  /** Requests per second that fall into the buckets up to 0.1, 0.5 and 1 s, not cumulative. */
  readonly latencies: readonly [number, number, number];
}

const arms: Readonly<Record<string, Arm>> = {
  good: { okPerSecond: 100, errorsPerSecond: null, latencies: [90, 10, 0] },
  bad: { okPerSecond: 38, errorsPerSecond: 2, latencies: [0, 20, 20] },
  broken: { okPerSecond: 0, errorsPerSecond: 50, latencies: [50, 0, 0] },
  idle: { okPerSecond: 0, errorsPerSecond: 0, latencies: [0, 0, 0] },
  'odd"} or vector(0) #\\': { okPerSecond: 10, errorsPerSecond: 0, latencies: [10, 0, 0] },
};

describe('presets against a real Prometheus', () => {
  let source: TestPrometheus;
  let provider: MetricsProvider;

  beforeAll(async () => {
    source = await startPrometheus();
    const startedMs = Date.now();
    source.setMetrics(() => pageAt((Date.now() - startedMs) / 1000));
    provider = createPrometheus(prometheusSettings.parse({ url: source.url, timeoutMs: 60_000 }));
    await waitFor('a full window of the slowest arm', async () => {
      const verdict = await lookAt('throughput', 'odd"} or vector(0) #\\', { min: 1 });
      return (verdict.canarySamples ?? 0) >= 28;
    });
  });

  afterAll(async () => {
    await source?.stop();
  });

  function lookAt(name: PresetName, canary: string, given = {}, minSamples = 20): Promise<Verdict> {
    const check = checkOf(name, given, minSamples);
    const vars = { service: 'shop', environment: 'test', canary, stable: 'good', canaryShare: 0.5 };
    return look(provider, check, vars, { atMs: 1 });
  }

  /** A window in which scrapes were missed, as on a busy machine, holds less than was there: until one is whole. */
  function measured(
    name: PresetName,
    canary: string,
    given: object,
    fits: (verdict: Verdict) => boolean,
  ): Promise<Verdict> {
    const look = async () => {
      const verdict = await lookAt(name, canary, given);
      return fits(verdict) ? verdict : null;
    };
    return waitFor(`${name} of a whole window`, look);
  }
  const within = (value: number | null, low: number, high: number) =>
    value !== null && value > low && value < high;

  it('reads no errors at all as 0 %, not as missing', async () => {
    const verdict = await lookAt('error-rate', 'good');
    expect(verdict).toMatchObject({ kind: 'pass', canary: 0 });
    expect(await lookAt('success-rate', 'good')).toMatchObject({ kind: 'pass', canary: 100 });
  });

  it('measures shares of errors and successes', async () => {
    const errors = await measured('error-rate', 'bad', {}, ({ canarySamples }) =>
      within(canarySamples, 90, 150),
    );
    expect(errors.kind).toBe('fail');
    expect(errors.canary).toBeCloseTo(5, 1);
    expect(errors.reason).toMatch(/^error rate \S+ % of \d+ samples is above the limit of 1 %$/);
    const successes = await lookAt('success-rate', 'bad');
    expect(successes.kind).toBe('fail');
    expect(successes.canary).toBeCloseTo(95, 1);
  });

  it('reads a service that only fails as 0 % success', async () => {
    expect(await lookAt('success-rate', 'broken')).toMatchObject({ kind: 'fail', canary: 0 });
    expect((await lookAt('error-rate', 'broken')).canary).toBeCloseTo(100, 1);
  });

  it('measures latencies and compares them with stable', async () => {
    const half = await lookAt('latency-p50', 'bad');
    expect(half.kind).toBe('fail');
    expect(half.canary).toBeCloseTo(0.5, 1);
    expect(half.stable).toBeCloseTo(0.0556, 2);
    expect((await lookAt('latency-p95', 'bad')).canary).toBeCloseTo(0.95, 1);
    expect((await lookAt('latency-p99', 'bad')).canary).toBeCloseTo(0.99, 1);
    expect(await lookAt('latency-p95', 'good')).toMatchObject({ kind: 'pass' });
    expect(await lookAt('latency-p95', 'bad', { max: 0.5 })).toMatchObject({ kind: 'fail', stable: null });
    expect(await lookAt('latency-p95', 'bad', { max: 2 })).toMatchObject({ kind: 'pass' });
  });

  it('counts what is slower than the bound near the p95 of stable, until that is proof', async () => {
    const { counts } = presets['latency-p95'];
    if (counts === undefined) throw new Error('latencies are counted');
    const check = countsOf(counts, 'latency-p95', {});
    const fromMs = Date.now();
    let evidence: CountsEvidence | undefined;
    const ask = async (canary: string) => {
      const vars = { service: 'shop', environment: 'test', canary, stable: 'good', canaryShare: 0.5 };
      const { signal } = new AbortController();
      const verdict = await lookAtCounts(provider, check, vars, {
        signal,
        atMs: Date.now(),
        fromMs,
        evidence,
      });
      evidence = verdict.evidence;
      return verdict;
    };
    const failed = await waitFor(
      'proof',
      async () => {
        const verdict = await ask('bad');
        return verdict.kind === 'fail' ? verdict : null;
      },
      { everyMs: 300 },
    );
    expect(failed.evidence?.bound).toBe('0.5');
    expect(failed.canary).toBeCloseTo(50, -1);
    expect(failed.stable).toBe(0);
    expect(failed.reason).toContain('slow is above 0.5 (judged above 0.1 too); 95 % within ');
    evidence = undefined;
    expect((await ask('good')).kind).not.toBe('fail');
  });

  it('measures throughput', async () => {
    const verdict = await measured('throughput', 'good', { min: 50 }, ({ canary }) =>
      within(canary, 90, 110),
    );
    expect(verdict.kind).toBe('pass');
  });

  it.each(['idle', 'never-started'])('says no-data without traffic: %s', async (version) => {
    for (const name of ['success-rate', 'error-rate', 'latency-p50', 'latency-p95', 'latency-p99'] as const) {
      expect(await lookAt(name, version, {}, 0)).toMatchObject({ kind: 'no-data' });
    }
    expect(await lookAt('throughput', version, { max: 10 }, 0)).toMatchObject({ kind: 'no-data' });
  });

  it('keeps odd version names inside their quotes', async () => {
    const odd = 'odd"} or vector(0) #\\';
    const verdict = await measured('throughput', odd, { min: 5 }, ({ canary }) => within(canary, 9, 11));
    expect(verdict.kind).toBe('pass');
  });

  it('asks for aggregation when a query returns several series', async () => {
    const check = { ...checkOf('error-rate', {}, 1), query: { value: 'http_requests_total', samples: null } };
    const vars = { service: 'shop', environment: 'test', canary: 'bad', stable: 'good', canaryShare: 0.5 };
    const verdict = await look(provider, check, vars, { atMs: 1 });
    expect(verdict.kind).toBe('error');
    expect(verdict.reason).toMatch(/returned \d+ series; it must aggregate to one/);
  });

  it('tells for every query what it answers, and which matcher leaves it empty', async () => {
    const checks = [checkOf('error-rate', {}, 20)];
    const plan = planFixture({ version: 'nobody', stages: [stageFixture({ checks })] });
    const { signal } = new AbortController();
    const [trial] = await tryQueries(provider, plan, { canary: 'nobody', stable: 'bad' }, signal);
    const of = (arm: string) => trial?.queries.find((one) => one.arm === arm && one.role === 'samples');
    expect(of('stable')).toMatchObject({ state: 'data', series: 1, problem: null });
    expect(of('canary')).toMatchObject({ state: 'empty', needed: true });
    expect(of('canary')?.hints).toMatchObject([{ matcher: 'version="nobody"' }]);
    expect(of('canary')?.hints[0]?.values).toEqual(expect.arrayContaining(['good', 'bad', 'idle']));
    expect(trial?.ok).toBe(false);
  });

  it('says error, never pass, when Prometheus has been killed', async () => {
    expect(await lookAt('error-rate', 'good')).toMatchObject({ kind: 'pass' });
    await source.kill();
    for (const name of ['success-rate', 'error-rate', 'latency-p95'] as const) {
      expect(await lookAt(name, 'good')).toMatchObject({ kind: 'error', canary: null });
    }
  });
});

function checkOf(name: PresetName, given: object, minSamples: number): MetricCheck {
  const { unit, query } = presets[name];
  const limits = resolvePreset(presets[name], given);
  if (limits.kind === 'problem') throw new Error(limits.message);
  return {
    name,
    unit,
    query,
    windowMs: 3_000,
    minSamples,
    onNoData: 'hold',
    failure: { consecutive: 1, kOfN: null },
    maxConsecutiveErrors: 4,
    ...limits,
  };
}

function pageAt(elapsedSeconds: number): string {
  const lines = Object.entries(arms).flatMap(([version, arm]) => {
    const labels = `service="shop",version=${JSON.stringify(version)}`;
    const count = (rate: number) => (rate * elapsedSeconds).toFixed(3);
    const [fast, middle, slow] = arm.latencies;
    const buckets = [
      ['0.1', fast],
      ['0.5', fast + middle],
      ['1', fast + middle + slow],
      ['+Inf', fast + middle + slow],
    ] as const;
    return [
      `http_requests_total{${labels},status="200"} ${count(arm.okPerSecond)}`,
      ...(arm.errorsPerSecond === null
        ? []
        : [`http_requests_total{${labels},status="500"} ${count(arm.errorsPerSecond)}`]),
      ...buckets.map(
        ([le, rate]) => `http_request_duration_seconds_bucket{${labels},le="${le}"} ${count(rate)}`,
      ),
    ];
  });
  return `${lines.join('\n')}\n`;
}
