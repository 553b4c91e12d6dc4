import { expect, it } from 'vitest';
import { answerOf, weightedMean } from '../../../../src/domain/gates/score.ts';

it('is not refused by the last digit of a sum', () => {
  const score = weightedMean([0.1, 0.2, 0.3].map((weight) => ({ score: 100, weight })));
  expect(score).toBeLessThan(100);
  const findings = [{ title: 'drill', state: 'passed' as const, score: 100, must: false, why: '' }];
  expect(answerOf(findings, score, 100).answer).toBe('open');
  expect(answerOf(findings, 99.99, 100).answer).toBe('refuse');
});
