/** What a chart is given of a look: the interval lies beside stable, and within what a share can be. */
import { expect, it } from 'vitest';
import { pointOfVerdict } from '../../../../src/domain/analysis/look-point.ts';
import type { Verdict } from '../../../../src/domain/analysis/types.ts';

const statistics = {
  eValue: 1,
  failsAt: 100,
  confidence: 0.99,
  difference: { low: -2, high: 5 },
  looks: 3,
  dispersion: 1,
};
const verdict = { atMs: 1, kind: 'pass', canary: 1, stable: 1, statistics } as unknown as Verdict;

it('shows no share below 0 or above 100 %', () => {
  expect(pointOfVerdict(verdict, false)).toMatchObject({ low: 0, high: 6 });
  expect(pointOfVerdict({ ...verdict, stable: 99 }, true)).toMatchObject({ low: 94, high: 100 });
});
