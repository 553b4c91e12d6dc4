/**
 * One question by several measures: whether latencies are no slower is asked at several bounds, each by a test of its
 * own. The mean of their e-values is one itself, however they depend on each other, for a canary that is no worse by
 * any of them (Vovk, Wang: E-values: calibration, combination and applications, 2021). So alpha is not shared out, and
 * a difference shows wherever it is largest, for the price of ln(number) of evidence.
 */
import { answerOf, begin, step } from './e-process.ts';
import type { Spread } from './spread.ts';
import type { CountsSample, Margin, SequentialSettings, SequentialState } from './types.ts';
import { logSum } from './wealth.ts';

/** A look by one measure. */
export interface Look {
  readonly sample: CountsSample;
  readonly spread: Spread | null;
}

export function beginSeveral(settings: SequentialSettings, others: readonly Margin[]): SequentialState {
  const state = begin(settings);
  if (others.length === 0) return state;
  return {
    ...state,
    others: others.map((margin) => ({ margin, state: begin(furtherOf(settings, margin)) })),
  };
}

/** Adds one look: by the first measure, and by each of the others in their order. */
export function stepSeveral(
  before: SequentialState,
  first: Look,
  others: readonly Look[],
  settings: SequentialSettings,
): SequentialState {
  const after = step(before, first.sample, settings, first.spread);
  if (before.others === undefined) return after;
  const tests = before.others.map(({ margin, state }, at) => {
    const look = others[at];
    const by = furtherOf(settings, margin);
    return { margin, state: look === undefined ? state : step(state, look.sample, by, look.spread) };
  });
  const together = { ...after, others: tests, peak: before.peak };
  return { ...together, peak: Math.max(before.peak, Math.log(answerOfSeveral(together, settings).eValue)) };
}

/** As of the first measure, but for the evidence, which is that of all together. */
export function answerOfSeveral(state: SequentialState, settings: SequentialSettings) {
  const answer = answerOf(state, settings);
  if (state.others === undefined) return answer;
  const logs = state.others.map(({ margin, state: other }) =>
    Math.log(answerOf(other, furtherOf(settings, margin)).eValue),
  );
  const eValue = Math.exp(logSum([Math.log(answer.eValue), ...logs]) - Math.log(1 + logs.length));
  return { ...answer, eValue };
}

/** What limits the first measure, and when the soak may end, is asked of it alone. */
function furtherOf(settings: SequentialSettings, margin: Margin): SequentialSettings {
  return { ...settings, margin, guard: null, enough: null };
}
