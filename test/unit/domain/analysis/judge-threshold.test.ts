import { describe, expect, it } from 'vitest';
import { judgeThreshold } from '../../../../src/domain/analysis/judge-threshold.ts';
import type { Reading, ThresholdCheck } from '../../../../src/domain/analysis/types.ts';
import { failedQuery, noData, threshold, value } from './samples.ts';

function judged(reading: Reading, changes: Partial<ThresholdCheck> = {}) {
  return judgeThreshold(threshold(changes), reading, null, 42);
}

describe('threshold', () => {
  it('fails above the maximum and says why with numbers', () => {
    expect(judged(value(5.2, 98))).toEqual({
      check: 'error-rate',
      kind: 'fail',
      reason: 'error rate 5.2 % of 98 samples is above the limit of 1 %',
      canary: 5.2,
      stable: null,
      canarySamples: 98,
      stableSamples: null,
      atMs: 42,
    });
  });

  it('fails below the minimum', () => {
    const verdict = judged(value(97.5), { name: 'success-rate', min: 99, max: null });
    expect(verdict.kind).toBe('fail');
    expect(verdict.reason).toBe('success rate 97.5 % of 100 samples is below the limit of 99 %');
  });

  it('passes at a bound and within', () => {
    expect(judged(value(1)).kind).toBe('pass');
    expect(judged(value(0)).reason).toBe('error rate 0 % of 100 samples is within the limit of at most 1 %');
    expect(judged(value(99), { min: 99, max: null }).reason).toContain('at least 99 %');
    expect(judged(value(5), { min: 1, max: 9 }).reason).toContain('within the limits of 1 % and 9 %');
  });

  it('shows as many digits as it takes to see the breach', () => {
    expect(judged(value(1.0000012)).reason).toBe(
      'error rate 1.000001 % of 100 samples is above the limit of 1 %',
    );
  });

  it.each<[string, Reading, Partial<ThresholdCheck>]>([
    ['an empty answer', noData, {}],
    ['NaN', value(Number.NaN), {}],
    ['infinity', value(Number.POSITIVE_INFINITY), { max: null, min: 1 }],
    ['minus infinity', value(Number.NEGATIVE_INFINITY), {}],
    ['too few samples', value(0, 19), {}],
    ['no samples at all', value(0, 0), { minSamples: 0 }],
    ['a negative number of samples', value(0, -5), { minSamples: 0 }],
    ['NaN samples', value(0, Number.NaN), { minSamples: 0 }],
    ['infinite samples', value(0, Number.POSITIVE_INFINITY), {}],
    ['an unknown number of samples where some are asked for', value(0, null), {}],
  ])('says no-data to %s', (_name, reading, changes) => {
    expect(judged(reading, changes).kind).toBe('no-data');
  });

  it('judges without a number of samples where none is asked for', () => {
    const verdict = judged(value(0.3, null), { minSamples: 0, unit: 's' });
    expect(verdict.reason).toBe('error rate 0.3 s is within the limit of at most 1 s');
  });

  it('says how many samples are missing', () => {
    expect(judged(value(0, 1)).reason).toBe(
      'error rate of the canary has 1 sample, and at least 20 are needed',
    );
  });

  it('says error when the source did', () => {
    const verdict = judged(failedQuery);
    expect(verdict.kind).toBe('error');
    expect(verdict.reason).toBe('error rate of the canary could not be read: connection refused');
  });

  it.each([{ min: null, max: null }, { max: Number.NaN }, { max: Number.NaN, min: 0 }])(
    'never passes without a limit that binds: %j',
    (limits) => {
      expect(judged(value(0.5), limits).kind).toBe('error');
    },
  );

  it('keeps numbers that JSON cannot hold out of the verdict', () => {
    expect(judged(value(Number.NaN, Number.NaN))).toMatchObject({ canary: null, canarySamples: null });
  });
});
