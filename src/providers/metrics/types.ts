/** What Sluice needs from a metrics source. Each provider implements this and passes the metrics contract suite. */
import type { z } from 'zod';
import type { Histogram } from '../../domain/analysis/stats/histogram.ts';
import type { HistogramPoints } from '../../domain/analysis/stats/native-counters.ts';

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Pairs of epoch milliseconds and value, oldest first; an instant query gives one. */
  readonly points: readonly (readonly [number, number])[];
  /** Of an instant query whose answer is a native histogram; `points` is empty then. */
  readonly histogram?: Histogram;
  /** Of counters that are native histograms; `points` is empty then. */
  readonly histograms?: HistogramPoints;
}

export interface QueryOptions {
  readonly signal?: AbortSignal;
  /** Default: now, by the source's clock. */
  readonly atMs?: number;
}

export interface CountersOptions {
  readonly signal?: AbortSignal;
  /** Samples taken after this time, and up to `toMs`. */
  readonly fromMs: number;
  readonly toMs: number;
}

export interface RangeOptions {
  readonly signal?: AbortSignal;
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

/**
 * Errors: `metrics-unavailable` (no answer, time-out, 5xx, refused credentials; retryable), `metrics-query` (the source
 * refuses the query). An empty answer is an empty array, never an error.
 */
export interface MetricsProvider {
  instant(query: string, options?: QueryOptions): Promise<readonly Series[]>;
  range(query: string, options: RangeOptions): Promise<readonly Series[]>;
  /** The samples themselves of all series that a selector picks, as they were taken: nothing in between is made up. */
  counters(selector: string, options: CountersOptions): Promise<readonly Series[]>;
  close(): Promise<void>;
}

export interface MetricsProviderType {
  readonly type: string;
  readonly summary: string;
  readonly options: z.ZodType<Record<string, unknown>>;
  readonly settings: z.ZodType<Record<string, unknown>>;
  create(settings: Record<string, unknown>): MetricsProvider;
}
