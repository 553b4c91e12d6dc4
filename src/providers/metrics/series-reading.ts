/**
 * Reads what some checks need beside one value: the points of a series, the past, or one share for each of several
 * windows.
 */
import type {
  AnomalyCheck,
  ErrorBudgetCheck,
  SeriesCheck,
  TrendCheck,
} from '../../domain/analysis/further-checks.ts';
import { windowsOf } from '../../domain/analysis/judge-error-budget.ts';
import { medianOfSorted, sorted } from '../../domain/analysis/stats/ranks.ts';
import { type QueryVars, renderQuery } from '../../domain/analysis/template.ts';
import type { Reading } from '../../domain/analysis/types.ts';
import { messageOf } from '../../domain/errors.ts';
import type { MetricsProvider, QueryOptions } from './types.ts';

type Vars = Omit<QueryVars, 'windowMs'>;
type Point = readonly [number, number];
interface When {
  readonly atMs: number;
  readonly signal?: AbortSignal;
}

/** The points of the check's window, one a step; the value is their median, or the latest for a trend. Never throws. */
export async function readWindow(
  provider: MetricsProvider,
  check: SeriesCheck | TrendCheck,
  vars: Vars,
  { atMs, ...options }: When,
): Promise<Reading> {
  const { stepMs, windowMs } = check;
  const steps = Math.floor(windowMs / stepMs);
  // A window that is younger than one step has no point yet that lies in it as a whole.
  if (steps < 1) return { kind: 'no-data', reason: 'the first step is not over yet' };
  const range = { fromMs: atMs - (steps - 1) * stepMs, toMs: atMs, stepMs, ...options };
  const read = await pointsIn(provider, check.query.value, { ...vars, windowMs: stepMs }, range);
  return 'kind' in read ? read : readingOf(read, check.kind === 'trend' ? 'latest' : 'median');
}

/** The windows of the past, up to the one before the latest; the value is their median. Never throws. */
export async function readHistory(
  provider: MetricsProvider,
  check: AnomalyCheck,
  vars: Vars,
  { atMs, ...options }: When,
): Promise<Reading> {
  const { historyMs, everyMs, windowMs } = check;
  const toMs = atMs - Math.max(windowMs, everyMs);
  const range = { fromMs: Math.min(toMs, atMs - historyMs), toMs, stepMs: everyMs, ...options };
  const read = await pointsIn(provider, check.query.value, { ...vars, windowMs }, range);
  return 'kind' in read ? read : readingOf(read, 'median');
}

/**
 * Pairs of window length and share of failures, windows without data left out; the value is the share of the shortest.
 */
export async function readWindows(
  provider: MetricsProvider,
  check: ErrorBudgetCheck,
  vars: Vars,
  options: QueryOptions,
): Promise<Reading> {
  const windows = [...windowsOf(check)].sort((a, b) => a - b);
  const reads = await Promise.all(
    windows.map(async (windowMs): Promise<readonly Point[] | Reading> => {
      const read = await asked(() =>
        provider.instant(renderQuery(check.query.value, { ...vars, windowMs }), options),
      );
      return 'kind' in read ? read : read.slice(-1).map(([, value]): Point => [windowMs, value]);
    }),
  );
  const problem = reads.find((read): read is Reading => 'kind' in read);
  if (problem !== undefined) return problem;
  return readingOf(
    reads.flatMap((read) => ('kind' in read ? [] : read)),
    'first',
  );
}

async function pointsIn(
  provider: MetricsProvider,
  template: string,
  vars: QueryVars,
  range: Parameters<MetricsProvider['range']>[1],
): Promise<readonly Point[] | Reading> {
  return asked(() => provider.range(renderQuery(template, vars), range));
}

async function asked(ask: () => ReturnType<MetricsProvider['range']>): Promise<readonly Point[] | Reading> {
  try {
    const series = await ask();
    if (series.length <= 1) return (series[0]?.points ?? []).filter(([, value]) => Number.isFinite(value));
    const reason = `the value query returned ${series.length} series; it must aggregate to one, for example with avg(...)`;
    return { kind: 'error', reason };
  } catch (error) {
    return { kind: 'error', reason: messageOf(error) };
  }
}

function readingOf(points: readonly Point[], shown: 'median' | 'latest' | 'first'): Reading {
  const values = points.map(([, value]) => value);
  if (values.length === 0) return { kind: 'no-data', reason: 'the value query returned nothing' };
  const value = shown === 'median' ? medianOfSorted(sorted(values)) : values.at(shown === 'latest' ? -1 : 0);
  return { kind: 'value', value: value ?? Number.NaN, samples: points.length, points };
}
