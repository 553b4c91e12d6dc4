/** Reads latency histograms of both arms, classic and native: their means as counts, and their quantiles for people. */
import { type BoundSource, type CountsReading, noCounts } from '../../domain/analysis/counts-check.ts';
import { amount } from '../../domain/analysis/format.ts';
import {
  fromCumulative,
  type Histogram,
  meanAsCounts,
  quantileInterval,
  quantileOf,
} from '../../domain/analysis/stats/histogram.ts';
import { renderQuery } from '../../domain/analysis/template.ts';
import { messageOf } from '../../domain/errors.ts';
import { armVars, type LookVars } from './reading.ts';
import type { MetricsProvider, Series } from './types.ts';

/** Of the intervals that people are shown. */
const shownConfidence = 0.95;

interface Span {
  readonly signal: AbortSignal;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What both arms spent, as parts of the bound, since the last look. Never throws. */
export async function readMeans(
  provider: MetricsProvider,
  query: string,
  vars: LookVars,
  span: Span,
  bound: number,
): Promise<CountsReading> {
  try {
    const [canary, stable] = await histogramsIn(provider, query, vars, span);
    if (canary === null) return { kind: 'no-data', reason: 'the histogram of the canary does not exist' };
    const since = {
      canary: meanAsCounts(canary, bound),
      stable: stable === null ? noCounts : meanAsCounts(stable, bound),
    };
    return {
      kind: 'counts',
      since,
      nextAnchorMs: span.toMs,
      sinceNext: { canary: noCounts, stable: noCounts },
    };
  } catch (error) {
    return { kind: 'error', reason: messageOf(error) };
  }
}

/** The quantile of both arms since the stage began, for people; empty when it cannot be had. */
export async function quantilesIn(
  provider: MetricsProvider,
  { histogram, quantile }: BoundSource,
  vars: LookVars,
  span: Span,
): Promise<string> {
  const histograms = await histogramsIn(provider, histogram, vars, span).catch(() => null);
  const [canary, stable] = (histograms ?? []).map((one) => one && shownQuantile(one, quantile));
  if (!canary || !stable) return '';
  return `; ${amount(100 * quantile, '%')} within ${canary} on the canary, ${stable} on stable`;
}

function shownQuantile(histogram: Histogram, quantile: number): string | null {
  const value = quantileOf(histogram, quantile);
  const interval = quantileInterval(histogram, quantile, shownConfidence);
  if (value === null || interval === null) return null;
  const low = amount(Math.max(0, interval.low), '', 3);
  const high = Number.isFinite(interval.high) ? amount(interval.high, '', 3) : 'more than any bound';
  return `${amount(value, '', 3)} (${low} to ${high})`;
}

async function histogramsIn(
  provider: MetricsProvider,
  query: string,
  vars: LookVars,
  { signal, fromMs, toMs }: Span,
): Promise<readonly [Histogram | null, Histogram | null]> {
  const windowMs = Math.max(1, toMs - fromMs);
  const ask = async (arm: 'canary' | 'stable') =>
    histogramOf(
      await provider.instant(renderQuery(query, { ...armVars(vars, arm), windowMs }), { atMs: toMs, signal }),
    );
  return Promise.all([ask('canary'), ask('stable')]);
}

/** Null when it is none. */
export function histogramOf(series: readonly Series[]): Histogram | null {
  if (isNative(series)) return series[0]?.histogram ?? null;
  return fromCumulative(
    series.flatMap(({ labels, points }) => {
      const count = points.at(-1)?.[1];
      const le = labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le);
      return count === undefined ? [] : [[le, count] as const];
    }),
  );
}

export function isNative(series: readonly Series[]): boolean {
  return series.length === 1 && series[0]?.histogram !== undefined;
}
