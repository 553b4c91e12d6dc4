/** Reads what both arms counted since a look: from raw samples of counters, or from expressions that count a time. */

import { type CounterPoints, increaseIn, seenBy } from '../../domain/analysis/counter-increase.ts';
import { type CounterQueries, type CountsReading, noCounts } from '../../domain/analysis/counts-check.ts';
import type { InstanceCounts } from '../../domain/analysis/instances.ts';
import type { Counts } from '../../domain/analysis/sequential/index.ts';
import { countersOf } from '../../domain/analysis/stats/native-counters.ts';
import { placeholdersIn, renderQuery } from '../../domain/analysis/template.ts';
import { messageOf } from '../../domain/errors.ts';
import { type ArmVars, armVars, type LookVars } from './reading.ts';
import type { CountersOptions, MetricsProvider, Series } from './types.ts';

/** A series without a sample for so long is gone; Prometheus thinks so too. */
const lookbackMs = 300_000;
/** Slow scrapes and remote writes come in late; samples are still met when they are not later than this. */
const lateMs = 60_000;
/** After a longer time without a look, what lies before is left out: a query must stay small. */
const longestMs = 3_600_000;

/** What tells instances apart, the first one that a series has: a pod keeps its name where its address changes. */
const instanceLabels = ['pod', 'kubernetes_pod_name', 'service_instance_id', 'instance'] as const;

/** Counts of one arm since the anchor of the last look, and since that of the next. */
interface ArmCounts {
  readonly since: Counts;
  readonly sinceNext: Counts;
  readonly instances: readonly InstanceCounts[];
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
    const other = stable ?? { since: noCounts, sinceNext: noCounts, instances: [] };
    const told = canary.instances.length + other.instances.length > 0;
    return {
      kind: 'counts',
      since: { canary: canary.since, stable: other.since },
      nextAnchorMs,
      sinceNext: { canary: canary.sinceNext, stable: other.sinceNext },
      ...(told ? { instances: { canary: canary.instances, stable: other.instances } } : {}),
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
  const read = (template: string) =>
    provider.counters(renderQuery(template, { ...vars, windowMs: toMs - fromMs }), options);
  const [part, total] = asCounters(
    await Promise.all([read(counters.part), read(counters.total)]),
    counters.slowerThan,
  );
  if (total.every(({ points }) => points.length === 0)) return null;
  const grownSince = (anchorMs: number) => {
    const watched = seenBy(total.map(pointsOf), anchorMs);
    return (series: readonly Series[]) => increaseIn(series.map(pointsOf), anchorMs, toMs, watched);
  };
  return countsIn(counters, part, total, { since: grownSince(fromMs), sinceNext: grownSince(nextMs) });
}

async function countedIn(
  provider: MetricsProvider,
  counters: CounterQueries,
  vars: ArmVars,
  { fromMs, toMs, signal }: CountersOptions,
): Promise<ArmCounts | null> {
  const options = { atMs: toMs, ...(signal === undefined ? {} : { signal }) };
  const read = async (template: string): Promise<readonly Series[]> => {
    const windowMs = Math.max(1, toMs - fromMs);
    const series = await provider.instant(renderQuery(template, { ...vars, windowMs }), options);
    return series.filter(({ points }) => Number.isFinite(points.at(-1)?.[1]));
  };
  const [part, total] = await Promise.all([read(counters.part), read(counters.total)]);
  if (total.length === 0) return null;
  const latest = (series: readonly Series[]) =>
    series.reduce((sum, { points }) => sum + (points.at(-1)?.[1] ?? 0), 0);
  return countsIn(counters, part, total, { since: latest, sinceNext: () => 0 });
}

/** The same series, native histograms in the place of counters read as two of them. */
function asCounters(
  [part, total]: readonly [readonly Series[], readonly Series[]],
  slowerThan: number | undefined,
): readonly [readonly Series[], readonly Series[]] {
  if (slowerThan === undefined) return [part, total];
  const read = total.map(({ labels, histograms }) => ({
    labels,
    ...countersOf(histograms ?? [], slowerThan),
  }));
  return [
    read.map(({ labels, slow }) => ({ labels, points: slow })),
    read.map(({ labels, total: points }) => ({ labels, points })),
  ];
}

type Growth = (series: readonly Series[]) => number;

/** What the arm and each of its instances counted, by how much their series grew. */
function countsIn(
  counters: CounterQueries,
  part: readonly Series[],
  total: readonly Series[],
  { since, sinceNext }: { readonly since: Growth; readonly sinceNext: Growth },
): ArmCounts {
  const both = (some: readonly Series[], all: readonly Series[]) => ({
    since: countsOf(counters, since(some), since(all)),
    sinceNext: countsOf(counters, sinceNext(some), sinceNext(all)),
  });
  const parts = byInstance(part);
  const instances = [...byInstance(total)].map(([name, all]) => ({
    name,
    ...both(parts.get(name) ?? [], all),
  }));
  return { ...both(part, total), instances };
}

/** Empty unless every series says of which instance it is. */
function byInstance(series: readonly Series[]): ReadonlyMap<string, readonly Series[]> {
  const found = new Map<string, Series[]>();
  for (const one of series) {
    const name = instanceLabels.map((label) => one.labels[label]).find((text) => text !== undefined);
    if (name === undefined) return new Map();
    found.set(name, [...(found.get(name) ?? []), one]);
  }
  return found;
}

function pointsOf({ points }: Series): CounterPoints {
  return points;
}

/** The two counters are not read at the same instant, so a part may seem to be more than the whole. */
function countsOf({ partIs }: CounterQueries, part: number, total: number): Counts {
  const all = Math.max(0, total);
  const some = Math.min(all, Math.max(0, part));
  return { bad: partIs === 'bad' ? some : all - some, total: all };
}
