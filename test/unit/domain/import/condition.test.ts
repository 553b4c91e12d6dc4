import { describe, expect, it } from 'vitest';
import { limitsOfCondition } from '../../../../src/domain/import/condition.ts';

function accepted(text: string, rejects = false) {
  const result = limitsOfCondition(text, rejects);
  if (!result.ok) return result.why;
  const { min, max, noData } = result.limits;
  const shown = (bound: typeof min) => bound && `${bound.value}${bound.inclusive ? '' : ' (open)'}`;
  return [shown(min), shown(max), noData];
}

describe('a success condition', () => {
  it.each([
    ['result[0] >= 0.95', ['0.95', null, null]],
    ['result < 0.05', [null, '0.05 (open)', null]],
    ['0.95 <= result[0]', ['0.95', null, null]],
    ['result[0] == 0', ['0', '0', null]],
    ['(result[0] >= 0.5) && (result[0] <= 1e3)', ['0.5', '1000', null]],
    ['result[0] >= 0.9 and result[0] >= 0.95', ['0.95', null, null]],
    ['result >= -1.5', ['-1.5', null, null]],
    ['asFloat(result[0]) > 3', ['3 (open)', null, null]],
    ['default(result[0], 0) < 0.05', [null, '0.05 (open)', 'pass']],
    ['default(result, 0) >= 0.95', ['0.95', null, 'fail']],
    ['isNaN(result[0]) || result[0] >= 0.95', ['0.95', null, 'pass']],
    ['len(result) == 0 || result[0] < 5', [null, '5 (open)', 'pass']],
    ['len(result) > 0 && result[0] < 5', [null, '5 (open)', 'fail']],
    ['!isNaN(result) && result < 5', [null, '5 (open)', 'fail']],
    ['!(result[0] > 5)', [null, '5', null]],
    ['((((((((result[0] >= 1))))))))', ['1', null, null]],
  ])('%s', (text, limits) => {
    expect(accepted(text)).toEqual(limits);
  });
});

describe('a failure condition', () => {
  it.each([
    ['result[0] < 0.95', ['0.95', null, null]],
    ['result[0] >= 0.05', [null, '0.05 (open)', null]],
    ['result[0] < 1 || result[0] > 5', ['1', '5', null]],
    ['isNaN(result[0]) || result[0] > 5', [null, '5', 'fail']],
  ])('%s', (text, limits) => {
    expect(accepted(text, true)).toEqual(limits);
  });
});

describe('what a check cannot say is refused with the reason', () => {
  it.each([
    ['result.successPercent >= 95', 'more than comparisons'],
    ['result == "true"', 'more than comparisons'],
    ['result[0] * 100 > 95', 'more than comparisons'],
    ['all(result, {# > 0.95})', 'more than comparisons'],
    ['result[1] > 5', 'entry 1'],
    ['result[0] != 0', 'all values but one'],
    ['result[0] < 1 || result[0] > 5', 'two ranges'],
    ['len(result) > 3', 'counts the series'],
    ['result[0] > 5 && result[0] < 1', 'no value'],
    ['true', 'more than comparisons'],
    ['result[0]', 'compares nothing'],
    ['result[0] >', 'ends too early'],
    ['(result[0] > 5', 'lacks a ")"'],
    ['', 'ends too early'],
    ['('.repeat(60), 'too deep'],
    [`result > ${'1'.repeat(2000)}`, 'too long'],
  ])('%s', (text, why) => {
    expect(accepted(text)).toEqual(expect.stringContaining(why));
  });
});
