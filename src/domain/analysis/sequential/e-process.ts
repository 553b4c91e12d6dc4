/**
 * The sequential test: bets on how much worse the canary is, each a product of e-variables, one factor a look. A
 * weighted sum of such products is at most 1 on average at any time that one cares to stop while the canary is no worse
 * (Ville 1939; Ramdas, Grünwald, Vovk, Shafer: Game-theoretic statistics and safe anytime-valid inference, 2023), so it
 * passes `1 / alpha` with a chance of at most alpha, however often one looks.
 */
import { dispersionOf, noDispersion, withLook } from './dispersion.ts';
import { clamped, limitOf, logAgainst, logEVariable } from './e-variable.ts';
import type { Counts, CountsSample, SequentialAnswer, SequentialSettings, SequentialState } from './types.ts';

/** Odds of a bad request as multiples of those at the limit: the bets on a worse canary, and their stakes. */
export const T = {
  odds: [1.7, 3, 5, 9, 16, 40, 150, 1000] as number[],
  stakes: null as number[] | null,
  reserve: 0.15,
  patience: 60,
  capShare: 0.5,
  capExtra: 0.8,
  useCap: true,
  useDisp: true,
  guardStake: 0.1,
  priorRate: 0.002,
  priorWeight: 20,
};
const idleStart = Number.NEGATIVE_INFINITY;
/** Odds as multiples of those at `enough`: the bets on a canary that is no worse. */
const betterOdds = [0.5, 0.25];

export function begin(settings: SequentialSettings): SequentialState {
  const none: Counts = { bad: 0, total: 0 };
  const g = settings.guard === null ? 0 : T.guardStake;
  const st = T.stakes ?? T.odds.map(() => 1 / T.odds.length);
  return {
    looks: 0,
    canary: none,
    stable: none,
    worse: st.map((s) => Math.log(s * (1 - T.reserve) * (1 - g))),
    reserve: Math.log(T.reserve * (1 - g)),
    above: T.odds.map(() => (g > 0 ? Math.log(g / T.odds.length) : idleStart)),
    noWorse: betterOdds.map(() => Math.log(1 / betterOdds.length)),
    dispersion: noDispersion,
    peak: 0,
    peakNoWorse: 0,
  };
}

export function step(
  state: SequentialState,
  look: CountsSample,
  settings: SequentialSettings,
): SequentialState {
  const dispersion = withLook(state.dispersion, look);
  const known = T.useDisp ? dispersionOf(state.dispersion) : 1;
  const now = T.useDisp ? Math.max(known, dispersionOf(dispersion)) : 1;
  const cap = T.useCap ? T.capShare * -Math.log(settings.alpha) + T.capExtra : 1e9;
  const tempered = (log: number) => (log > 0 ? Math.min(cap, log / now) : log / known);
  const usual = stableShare(state);
  const limit = limitOf(usual, settings.margin);
  const worse = state.worse.map((log, at) => {
    const canary = withOdds(limit, T.odds[at] ?? 1);
    return log + tempered(logEVariable(look, { canary, stable: usual }, settings.margin));
  });
  const st = T.stakes ?? T.odds.map(() => 1 / T.odds.length);
  const share = 1 / (state.looks + T.patience);
  const after = {
    ...state,
    looks: state.looks + 1,
    canary: plus(state.canary, look.canary),
    stable: plus(state.stable, look.stable),
    worse: worse.map((log, at) => logSum([log, state.reserve + Math.log(share * (st[at] ?? 0))])),
    reserve: state.reserve + Math.log1p(-share),
    above: state.above,
    dispersion,
  };
  const { guard, enough } = settings;
  const above =
    guard === null
      ? state.above
      : state.above.map(
          (log, at) =>
            log +
            tempered(logAgainst(look.canary.bad, look.canary.total, withOdds(guard, T.odds[at] ?? 1), guard)),
        );
  const noWorse =
    enough === null
      ? state.noWorse
      : state.noWorse.map((log, at) => {
          const canary = withOdds(limitOf(usual, enough), betterOdds[at] ?? 1);
          return log + tempered(logEVariable(look, { canary, stable: usual }, enough));
        });
  const done = { ...after, above, noWorse };
  return {
    ...done,
    peak: Math.max(state.peak, logSum([...done.worse, done.reserve, ...done.above])),
    peakNoWorse: Math.max(state.peakNoWorse, logSum(noWorse)),
  };
}

export function answerOf(state: SequentialState, settings: SequentialSettings): SequentialAnswer {
  const line = -Math.log(settings.alpha);
  const decision = state.peak >= line ? 'worse' : state.peakNoWorse >= line ? 'no-worse' : 'open';
  return {
    decision,
    eValue: Math.exp(logSum([...state.worse, state.reserve, ...state.above])),
    peak: Math.exp(state.peak),
    eNoWorse: Math.exp(logSum(state.noWorse)),
    dispersion: dispersionOf(state.dispersion),
    against: logSum(state.above) > logSum(state.worse) ? 'guard' : 'stable',
  };
}

/** Stable's share as the looks before know it, drawn a little towards a usual one while they are few. */
function stableShare({ stable }: SequentialState): number {
  return clamped((stable.bad + T.priorRate * T.priorWeight) / (stable.total + T.priorWeight));
}

function withOdds(share: number, factor: number): number {
  const odds = (factor * share) / (1 - share);
  return clamped(odds / (1 + odds));
}

function plus(a: Counts, b: Counts): Counts {
  return { bad: a.bad + b.bad, total: a.total + b.total };
}

function logSum(logs: readonly number[]): number {
  const most = Math.max(...logs);
  if (most === Number.NEGATIVE_INFINITY) return most;
  return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0));
}
