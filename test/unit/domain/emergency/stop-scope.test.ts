import { expect, it } from 'vitest';
import { emergencyScopeSchema } from '../../../../src/api/contract.ts';
import { wordsIn } from '../../../../src/domain/emergency/scope.ts';
import { problemOfStop, stopScope } from '../../../../src/domain/emergency/stop-scope.ts';

it('is everything, environments and targets, as the API takes it', () => {
  expect(stopScope(['all'])).toBe('all');
  expect(stopScope(['demo', 'prod/shop'])).toEqual({ environments: ['demo'], targets: ['prod/shop'] });
  for (const text of ['all', 'demo', 'prod/shop demo', 'pre-prod,prod.eu/shop_2']) {
    expect(problemOfStop(wordsIn(text))).toBeNull();
    expect(emergencyScopeSchema.safeParse(stopScope(wordsIn(text))).success).toBe(true);
  }
});

it.each([
  [[], 'must name'],
  [['canary'], 'choose emergency rollback'],
  [['prod/*'], 'no pattern'],
  [['all', 'prod'], 'no other word'],
  [['a/b/c'], 'neither'],
  [['Demo'], 'can be no name'],
])('%j is none', (words, why) => {
  expect(problemOfStop(words)).toContain(why);
});
