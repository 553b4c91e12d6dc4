/** Checks of series, history, budgets and parts, and readings for them, that the tests of this folder vary. */
import type {
  AnomalyCheck,
  CompositeCheck,
  CompositePart,
  ErrorBudgetCheck,
  SeriesCheck,
  TrendCheck,
} from '../../../../src/domain/analysis/further-checks.ts';
import type { Reading } from '../../../../src/domain/analysis/types.ts';
import { threshold } from './samples.ts';

const base = {
  unit: '',
  query: { value: 'v{version="{{version}}"}', samples: null },
  windowMs: 1_800_000,
  minSamples: 10,
  onNoData: 'hold',
  failure: { consecutive: 2, kOfN: null },
  maxConsecutiveErrors: 4,
} as const;

const minuteMs = 60_000;

export function series(changes: Partial<SeriesCheck> = {}): SeriesCheck {
  return {
    ...base,
    kind: 'series',
    name: 'cpu',
    worse: 'higher',
    confidence: 0.98,
    tolerance: 0.25,
    minEffect: 0,
    stepMs: 30_000,
    ...changes,
  };
}

export function trend(changes: Partial<TrendCheck> = {}): TrendCheck {
  return {
    ...base,
    kind: 'trend',
    name: 'memory',
    unit: 'MB',
    limit: 512,
    worse: 'higher',
    withinMs: 30 * minuteMs,
    confidence: 0.98,
    stepMs: minuteMs,
    onFail: 'rollback',
    ...changes,
  };
}

export function anomaly(changes: Partial<AnomalyCheck> = {}): AnomalyCheck {
  return {
    ...base,
    kind: 'anomaly',
    name: 'error-rate',
    unit: '%',
    worse: 'higher',
    historyMs: 86_400_000,
    everyMs: 5 * minuteMs,
    minHistory: 20,
    maxDeviations: 4,
    minDifference: 0.1,
    ...changes,
  };
}

export function errorBudget(changes: Partial<ErrorBudgetCheck> = {}): ErrorBudgetCheck {
  return {
    ...base,
    kind: 'errorBudget',
    name: 'budget',
    unit: '%',
    minSamples: 0,
    slo: 99.9,
    periodMs: 30 * 86_400_000,
    minLeft: null,
    burn: [
      { longMs: 60 * minuteMs, shortMs: 5 * minuteMs, rate: 14.4 },
      { longMs: 360 * minuteMs, shortMs: 30 * minuteMs, rate: 6 },
    ],
    onFail: 'rollback',
    ...changes,
  };
}

export function part(changes: Partial<CompositePart> = {}): CompositePart {
  return { check: threshold(), weight: 1, critical: false, ...changes };
}

export function composite(changes: Partial<CompositeCheck> = {}): CompositeCheck {
  const { query: _query, windowMs: _window, minSamples: _min, ...rest } = base;
  return {
    ...rest,
    kind: 'composite',
    name: 'canary score',
    mode: 'score',
    parts: [part(), part(), part(), part()],
    pass: 95,
    marginal: 75,
    ...changes,
  };
}

/** A reading with one point a minute; its value is the last one. */
export function points(values: readonly number[], everyMs = minuteMs): Reading {
  const list = values.map((value, at) => [at * everyMs, value] as const);
  return { kind: 'value', value: values.at(-1) ?? Number.NaN, samples: values.length, points: list };
}

/** Shares of failures by window length. */
export function shares(given: Readonly<Record<number, number>>): Reading {
  const list = Object.entries(given).map(([windowMs, share]) => [Number(windowMs), share] as const);
  return { kind: 'value', value: list[0]?.[1] ?? Number.NaN, samples: list.length, points: list };
}
