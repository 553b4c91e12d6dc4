/** Latencies in native histograms, as a real Prometheus scrapes, stores and answers them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CountsEvidence } from '../../../src/domain/analysis/counts-check.ts';
import type { CheckConfig, Verdict } from '../../../src/domain/analysis/types.ts';
import { lookAtCounts } from '../../../src/providers/metrics/bound-reading.ts';
import { createPrometheus } from '../../../src/providers/metrics/prometheus.ts';
import { prometheusSettings } from '../../../src/providers/metrics/prometheus-settings.ts';
import { look } from '../../../src/providers/metrics/reading.ts';
import type { MetricsProvider } from '../../../src/providers/metrics/types.ts';
import { bucketOf, nativePage } from '../../support/native-page.ts';
import { startPrometheus, type TestPrometheus } from '../../support/prometheus.ts';
import { waitFor } from '../../support/wait-for.ts';
import { planWith } from '../../unit/domain/plan/fixtures.ts';

const startedMs = Date.now();
let prometheus: TestPrometheus;
let provider: MetricsProvider;

/** 500 requests a second of each version, log-normal around 100 ms; those of `slow` take half as long again. */
function page(): Uint8Array {
  const seconds = (Date.now() - startedMs) / 1000;
  const series = ['usual', 'same', 'slow'].map((version) => {
    const buckets = new Map<number, number>();
    for (let at = 0.5; at < 50; at++) {
      const latency = 0.1 * Math.exp(0.5 * deviate(at / 50)) * (version === 'slow' ? 1.5 : 1);
      const bucket = bucketOf(latency);
      buckets.set(bucket, (buckets.get(bucket) ?? 0) + Math.floor(10 * seconds) + 100);
    }
    return { labels: { service: 'shop', version, instance_name: 'one' }, buckets };
  });
  return nativePage('http_request_duration_seconds', series);
}

/** The standard normal quantile, to three digits (Tocher's logistic one). */
function deviate(p: number): number {
  return Math.log(p / (1 - p)) / 1.702;
}

beforeAll(async () => {
  prometheus = await startPrometheus({ native: true });
  prometheus.setMetrics(page);
  provider = createPrometheus(prometheusSettings.parse({ url: prometheus.url, timeoutMs: 60_000 }));
  await waitFor('enough latencies', async () => {
    const query = 'histogram_count(sum(increase(http_request_duration_seconds{version="usual"}[600s])))';
    const [one] = await provider.instant(query);
    return (one?.points[0]?.[1] ?? 0) > 1_000;
  });
});

afterAll(async () => {
  await provider.close();
  await prometheus.stop();
});

function checkOf(entry: Record<string, unknown>): CheckConfig {
  const check = planWith({ checks: [entry] }).stages[0]?.checks[0];
  if (check === undefined) throw new Error('the plan has a check');
  return check;
}

const varsOf = (canary: string) => ({
  service: 'shop',
  environment: 'test',
  canary,
  stable: 'usual',
  canaryShare: 0.5,
});

function watching(canary: string, preset: string): () => Promise<Verdict> {
  const check = checkOf({ preset, histogram: 'native' });
  if (check.kind !== 'counts') throw new Error('latencies are counted');
  const fromMs = Date.now();
  let evidence: CountsEvidence | undefined;
  return async () => {
    const { signal } = new AbortController();
    const options = { signal, atMs: Date.now(), fromMs, evidence };
    const verdict = await lookAtCounts(provider, check, varsOf(canary), options);
    evidence = verdict.evidence;
    return verdict;
  };
}

describe('a check of a native histogram', () => {
  it.each(['latency-p95', 'latency-mean'])('%s finds the canary that is slower', async (preset) => {
    const looks = watching('slow', preset);
    const failed = await waitFor('proof', async () => ofKind('fail', await looks()), { everyMs: 300 });
    expect(failed.reason).toContain('it is worse than stable');
    expect(failed.canary).toBeGreaterThan(failed.stable ?? 100);
  });

  it('passes the one that is as fast, having counted every request once', async () => {
    const looks = watching('same', 'latency-p95');
    const passed = await waitFor(
      'a pass of many requests',
      async () => {
        const verdict = await looks();
        // A scrape may come between the questions after one version and the other.
        const { kind, canarySamples, stableSamples } = verdict;
        const same = canarySamples === stableSamples;
        return kind === 'pass' && same && (canarySamples ?? 0) > 2_000 ? verdict : null;
      },
      { everyMs: 300 },
    );
    expect(passed.canary).toBeCloseTo(passed.stable ?? -1, 9);
    expect(passed.evidence?.others?.length).toBeGreaterThan(0);
  });

  it('judges the quantile and the mean by look where the plan sets limits', async () => {
    const ask = async (entry: Record<string, unknown>) => {
      const check = checkOf({ ...entry, histogram: 'native', window: '10s' });
      if (check.kind !== 'threshold') throw new Error('it has a limit');
      return look(provider, check, varsOf('slow'), { atMs: Date.now() });
    };
    expect(await ask({ preset: 'latency-p95', max: 0.2 })).toMatchObject({ kind: 'fail' });
    expect(await ask({ preset: 'latency-p95', max: 1 })).toMatchObject({ kind: 'pass' });
    const mean = await ask({ preset: 'latency-mean', max: 1 });
    expect(mean.canary).toBeGreaterThan(0.15);
    expect(mean.canary).toBeLessThan(0.2);
  });
});

function ofKind(kind: Verdict['kind'], verdict: Verdict): Verdict | null {
  return verdict.kind === kind ? verdict : null;
}
