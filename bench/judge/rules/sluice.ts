/** Sluice's judge, by the functions and with the settings that the product uses. */
import {
  answerOf,
  begin,
  type SequentialSettings,
  step,
} from '../../../src/domain/analysis/sequential/index.ts';
import type { ErrorTraffic } from '../error-traffic.ts';
import type { Rule } from './rule.ts';

const settings: SequentialSettings = {
  alpha: 0.01,
  margin: { ratio: 1, difference: 0 },
  guard: null,
  enough: { ratio: 2, difference: 0.001 },
};

export const sluiceErrors: Rule<ErrorTraffic> = {
  id: 'sluice',
  says: 'Sluice: the sequential test on counts at confidence 0.99, looked at after every sample.',
  firesAt: ({ canaryTotal, canaryBad, stableTotal, stableBad }) => {
    let state = begin(settings);
    for (let sample = 0; sample < canaryTotal.length; sample += 1) {
      state = step(
        state,
        {
          canary: { bad: canaryBad[sample] ?? 0, total: canaryTotal[sample] ?? 0 },
          stable: { bad: stableBad[sample] ?? 0, total: stableTotal[sample] ?? 0 },
        },
        settings,
      );
      if (answerOf(state, settings).decision === 'worse') return sample + 1;
    }
    return 0;
  },
};
