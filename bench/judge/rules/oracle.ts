/** The lower bound: Wald's test of the two rates, which it alone knows, at the same error probability as Sluice's judge. */
import type { Rule } from './rule.ts';

/** The chance that a healthy canary is ever rolled back. */
const ALPHA = 0.01;

/**
 * Fires when the likelihood ratio of the sick canary against the healthy one reaches 1/alpha (Wald 1945; no test that
 * knows less is faster at this alpha on average). It also knows which requests are retries and when a trouble is on.
 */
export const oracle: Rule<{ readonly evidence: Float64Array }> = {
  id: 'oracle',
  says: 'SPRT at alpha 0.01 that knows the rates of stable and canary, all troubles and which requests are retries.',
  firesAt: ({ evidence }) => {
    let sum = 0;
    for (let sample = 0; sample < evidence.length; sample += 1) {
      sum += evidence[sample] ?? 0;
      if (sum >= -Math.log(ALPHA)) return sample + 1;
    }
    return 0;
  },
};
