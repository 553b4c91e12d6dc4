/** The lower bounds: the best that a test could do at the error probability of Sluice's judge if it knew the rates. */
import type { Evidence } from '../evidence.ts';
import type { Rule } from './rule.ts';

/** The chance that a healthy canary is ever rolled back. */
const ALPHA = 0.01;

type Traffic = { readonly evidence: Evidence };

/** Wald's test (1945): at this alpha none finds a canary of these rates faster on average. */
export const oracle: Rule<Traffic> = {
  id: 'oracle',
  says:
    'Wald SPRT of the canary at alpha 0.01 that knows the rates of stable and canary, when a trouble is on, and which ' +
    'requests are retries.',
  firesAt: ({ evidence }) => firstAtLine(evidence.known),
};

/**
 * The same for a test that has to compare: it may not take stable's rate for granted, so that a common trouble fools it
 * not.
 */
export const comparingOracle: Rule<Traffic> = {
  id: 'oracle-2',
  says:
    'The best bet of a test that compares both arms, at alpha 0.01: as the oracle, but safe whatever rate both arms share. ' +
    'What lies between it and the oracle is the price of comparing.',
  firesAt: ({ evidence }) => firstAtLine(evidence.learnt),
};

/** The fair one: what nobody can know before the first request, it has to learn as well. */
export const estimatingOracle: Rule<Traffic> = {
  id: 'oracle-3',
  says:
    "As oracle-2, but it learns stable's rate from the same samples: it knows how many times as often the canary fails, when a trouble " +
    'is on and how bad, and which requests are retries. What lies between it and oracle-2 is the price of an unknown rate.',
  firesAt: ({ evidence }) => firstAtLine(evidence.estimated),
};

function firstAtLine(evidence: Float64Array): number {
  let sum = 0;
  for (let sample = 0; sample < evidence.length; sample += 1) {
    sum += evidence[sample] ?? 0;
    if (sum >= -Math.log(ALPHA)) return sample + 1;
  }
  return 0;
}
