import { expect, it } from 'vitest';
import { clockText } from '../../../../src/dashboard/charts/clock.ts';

it('marks on an axis say as much as tells them apart', () => {
  const noonMs = new Date(2026, 8, 21, 12, 30, 5).getTime();
  expect(clockText(noonMs, [0, 5])).toBe('12:30:05');
  expect(clockText(noonMs, [0, 300])).toBe('12:30');
  expect(clockText(noonMs, [0, 86_400])).toMatch(/^21 Sep/);
  const noon = noonMs / 1000;
  const marks = [noon, noon + 0.1, noon + 0.2];
  expect(marks.map((mark) => clockText(mark * 1000, marks))).toEqual([
    '12:30:05.0',
    '12:30:05.1',
    '12:30:05.2',
  ]);
  expect(clockText(noonMs + 50, [noon, noon + 0.05])).toBe('12:30:05.050');
  expect(clockText(noonMs, [noon])).toBe('12:30:05');
});
