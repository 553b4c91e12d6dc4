/** Looks of checks on counters, with the latency that counts as slow chosen near stable's own quantile where a check asks for it. */
import {
  type BoundSource,
  type CountsCheck,
  type CountsEvidence,
  type CountsReading,
  noCounts,
} from '../../domain/analysis/counts-check.ts';
import { judgeCounts, noEvidence } from '../../domain/analysis/counts-verdict.ts';
import { boundNear, commonBounds, totalOf } from '../../domain/analysis/stats/histogram.ts';
import { renderQuery } from '../../domain/analysis/template.ts';
import type { Verdict } from '../../domain/analysis/types.ts';
import { messageOf } from '../../domain/errors.ts';
import { readCounts } from './counts-reading.ts';
import { histogramOf, isNative, quantilesIn, readMeans } from './histogram-reading.ts';
import { type ArmVars, armVars, type LookVars } from './reading.ts';
import type { MetricsProvider } from './types.ts';

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
  const counters = { ...check.counters, part: check.counters.part.replaceAll('{{bound}}', known.bound) };
  const [reading, shown] = await Promise.all([
    source.judges === 'share'
      ? readCounts(provider, counters, vars, span)
      : readMeans(provider, source.histogram, vars, span, Number(known.bound)),
    quantilesIn(provider, source, vars, { signal, fromMs, toMs: atMs }),
  ]);
  return withBound(judgeCounts(check, known, reading, atMs), known.bound, shown);
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
      const bound = await chooseBound(provider, source, vars, anchorMs, atMs, signal);
      if (bound === null) continue;
      const evidence = { ...noEvidence(check, anchorMs), bound };
      if (anchorMs < atMs) return await lookAtCounts(provider, check, vars, { ...look, evidence });
      const nothing = { canary: noCounts, stable: noCounts };
      const reading = { kind: 'counts', since: nothing, nextAnchorMs: atMs, sinceNext: nothing } as const;
      return withBound(judgeCounts(check, evidence, reading, atMs), bound, '');
    }
    return wait({
      kind: 'no-data',
      reason: `stable has fewer than ${usualRequests} latencies to choose a bound by, or the canary has no bucket like its`,
    });
  } catch (error) {
    return wait({ kind: 'error', reason: messageOf(error) });
  }
}

async function chooseBound(
  provider: MetricsProvider,
  { histogram, quantile }: BoundSource,
  vars: LookVars,
  usualUntilMs: number,
  atMs: number,
  signal: AbortSignal,
): Promise<string | null> {
  const ask = (arm: ArmVars, at: number) =>
    provider.instant(renderQuery(histogram, { ...arm, windowMs: usualMs }), { atMs: at, signal });
  const [stable, canary] = await Promise.all([
    ask(armVars(vars, 'stable'), usualUntilMs),
    ask(armVars(vars, 'canary'), atMs),
  ]);
  const usual = histogramOf(stable);
  const other = histogramOf(canary);
  if (usual === null || other === null || totalOf(usual) < usualRequests) return null;
  const bound = boundNear(usual, quantile, commonBounds(usual, other));
  if (bound === null) return null;
  const label = stable.find(({ labels }) => Number(labels.le) === bound)?.labels.le ?? String(bound);
  // Two spellings of one bound are two series, and a missing one would count every request as slow.
  return isNative(canary) || canary.some(({ labels }) => labels.le === label) ? label : null;
}

/** Whoever reads the verdict must know what was slow. */
function withBound(verdict: Verdict, bound: string, shown: string): Verdict {
  const reason = `${verdict.reason}; slow is above ${bound}${shown}`;
  return verdict.evidence === undefined
    ? { ...verdict, reason }
    : { ...verdict, reason, evidence: { ...verdict.evidence, bound } };
}
