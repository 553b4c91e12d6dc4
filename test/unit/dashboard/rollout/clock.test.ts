import { expect, it } from 'vitest';
import { clockText } from '../../../../src/dashboard/charts/clock.ts';

it('marks on an axis say as much as tells them apart', () => {
  const noonMs = new Date(2026, 8, 21, 12, 30, 5).getTime();
  expect(clockText(noonMs, [0, 5])).toBe('12:30:05');
  expect(clockText(noonMs, [0, 300])).toBe('12:30');
  expect(clockText(noonMs, [0, 86_400])).toMatch(/^21 Sep/);
});
