/**
 * Judges counters: adds what was counted since the last look to the sequential test of the stage, and says where it
 * stands.
 */
import {
  type BoundReading,
  type CountsCheck,
  type CountsEvidence,
  type CountsReading,
  noCounts,
  type Statistics,
} from './counts-check.ts';
import { amount, counted as countedText, spoken } from './format.ts';
import { noInstances, seenWith, settledWith } from './instances.ts';
import type { FurtherBound } from './latency-bounds.ts';
import {
  answerOf,
  begin,
  beginSeveral,
  type Counts,
  type CountsSample,
  intervalsOf,
  isAlone,
  type Look,
  type SequentialAnswer,
  type SequentialState,
  spreadOf,
  stepSeveral,
} from './sequential/index.ts';
import type { Verdict, VerdictKind } from './types.ts';

const nothing: CountsSample = { canary: noCounts, stable: noCounts };

/** Evidence before the first look of a stage, which counts what happens after `fromMs`. */
export function noEvidence(check: CountsCheck, fromMs: number): CountsEvidence {
  return { anchorMs: fromMs, sinceAnchor: nothing, state: begin(check) };
}

/** The same for a check of latencies, with the bounds that were chosen for it: the first one is shown to people. */
export function noEvidenceAt(
  check: CountsCheck,
  fromMs: number,
  bound: string,
  others: readonly FurtherBound[],
): CountsEvidence {
  const state = beginSeveral(
    check,
    others.map(({ margin }) => margin),
  );
  const kept = others.map((other) => ({ bound: other.bound, sinceAnchor: nothing }));
  const further = kept.length === 0 ? {} : { others: kept };
  return { anchorMs: fromMs, sinceAnchor: nothing, state, bound, ...further };
}

/** Without counts the evidence stays as it was, so that the next look meets what this one missed. */
export function judgeCounts(
  check: CountsCheck,
  evidence: CountsEvidence,
  reading: CountsReading,
  atMs: number,
): Verdict {
  if (reading.kind === 'error') {
    const reason = `${spoken(check.name)} could not be read: ${reading.reason}`;
    return verdict(check, 'error', reason, evidence, atMs);
  }
  if (reading.kind === 'no-data') {
    return verdict(check, 'no-data', `${spoken(check.name)} has no data: ${reading.reason}`, evidence, atMs);
  }
  const first = counted(evidence, reading);
  const others = (evidence.others ?? []).flatMap((known, at) => {
    const read = reading.others?.[at];
    return read === undefined ? [] : [{ known, ...counted(known, read) }];
  });
  const next: CountsEvidence = {
    ...evidence,
    anchorMs: reading.nextAnchorMs,
    ...first.kept,
    state: stepSeveral(evidence.state, first, others, check),
    ...(others.length === 0 ? {} : { others: others.map(({ known, kept }) => ({ ...known, ...kept })) }),
  };
  const { kind, reason } = conclusionOf(check, next.state);
  return verdict(check, kind, reason, next, atMs);
}

/** What is new since the last look, and what is kept for the next one. */
function counted(
  known: Pick<CountsEvidence, 'sinceAnchor' | 'instances'>,
  { since, sinceNext, instances }: BoundReading,
): Look & { readonly kept: Pick<CountsEvidence, 'sinceAnchor' | 'instances'> } {
  const sample = grownBy(since, known.sinceAnchor);
  if (instances === undefined) return { sample, spread: null, kept: { sinceAnchor: sinceNext } };
  const before = known.instances ?? noInstances;
  return {
    sample,
    spread: spreadOf(seenWith(before, instances)),
    kept: { sinceAnchor: sinceNext, instances: settledWith(before, instances) },
  };
}

/** Whether the canary is surely no worse than the plan asks for, so that more soaking would tell nothing. */
export function isSettled(check: CountsCheck, evidence: CountsEvidence | undefined): boolean {
  return evidence !== undefined && answerOf(evidence.state, check).decision === 'no-worse';
}

/** Whether the evidence suffices to take the canary back without asking anybody. */
export function isSure(check: CountsCheck, evidence: CountsEvidence | undefined): boolean {
  return evidence !== undefined && evidence.state.peak >= -Math.log(check.rollbackAlpha);
}

function conclusionOf(check: CountsCheck, state: SequentialState): { kind: VerdictKind; reason: string } {
  const answer = answerOf(state, check);
  const said = sentence(check, state, answer);
  if (answer.decision === 'worse') return { kind: 'fail', reason: said };
  const { canary, stable } = state;
  const alone = check.guard !== null && isAlone(state);
  const thin = [
    { arm: 'the canary', total: canary.total },
    ...(alone ? [] : [{ arm: 'stable', total: stable.total }]),
  ].find(({ total }) => total < Math.max(1, check.minSamples));
  if (thin === undefined) return { kind: 'pass', reason: said };
  const needed = `at least ${Math.max(1, check.minSamples)} are needed`;
  const reason = `${spoken(check.name)} has ${countedText(thin.total)} of ${thin.arm} so far, and ${needed}`;
  return { kind: 'no-data', reason };
}

function sentence(check: CountsCheck, state: SequentialState, answer: SequentialAnswer): string {
  const { canary, stable } = state;
  const found = `${spoken(check.name)}: ${portion(canary)} bad on the canary against ${portion(stable)} on stable`;
  if (answer.decision === 'worse') {
    const limit = answer.against === 'guard' ? `the limit of ${percent(check.guard?.limit ?? 0)}` : 'stable';
    const odds = `only 1 in ${amount(Math.floor(answer.peak), '', 2)} canaries that are no worse would ever look so bad`;
    return `${found}; it is worse than ${limit}: ${odds}`;
  }
  if (answer.decision === 'no-worse') return `${found}; it is surely no worse than the plan allows`;
  const line = amount(1 / check.alpha, '', 2);
  return `${found}; no proof that it is worse (evidence ${amount(answer.eValue, '', 2)}, fails at ${line})`;
}

function verdict(
  check: CountsCheck,
  kind: VerdictKind,
  reason: string,
  evidence: CountsEvidence,
  atMs: number,
): Verdict {
  const { canary, stable } = evidence.state;
  return {
    check: check.name,
    kind,
    reason,
    canary: shown(check, canary),
    stable: shown(check, stable),
    canarySamples: Math.round(canary.total),
    stableSamples: Math.round(stable.total),
    atMs,
    statistics: statisticsOf(check, evidence.state),
    evidence,
  };
}

function statisticsOf(check: CountsCheck, state: SequentialState): Statistics {
  const { eValue, dispersion } = answerOf(state, check);
  const { low, high } = intervalsOf(state, check).difference;
  return {
    eValue,
    failsAt: 1 / check.alpha,
    confidence: 1 - check.alpha,
    difference: { low: 100 * low, high: 100 * high },
    looks: state.looks,
    dispersion,
  };
}

/** What is new. A source that lost samples may count less than before; that takes nothing back. */
function grownBy(now: CountsSample, before: CountsSample): CountsSample {
  return { canary: less(now.canary, before.canary), stable: less(now.stable, before.stable) };
}

function less(now: Counts, before: Counts): Counts {
  return { bad: Math.max(0, now.bad - before.bad), total: Math.max(0, now.total - before.total) };
}

function shown({ shows }: CountsCheck, { bad, total }: Counts): number | null {
  if (total <= 0) return null;
  return (100 * (shows === 'bad' ? bad : total - bad)) / total;
}

function portion(counts: Counts): string {
  const bad = amount(counts.bad, '', 12);
  const of = amount(counts.total, '', 12);
  return counts.total > 0 ? `${bad} of ${of} (${percent(counts.bad / counts.total)})` : 'nothing';
}

function percent(fraction: number): string {
  return amount(100 * fraction, '%', 3);
}
