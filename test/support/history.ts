/**
 * Seeded history of a service with two versions: counters of requests and a histogram of latencies, as scrapes would
 * have found them.
 */
import { Poisson } from '../../bench/judge/poisson.ts';
import { Random } from '../../bench/judge/random.ts';
import { createMemoryMetrics } from '../../src/providers/metrics/memory.ts';
import type { MetricsProvider } from '../../src/providers/metrics/types.ts';

interface ArmHistory {
  readonly version: string;
  readonly perSecond: number;
  /** Share of failed requests, 0 to 1. */
  readonly errors: number;
  /** Median latency, seconds; the spread is log-normal with sigma 0.5. Null: no histogram. */
  readonly medianS: number | null;
  /** Nothing before. */
  readonly fromMs: number;
}

interface HistoryOptions {
  readonly service: string;
  readonly seed: number;
  readonly arms: readonly ArmHistory[];
  readonly toMs: number;
  readonly scrapeMs: number;
}

export interface HistorySeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Time and value, oldest first. */
  readonly points: readonly (readonly [number, number])[];
}

const bounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 2.5];
const sigma = 0.5;

export function historyOf({ service, seed, arms, toMs, scrapeMs }: HistoryOptions): HistorySeries[] {
  return arms.flatMap((arm, number) => {
    const random = Random.of(seed, number);
    const common = { service, version: arm.version };
    const counter = (name: string, more: Record<string, string>) => ({
      name,
      labels: { ...common, ...more },
      points: [] as [number, number][],
    });
    const good = counter('http_requests_total', { status: '200' });
    const bad = counter('http_requests_total', { status: '500' });
    const buckets = [...bounds.map(String), '+Inf'].map((le) =>
      counter('http_request_duration_seconds_bucket', { le }),
    );
    const requests = new Poisson((arm.perSecond * scrapeMs) / 1000);
    const found = { good: 0, bad: 0, buckets: buckets.map(() => 0) };
    for (let atMs = arm.fromMs; atMs <= toMs; atMs += scrapeMs) {
      good.points.push([atMs, found.good]);
      bad.points.push([atMs, found.bad]);
      for (const [place, { points }] of buckets.entries()) points.push([atMs, found.buckets[place] ?? 0]);
      for (let count = requests.sample(random); count > 0; count -= 1) {
        if (random.chance(arm.errors)) found.bad += 1;
        else found.good += 1;
        if (arm.medianS === null) continue;
        const latency = arm.medianS * Math.exp(sigma * normal(random));
        found.buckets = found.buckets.map((before, place) =>
          latency <= (bounds[place] ?? Number.POSITIVE_INFINITY) ? before + 1 : before,
        );
      }
    }
    return arm.medianS === null ? [good, bad] : [good, bad, ...buckets];
  });
}

/** The same as `promtool tsdb create-blocks-from openmetrics` reads it. */
export function openMetricsOf(series: readonly HistorySeries[]): string {
  const families = [...new Set(series.map(({ name }) => name))];
  const lines = families.flatMap((family) => [
    `# TYPE ${family} unknown`,
    ...series.filter(({ name }) => name === family).flatMap(linesOf),
  ]);
  return `${[...lines, '# EOF'].join('\n')}\n`;
}

/** A source of these counters of requests, by the selectors of the presets for shares of failures. */
export function memoryOf(series: readonly HistorySeries[]): MetricsProvider {
  return {
    ...createMemoryMetrics(),
    async counters(selector, { fromMs, toMs }) {
      const failed = selector.includes('status=');
      return series
        .filter(({ labels }) => selector.includes(`version="${labels.version}"`))
        .filter(({ labels }) => !failed || labels.status === '500')
        .map(({ labels, points }) => ({
          labels,
          points: points.filter(([atMs]) => atMs > fromMs && atMs <= toMs),
        }));
    },
  };
}

function linesOf({ name, labels, points }: HistorySeries): string[] {
  const matched = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return points.map(([atMs, value]) => `${name}{${matched.join(',')}} ${value} ${atMs / 1000}`);
}

/** Box and Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
