/**
 * Looks of checks on counters, with the latency that counts as slow chosen near stable's own quantile where a check
 * asks for it.
 */
import { setMaxListeners } from 'node:events';
import {
  type BoundSource,
  type CountsCheck,
  type CountsEvidence,
  type CountsReading,
  noCounts,
} from '../../domain/analysis/counts-check.ts';
import { judgeCounts, noEvidence, noEvidenceAt } from '../../domain/analysis/counts-verdict.ts';
import { boundsFor, type FurtherBound } from '../../domain/analysis/latency-bounds.ts';
import { totalOf } from '../../domain/analysis/stats/histogram.ts';
import { renderQuery } from '../../domain/analysis/template.ts';
import type { Verdict } from '../../domain/analysis/types.ts';
import { messageOf } from '../../domain/errors.ts';
import { readCounts } from './counts-reading.ts';
import { histogramOf, isNative, quantilesIn, readMeans } from './histogram-reading.ts';
import { type ArmVars, armVars, type LookVars } from './reading.ts';
import type { CountersOptions, MetricsProvider, Series } from './types.ts';

/** Stable's latencies of so long choose the bound. */
const usualMs = 600_000;
/** Fewer of them say little of where the quantile lies. */
const usualRequests = 100;

interface CountsLook {
  readonly signal: AbortSignal;
  readonly atMs: number;
  /** The first look of a stage counts from here. */
  readonly fromMs: number;
  readonly evidence: CountsEvidence | undefined;
}

/** One look at counters. Never throws: whatever goes wrong is a verdict. */
export async function lookAtCounts(
  provider: MetricsProvider,
  check: CountsCheck,
  vars: LookVars,
  { signal, atMs, fromMs, evidence }: CountsLook,
): Promise<Verdict> {
  const source = check.counters.boundFrom;
  const known = evidence ?? noEvidence(check, fromMs);
  if (source === undefined) {
    const reading = await readCounts(provider, check.counters, vars, {
      signal,
      fromMs: known.anchorMs,
      toMs: atMs,
    });
    return judgeCounts(check, known, reading, atMs);
  }
  if (known.bound === undefined)
    return begin(provider, check, source, vars, { signal, atMs, fromMs, evidence });
  const span = { signal, fromMs: known.anchorMs, toMs: atMs };
  const [reading, shown] = await Promise.all([
    source.judges === 'share'
      ? readShares(provider, check, vars, span, known)
      : readMeans(provider, source.histogram, vars, span, Number(known.bound)),
    quantilesIn(provider, source, vars, { signal, fromMs, toMs: atMs }),
  ]);
  return withBounds(judgeCounts(check, known, reading, atMs), known, shown);
}

/** What is slower than each of the bounds. */
async function readShares(
  provider: MetricsProvider,
  { counters }: CountsCheck,
  vars: LookVars,
  span: CountersOptions,
  { bound = '', others = [] }: CountsEvidence,
): Promise<CountsReading> {
  // Each bound asks for itself, and all may be broken off together.
  if (span.signal !== undefined) setMaxListeners(0, span.signal);
  const at = (bound: string) =>
    counters.boundFrom?.native === undefined
      ? { ...counters, part: counters.part.replaceAll('{{bound}}', bound) }
      : { ...counters, slowerThan: Number(bound) };
  const read = (bound: string) => readCounts(provider, at(bound), vars, span);
  const [first, ...rest] = await Promise.all([bound, ...others.map((other) => other.bound)].map(read));
  if (first?.kind !== 'counts') return first ?? { kind: 'no-data', reason: 'there is no bound' };
  const counted = rest.flatMap((one) => (one.kind === 'counts' ? [one] : []));
  // A part of the bounds would be judged by other evidence than the rest.
  const failed = rest.find((one) => one.kind !== 'counts');
  return failed ?? (counted.length === 0 ? first : { ...first, others: counted });
}

/** Chooses the bound by what stable did before the stage, or else by what it did until now, and counts from then on. */
async function begin(
  provider: MetricsProvider,
  check: CountsCheck,
  source: BoundSource,
  vars: LookVars,
  look: CountsLook,
): Promise<Verdict> {
  const { signal, atMs, fromMs } = look;
  const wait = (reading: CountsReading) => judgeCounts(check, noEvidence(check, fromMs), reading, atMs);
  try {
    for (const anchorMs of [fromMs, atMs]) {
      const bounds = await chooseBounds(provider, check, source, vars, anchorMs, atMs, signal);
      if (bounds === null) continue;
      const evidence = noEvidenceAt(check, anchorMs, bounds.bound, bounds.others);
      if (anchorMs < atMs) return await lookAtCounts(provider, check, vars, { ...look, evidence });
      const nothing = { canary: noCounts, stable: noCounts };
      const reading = { kind: 'counts', since: nothing, nextAnchorMs: atMs, sinceNext: nothing } as const;
      return withBounds(judgeCounts(check, evidence, reading, atMs), evidence, '');
    }
    return wait({
      kind: 'no-data',
      reason: `stable has fewer than ${usualRequests} latencies to choose a bound by, or the canary has no bucket like its`,
    });
  } catch (error) {
    return wait({ kind: 'error', reason: messageOf(error) });
  }
}

async function chooseBounds(
  provider: MetricsProvider,
  { margin }: CountsCheck,
  { histogram, quantile, judges }: BoundSource,
  vars: LookVars,
  usualUntilMs: number,
  atMs: number,
  signal: AbortSignal,
): Promise<{ readonly bound: string; readonly others: readonly FurtherBound[] } | null> {
  const ask = (arm: ArmVars, at: number) =>
    provider.instant(renderQuery(histogram, { ...arm, windowMs: usualMs }), { atMs: at, signal });
  const [stable, canary] = await Promise.all([
    ask(armVars(vars, 'stable'), usualUntilMs),
    ask(armVars(vars, 'canary'), atMs),
  ]);
  const usual = histogramOf(stable);
  const other = histogramOf(canary);
  if (usual === null || other === null || totalOf(usual) < usualRequests) return null;
  const bounds = boundsFor(usual, other, quantile, margin);
  const bound = bounds === null ? null : labelOf(bounds.bound, stable, canary);
  if (bounds === null || bound === null) return null;
  const others = (judges === 'share' ? bounds.others : []).flatMap((one) => {
    const label = labelOf(one.bound, stable, canary);
    return label === null ? [] : [{ bound: label, margin: one.margin }];
  });
  return { bound, others };
}

/** As both arms write it; null: they do not agree. */
function labelOf(bound: number, stable: readonly Series[], canary: readonly Series[]): string | null {
  const label = stable.find(({ labels }) => Number(labels.le) === bound)?.labels.le ?? String(bound);
  // Two spellings of one bound are two series, and a missing one would count every request as slow.
  return isNative(canary) || canary.some(({ labels }) => labels.le === label) ? label : null;
}

/** Whoever reads the verdict must know what was slow. */
function withBounds(verdict: Verdict, { bound = '', others = [] }: CountsEvidence, shown: string): Verdict {
  const further =
    others.length === 0 ? '' : ` (judged above ${others.map((one) => one.bound).join(', ')} too)`;
  return { ...verdict, reason: `${verdict.reason}; slow is above ${bound}${further}${shown}` };
}
