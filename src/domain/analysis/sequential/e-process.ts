/**
 * The sequential test: bets on how much worse the canary is, each a product of e-variables, one factor a look. A
 * weighted sum of such products is at most 1 on average, whenever one stops, while the canary is no worse (Ville 1939;
 * Ramdas, Grünwald, Vovk, Shafer: Game-theoretic statistics and safe anytime-valid inference, 2023), so the chance that
 * it ever reaches `1 / alpha` is at most alpha, however often one looks.
 */
import { dispersionOf, noDispersion, withLook } from './dispersion.ts';
import { clamped, type Gain, gainAgainst, gainOf, limitOf, nothing } from './e-variable.ts';
import type { Spread } from './spread.ts';
import type {
  Counts,
  CountsSample,
  Margin,
  SequentialAnswer,
  SequentialSettings,
  SequentialState,
} from './types.ts';
import { counted, floored, logSum, none, plus, temper } from './wealth.ts';

/**
 * The bets on a worse canary: its odds of a bad request as multiples of those at the limit, and what is staked on each.
 * A new one goes to the end, where the evidence of rollouts that are under way has none.
 */
const bets = [
  { odds: 3, stake: 0.3 },
  { odds: 7, stake: 0.25 },
  { odds: 20, stake: 0.25 },
  { odds: 80, stake: 0.15 },
  { odds: 1.6, stake: 0.05 },
] as const;
/** The bets on a canary that is no worse: where its share lies between stable's (0) and `enough` (1). */
const places = [0, 0.35] as const;

/** Kept back for a canary that turns bad later, and the number of looks in which half of that is bet. */
const reserved = 0.08;
const patience = 60;
/** What the guard may use of alpha. */
const guardStake = 0.1;
/** Stable's share is taken for this until so many of its requests are known; a wrong guess costs time, not errors. */
const usual = { share: 0.002, requests: 20 } as const;
/** With less than this part of the canary's requests, stable is nothing to compare with. */
const comparable = 0.1;
/** By how much the best bet in hindsight is ahead of one that had to be placed. */
const lead = 1.5;
/** An e-value must stay a finite number. */
const mostEvidence = 700;

export function begin({ guard, enough }: SequentialSettings): SequentialState {
  const forGuard = guard === null ? 0 : guardStake;
  const staked = (1 - forGuard) * (1 - reserved);
  return {
    looks: 0,
    canary: none,
    stable: none,
    worse: bets.map(({ stake }) => Math.log(staked * stake)),
    reserve: Math.log((1 - forGuard) * reserved),
    above: guard === null ? [] : bets.map(({ stake }) => Math.log(forGuard * stake)),
    noWorse: enough === null ? [] : places.map(() => -Math.log(places.length)),
    dispersion: noDispersion,
    peak: 0,
    peakNoWorse: 0,
  };
}

/** Adds one look, with the φ of the instances at its end. The settings must be those that the state began with. */
export function step(
  before: SequentialState,
  sample: CountsSample,
  settings: SequentialSettings,
  spread: Spread | null = null,
): SequentialState {
  const look = { canary: counted(sample.canary), stable: counted(sample.stable) };
  if (look.canary.total + look.stable.total <= 0) return before;
  const dispersion = withLook(before.dispersion, look);
  const tempered = temper(before.dispersion, dispersion, settings.alpha);
  const grown = (logs: readonly number[], gains: readonly Gain[]) =>
    logs.map((log, at) => floored(log + tempered(gains[at] ?? nothing)));
  const released = before.reserve - Math.log(before.looks + patience);
  const after: SequentialState = {
    looks: before.looks + 1,
    canary: plus(before.canary, look.canary),
    stable: plus(before.stable, look.stable),
    worse: grown(before.worse, gainsOverStable(before, look, settings)).map((log, at) =>
      logSum([log, released + Math.log(bets[at]?.stake ?? 0)]),
    ),
    reserve: floored(before.reserve + Math.log1p(-1 / (before.looks + patience))),
    above: grown(before.above, gainsOverGuard(look, settings)),
    noWorse: grown(before.noWorse, gainsOverEnough(before, look, settings)),
    dispersion,
    ...(spread === null ? {} : { spread }),
    peak: before.peak,
    peakNoWorse: before.peakNoWorse,
  };
  return {
    ...after,
    peak: Math.max(before.peak, evidence(after, settings)),
    peakNoWorse: Math.max(before.peakNoWorse, shrunk(after, logSum(after.noWorse))),
  };
}

export function answerOf(state: SequentialState, settings: SequentialSettings): SequentialAnswer {
  const line = -Math.log(settings.alpha);
  const settled = state.peakNoWorse >= line ? 'no-worse' : 'open';
  return {
    decision: state.peak >= line ? 'worse' : settled,
    eValue: Math.exp(evidence(state, settings)),
    peak: Math.exp(state.peak),
    eNoWorse: Math.exp(shrunk(state, logSum(state.noWorse))),
    dispersion: variationOf(state),
    against: logSum(state.above) > logSum(state.worse) ? 'guard' : 'stable',
  };
}

/** Whether stable has too few requests beside the canary's to compare with. */
export function isAlone({ canary, stable }: CountsSample): boolean {
  return stable.total < comparable * canary.total;
}

/** ln of the e-value against `no worse than the margin, and not above the guard`. */
function evidence(state: SequentialState, { margin }: SequentialSettings): number {
  const { worse, reserve, above } = state;
  // Whether the canary's requests are above a limit of their own is no question of which of its instances answered.
  return Math.min(mostEvidence, logSum([believed(state, logSum([...worse, reserve]), margin), ...above]));
}

/**
 * What is left of evidence where instances differ. Of the corrections for bursts and for scatter the larger one holds,
 * and that for bursts is in each gain already. And it must be there without the canary's worst instance, too. Both only
 * take away, so the evidence of requests that are independent stays an e-value.
 */
function believed(state: SequentialState, log: number, margin: Margin): number {
  const { canary, stable, dispersion, spread } = state;
  if (log <= 0 || spread === undefined) return log;
  const { phi, rest } = spread;
  const best = (arm: Counts) => mostAgainst({ canary: arm, stable }, margin);
  const beyond = phi / dispersionOf(dispersion);
  // Where looks are cut to what one of them may gain, the sums still tell how much there was.
  const scattered = beyond > 1 ? Math.max(log / beyond, best(canary) / phi) : log;
  const withoutWorst = rest === null || rest.total <= 0 ? log : Math.max(0, best(rest) - lead);
  return Math.min(log, scattered, withoutWorst);
}

/**
 * The same of evidence that the canary is no worse: there an instance that is better than the others proves no more.
 */
function shrunk({ dispersion, spread }: SequentialState, log: number): number {
  return log > 0 ? log / Math.max(1, (spread?.phi ?? 1) / dispersionOf(dispersion)) : log;
}

/** ln of how much likelier the counts are with their own shares than with the nearest ones that are no worse. */
function mostAgainst({ canary, stable }: CountsSample, margin: Margin): number {
  if (canary.total <= 0 || stable.total <= 0) return 0;
  const found = { canary: clamped(canary.bad / canary.total), stable: clamped(stable.bad / stable.total) };
  return found.canary > limitOf(found.stable, margin) ? gainOf({ canary, stable }, found, margin).log : 0;
}

/**
 * Variance of the counts as a multiple of that of independent requests, from look to look or from instance to instance.
 */
export function variationOf({ dispersion, spread }: SequentialState): number {
  return Math.max(dispersionOf(dispersion), spread?.phi ?? 1);
}

function gainsOverStable(
  before: SequentialState,
  look: CountsSample,
  { margin }: SequentialSettings,
): readonly Gain[] {
  const stable = knownShare(before);
  const limit = limitOf(stable, margin);
  return bets.map(({ odds }) => gainOf(look, { canary: withOdds(limit, odds), stable }, margin));
}

function gainsOverGuard(look: CountsSample, { guard }: SequentialSettings): readonly Gain[] {
  if (guard === null || (guard.when === 'alone' && !isAlone(look))) return [];
  const { canary } = look;
  const limit = clamped(guard.limit);
  return bets.map(({ odds }) => gainAgainst(canary.bad, canary.total, withOdds(limit, odds), limit));
}

function gainsOverEnough(
  before: SequentialState,
  look: CountsSample,
  { enough }: SequentialSettings,
): readonly Gain[] {
  if (enough === null) return [];
  const stable = knownShare(before);
  const limit = limitOf(stable, enough);
  return places.map((place) => gainOf(look, { canary: stable + place * (limit - stable), stable }, enough));
}

/** Stable's share as the looks before know it: a bet must be placed before the look that decides it. */
function knownShare({ stable }: SequentialState): number {
  return clamped((stable.bad + usual.share * usual.requests) / (stable.total + usual.requests));
}

function withOdds(share: number, factor: number): number {
  const odds = (factor * share) / (1 - share);
  return clamped(odds / (1 + odds));
}
