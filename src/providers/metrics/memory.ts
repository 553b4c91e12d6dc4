/** A metrics source in memory, for tests and benches: answers are set per query, and the rest is empty. */
import { z } from 'zod';
import { messageOf, SluiceError } from '../../domain/errors.ts';
import type {
  CountersOptions,
  MetricsProvider,
  MetricsProviderType,
  QueryOptions,
  RangeOptions,
  Series,
} from './types.ts';

interface MemorySample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One value without labels, several series, nothing, or an error that the query throws. */
export type MemoryAnswer = number | readonly MemorySample[] | null | Error;

/** All queries with this exact text, those that a pattern matches, or those for which a function says yes. */
type QueryMatcher = string | RegExp | ((query: string) => boolean);

export interface MemoryMetrics extends MetricsProvider {
  /** Sets what matching queries answer from now on, or how to work it out for a time. The latest setting wins. */
  set(matcher: QueryMatcher, answer: MemoryAnswer | ((atMs: number, query: string) => MemoryAnswer)): void;
  /** Forgets all answers. */
  clear(): void;
}

/** A range query is cut off here, so that a slip in its step cannot eat all memory. Prometheus has the same limit. */
const maxPoints = 11_000;

export function createMemoryMetrics(): MemoryMetrics {
  const answers: { matcher: QueryMatcher; answer: (atMs: number, query: string) => MemoryAnswer }[] = [];

  const samplesAt = (query: string, atMs: number): readonly MemorySample[] => {
    const found = answers.findLast(({ matcher }) => matches(matcher, query))?.answer(atMs, query) ?? null;
    if (found instanceof SluiceError) throw found;
    if (found instanceof Error)
      throw new SluiceError('metrics-unavailable', messageOf(found), { cause: found });
    return typeof found === 'number' ? [{ labels: {}, value: found }] : (found ?? []);
  };

  return {
    set(matcher, answer) {
      answers.push({ matcher, answer: typeof answer === 'function' ? answer : () => answer });
    },
    clear() {
      answers.length = 0;
    },
    async instant(query: string, options: QueryOptions = {}) {
      refuseAborted(options.signal);
      const atMs = options.atMs ?? Date.now();
      return samplesAt(query, atMs).map(({ labels, value }) => ({ labels, points: [[atMs, value]] }));
    },
    async range(query: string, options: RangeOptions) {
      refuseAborted(options.signal);
      const times = timesOf(options);
      return joined(times.flatMap((atMs) => samplesAt(query, atMs).map((sample) => ({ atMs, ...sample }))));
    },
    async counters(selector: string, { fromMs, toMs, signal }: CountersOptions) {
      refuseAborted(signal);
      // As if scraped every second, on the second; more rarely over times so long that nobody wants every sample.
      const stepMs = 1_000 * Math.max(1, Math.ceil((toMs - fromMs) / 1_000 / maxPoints));
      const firstMs = (Math.floor(fromMs / stepMs) + 1) * stepMs;
      const times = firstMs > toMs ? [] : timesOf({ fromMs: firstMs, toMs, stepMs });
      return joined(
        times.flatMap((atMs) => samplesAt(selector, atMs).map((sample) => ({ atMs, ...sample }))),
      );
    },
    async close() {},
  };
}

export const memory: MetricsProviderType = {
  type: 'memory',
  summary: 'Answers from memory; for tests and benches.',
  options: z.strictObject({}),
  settings: z.strictObject({}),
  create: () => createMemoryMetrics(),
};

function matches(matcher: QueryMatcher, query: string): boolean {
  if (typeof matcher === 'string') return matcher === query;
  return typeof matcher === 'function' ? matcher(query) : query.search(matcher) >= 0;
}

function timesOf({ fromMs, toMs, stepMs }: RangeOptions): number[] {
  const count = Math.floor((toMs - fromMs) / stepMs) + 1;
  if (!(stepMs > 0) || !(count >= 1) || count > maxPoints) {
    throw new SluiceError('metrics-query', `The range must have 1 to ${maxPoints} steps.`);
  }
  return Array.from({ length: count }, (_, at) => fromMs + at * stepMs);
}

/** Joins the samples of all times into one series per label set. */
function joined(samples: readonly (MemorySample & { readonly atMs: number })[]): readonly Series[] {
  const series = new Map<string, { labels: MemorySample['labels']; points: [number, number][] }>();
  for (const { labels, value, atMs } of samples) {
    const key = JSON.stringify(Object.entries(labels).sort());
    const one = series.get(key) ?? { labels, points: [] };
    one.points.push([atMs, value]);
    series.set(key, one);
  }
  return [...series.values()];
}

function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new SluiceError('metrics-unavailable', 'The query was cancelled.');
}
