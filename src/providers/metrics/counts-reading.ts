/** Reads what both arms counted since a look: from raw samples of counters, or from expressions that count a time. */

import { type CounterPoints, increaseIn, seenBy } from '../../domain/analysis/counter-increase.ts';
import { type CounterQueries, type CountsReading, noCounts } from '../../domain/analysis/counts-check.ts';
import type { Counts } from '../../domain/analysis/sequential/index.ts';
import { placeholdersIn, renderQuery } from '../../domain/analysis/template.ts';
import { messageOf } from '../../domain/errors.ts';
import { type ArmVars, armVars, type LookVars } from './reading.ts';
import type { CountersOptions, MetricsProvider } from './types.ts';

/** A series without a sample for so long is gone; Prometheus thinks so too. */
const lookbackMs = 300_000;
/** Slow scrapes and remote writes come in late; samples are still met when they are not later than this. */
const lateMs = 60_000;
/** After a longer time without a look, what lies before is left out: a query must stay small. */
const longestMs = 3_600_000;

/** Counts of one arm since the anchor of the last look, and since that of the next. */
interface ArmCounts {
  readonly since: Counts;
  readonly sinceNext: Counts;
}

/** Counts in (fromMs, toMs]. Never throws: whatever goes wrong is an answer. */
export async function readCounts(
  provider: MetricsProvider,
  counters: CounterQueries,
  vars: LookVars,
  when: CountersOptions,
): Promise<CountsReading> {
  const span = { ...when, fromMs: Math.max(when.fromMs, when.toMs - longestMs) };
  const whole = isExpression(counters);
  const nextAnchorMs = whole ? span.toMs : Math.max(span.fromMs, span.toMs - lateMs);
  const read = (arm: 'canary' | 'stable') =>
    whole
      ? countedIn(provider, counters, armVars(vars, arm), span)
      : summed(provider, counters, armVars(vars, arm), span, nextAnchorMs);
  try {
    const [canary, stable] = await Promise.all([read('canary'), read('stable')]);
    if (canary === null) return { kind: 'no-data', reason: 'the counters of the canary do not exist' };
    const other = stable ?? { since: noCounts, sinceNext: noCounts };
    return {
      kind: 'counts',
      since: { canary: canary.since, stable: other.since },
      nextAnchorMs,
      sinceNext: { canary: canary.sinceNext, stable: other.sinceNext },
    };
  } catch (error) {
    return { kind: 'error', reason: messageOf(error) };
  }
}

function isExpression({ part, total }: CounterQueries): boolean {
  return [part, total].some((query) => placeholdersIn(query).includes('window'));
}

async function summed(
  provider: MetricsProvider,
  counters: CounterQueries,
  vars: ArmVars,
  { fromMs, toMs, signal }: CountersOptions,
  nextMs: number,
): Promise<ArmCounts | null> {
  const options = { fromMs: fromMs - lookbackMs, toMs, ...(signal === undefined ? {} : { signal }) };
  const read = async (template: string): Promise<CounterPoints[]> => {
    const series = await provider.counters(
      renderQuery(template, { ...vars, windowMs: toMs - fromMs }),
      options,
    );
    return series.map(({ points }) => points);
  };
  const [part, total] = await Promise.all([read(counters.part), read(counters.total)]);
  if (total.every((points) => points.length === 0)) return null;
  const since = (anchorMs: number): Counts => {
    const watched = seenBy(total, anchorMs);
    const all = increaseIn(total, anchorMs, toMs, watched);
    return countsOf(counters, increaseIn(part, anchorMs, toMs, watched), all);
  };
  return { since: since(fromMs), sinceNext: since(nextMs) };
}

async function countedIn(
  provider: MetricsProvider,
  counters: CounterQueries,
  vars: ArmVars,
  { fromMs, toMs, signal }: CountersOptions,
): Promise<ArmCounts | null> {
  const options = { atMs: toMs, ...(signal === undefined ? {} : { signal }) };
  const read = async (template: string): Promise<number | null> => {
    const windowMs = Math.max(1, toMs - fromMs);
    const series = await provider.instant(renderQuery(template, { ...vars, windowMs }), options);
    const values = series.flatMap(({ points }) => points.slice(-1).map(([, value]) => value));
    const finite = values.filter(Number.isFinite);
    return finite.length === 0 ? null : finite.reduce((sum, value) => sum + value, 0);
  };
  const [part, total] = await Promise.all([read(counters.part), read(counters.total)]);
  if (total === null) return null;
  return { since: countsOf(counters, part ?? 0, total), sinceNext: noCounts };
}

/** The two counters are not read at the same instant, so a part may seem to be more than the whole. */
function countsOf({ partIs }: CounterQueries, part: number, total: number): Counts {
  const all = Math.max(0, total);
  const some = Math.min(all, Math.max(0, part));
  return { bad: partIs === 'bad' ? some : all - some, total: all };
}
