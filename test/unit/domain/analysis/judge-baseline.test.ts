import { describe, expect, it } from 'vitest';
import { judgeBaseline } from '../../../../src/domain/analysis/judge-baseline.ts';
import type { BaselineCheck, Reading } from '../../../../src/domain/analysis/types.ts';
import { baseline, failedQuery, noData, value } from './samples.ts';

function judged(canary: Reading, stable: Reading | null, changes: Partial<BaselineCheck> = {}) {
  return judgeBaseline(baseline(changes), canary, stable, 42);
}

function kindOf(canary: number, stable: number, changes: Partial<BaselineCheck> = {}) {
  return judged(value(canary), value(stable), changes).kind;
}

const lower = { worse: 'lower' } as const;
const onlyDifference = { maxRatio: null, maxDifference: 0.1 };
const both = { maxRatio: 1.2, maxDifference: 0.1 };

describe('baseline', () => {
  it('fails beyond the ratio and says why with the numbers of both arms', () => {
    expect(judged(value(0.9, 120), value(0.5, 900))).toEqual({
      check: 'latency-p95',
      kind: 'fail',
      reason:
        'latency p95 of the canary is 0.9 s over 120 samples against 0.5 s over 900 samples of stable: ' +
        '1.8 times higher than stable, beyond the limit of 1.2 times',
      canary: 0.9,
      stable: 0.5,
      canarySamples: 120,
      stableSamples: 900,
      atMs: 42,
    });
  });

  it('passes within the ratio, at it, and when the canary is better', () => {
    expect(kindOf(0.55, 0.5)).toBe('pass');
    expect(kindOf(2.4, 2)).toBe('pass');
    expect(kindOf(0.1, 0.5)).toBe('pass');
  });

  it('takes the ratio the other way round where lower is worse', () => {
    expect(kindOf(80, 100, lower)).toBe('fail');
    expect(kindOf(90, 100, lower)).toBe('pass');
    expect(kindOf(200, 100, lower)).toBe('pass');
    expect(kindOf(0, 100, lower)).toBe('fail');
    expect(judged(value(50), value(100), lower).reason).toContain('2 times lower than stable, beyond');
  });

  it('judges by a difference', () => {
    expect(kindOf(0.65, 0.5, onlyDifference)).toBe('fail');
    expect(kindOf(0.55, 0.5, onlyDifference)).toBe('pass');
    expect(kindOf(0.3, 0.5, { ...onlyDifference, ...lower })).toBe('fail');
    expect(judged(value(0.75), value(0.5), onlyDifference).reason).toContain(
      '0.25 s higher than stable, beyond the limit of 0.1 s',
    );
  });

  it('fails only beyond every bound that is set', () => {
    expect(kindOf(0.9, 0.5, both)).toBe('fail');
    expect(kindOf(0.009, 0.005, both)).toBe('pass');
    expect(kindOf(5.2, 5, both)).toBe('pass');
    expect(judged(value(0.9), value(0.5), both).reason).toContain(
      '1.8 times higher than stable, beyond the limit of 1.2 times, and 0.4 s higher than stable, beyond the limit of 0.1 s',
    );
  });

  it('handles a stable value of 0: the same passes, worse fails by the ratio unless a difference saves it', () => {
    expect(kindOf(0, 0)).toBe('pass');
    expect(kindOf(0.01, 0)).toBe('fail');
    expect(kindOf(0.01, 0, both)).toBe('pass');
    expect(kindOf(0.5, 0, both)).toBe('fail');
    expect(kindOf(-1, 0, lower)).toBe('fail');
    expect(judged(value(0.01), value(0)).reason).toContain('to which no ratio can be taken');
  });

  it('passes identical data even under a ratio below 1', () => {
    expect(kindOf(3, 3, { maxRatio: 0.5 })).toBe('pass');
    expect(kindOf(-3, -3, { maxDifference: -1 })).toBe('pass');
  });

  it.each<[string, Reading, Reading | null]>([
    ['an empty canary', noData, value(1)],
    ['an empty stable', value(1), noData],
    ['an unmeasured stable', value(1), null],
    ['NaN in the canary', value(Number.NaN), value(1)],
    ['NaN in stable', value(1), value(Number.NaN)],
    ['an infinite stable', value(1), value(Number.POSITIVE_INFINITY)],
    ['too few samples in the canary', value(1, 19), value(1)],
    ['too few samples in stable', value(1), value(1, 19)],
    ['negative samples in stable', value(1), value(1, -100)],
  ])('says no-data to %s', (_name, canary, stable) => {
    expect(judged(canary, stable).kind).toBe('no-data');
  });

  it('says which arm lacks samples', () => {
    expect(judged(value(1), value(1, 3)).reason).toBe(
      'latency p95 of stable has 3 samples, and at least 20 are needed',
    );
  });

  it('says error when either source did, even if the other is empty', () => {
    expect(judged(failedQuery, noData).kind).toBe('error');
    expect(judged(noData, failedQuery).kind).toBe('error');
  });

  it('never passes without a limit that binds', () => {
    expect(kindOf(1, 1, { maxRatio: null })).toBe('error');
    expect(kindOf(1, 1, { maxRatio: Number.NaN })).toBe('error');
  });
});
