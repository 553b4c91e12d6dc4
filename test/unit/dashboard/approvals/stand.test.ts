import { expect, test } from 'vitest';
import { standText } from '../../../../src/dashboard/pages/approvals/stand.ts';

test('who is to say yes is told how the canary does', () => {
  const none = { pass: 0, fail: 0, noData: 0, error: 0 };
  expect(standText({ askedPercent: 0, checks: none })).toBe('0 % of traffic is on it.');
  expect(standText({ askedPercent: 25, checks: { ...none, pass: 2 } })).toBe(
    '25 % of traffic is on it. 2 of 2 checks pass.',
  );
  expect(standText({ askedPercent: 25, checks: { ...none, pass: 2, fail: 1, noData: 1 } })).toBe(
    '25 % of traffic is on it. 2 of 4 checks pass, 1 fails.',
  );
  expect(standText({ askedPercent: null, checks: none })).toMatch(/^Nothing is heard of its watch/);
});
