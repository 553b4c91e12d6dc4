/** Every query that a check sends to the metrics source, and whether the check has no data when it answers nothing. */
import type { Arm } from './evidence.ts';
import { needsStable } from './index.ts';
import { windowsOf } from './judge-error-budget.ts';
import { metricChecksOf } from './kinds.ts';
import type { CheckConfig, MetricCheck } from './types.ts';

/** What the answer is to the check. A `part` is counted among the `total`. */
export type QueryRole = 'value' | 'samples' | 'part' | 'total' | 'histogram';

export interface CheckQueryUse {
  readonly role: QueryRole;
  readonly template: string;
  readonly windowMs: number;
  /** The arms whose answers the check needs; it is asked for both all the same. */
  readonly neededOf: readonly Arm[];
  /** Whether the answer must be one number. */
  readonly single: boolean;
}

/** Counts have no window of their own: they begin with the stage. */
const countedMs = 300_000;
/** So long a time of stable's latencies chooses a bound. */
const usualMs = 600_000;

/** Empty for probes and alerts, which ask elsewhere. */
export function queriesOf(check: CheckConfig): readonly CheckQueryUse[] {
  if (check.kind !== 'counts') return metricChecksOf(check).flatMap(queriesOfOne);
  const { part, total, boundFrom } = check.counters;
  const common = { windowMs: countedMs, single: false } as const;
  const neededOf = ['canary', 'stable'] as const;
  if (boundFrom !== undefined) {
    const histogram = {
      ...common,
      role: 'histogram',
      template: boundFrom.histogram,
      windowMs: usualMs,
      neededOf,
    } as const;
    if (boundFrom.judges === 'mean') return [histogram];
    // Which bound the part counts up to is chosen at the first look.
    return [histogram, { ...common, role: 'total', template: total, neededOf }];
  }
  return [
    { ...common, role: 'total', template: total, neededOf },
    // No requests of the kind at all are none, not no data.
    { ...common, role: 'part', template: part, neededOf: [] },
  ];
}

function queriesOfOne(check: MetricCheck): readonly CheckQueryUse[] {
  const arms = needsStable(check) ? (['canary', 'stable'] as const) : (['canary'] as const);
  const windowMs = windowOf(check);
  const value = {
    role: 'value',
    template: check.query.value,
    windowMs,
    neededOf: arms,
    single: true,
  } as const;
  if (check.query.samples === null) return [value];
  const neededOf = check.minSamples > 0 ? arms : [];
  return [value, { role: 'samples', template: check.query.samples, windowMs, neededOf, single: true }];
}

function windowOf(check: MetricCheck): number {
  if (check.kind === 'series' || check.kind === 'trend') return check.stepMs;
  return check.kind === 'errorBudget' ? Math.min(...windowsOf(check)) : check.windowMs;
}
