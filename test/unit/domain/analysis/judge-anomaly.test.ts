import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from '../../../../src/domain/analysis/index.ts';
import { anomaly, points } from './further-samples.ts';
import { failedQuery, noData, value } from './samples.ts';

const history = Array.from({ length: 100 }, (_, at) => 1 + Math.sin(at * 3) / 2);

describe('an anomaly check', () => {
  it('fails a canary unlike any window of the past', () => {
    const verdict = judge(anomaly(), value(8), points(history), 0);
    expect(verdict).toMatchObject({ kind: 'fail', canary: 8, stableSamples: 100 });
    expect(verdict.reason).toMatch(
      /^error rate is 8 % of 100 samples; the median of 100 earlier windows is 1\S* %, \S+ deviations away, and more than the limit of 4$/,
    );
  });

  it('passes what has been seen before, even if it is rare', () => {
    expect(judge(anomaly(), value(1.4), points(history), 0).kind).toBe('pass');
    expect(judge(anomaly(), value(8), points([...history, 9]), 0).kind).toBe('pass');
  });

  it('makes no anomaly of a little difference from a history without any', () => {
    const calm = points(Array.from({ length: 50 }, () => 0));
    expect(judge(anomaly(), value(0.3), calm, 0).kind).toBe('pass');
    expect(judge(anomaly(), value(0.5), calm, 0).kind).toBe('fail');
  });

  it('heeds the direction', () => {
    expect(judge(anomaly(), value(-8), points(history), 0).kind).toBe('pass');
    expect(judge(anomaly({ worse: 'lower' }), value(-8), points(history), 0).kind).toBe('fail');
    expect(judge(anomaly({ worse: 'either' }), value(-8), points(history), 0).kind).toBe('fail');
  });

  it('concludes nothing without a canary or a past', () => {
    expect(judge(anomaly(), noData, points(history), 0).kind).toBe('no-data');
    expect(judge(anomaly(), value(8, 3), points(history), 0).kind).toBe('no-data');
    expect(judge(anomaly(), value(8), noData, 0).kind).toBe('no-data');
    expect(judge(anomaly(), value(8), null, 0).kind).toBe('no-data');
    expect(judge(anomaly(), value(8), failedQuery, 0).kind).toBe('error');
    const short = judge(anomaly(), value(8), points(history.slice(0, 19)), 0);
    expect(short.reason).toBe('error rate has a history of 19 windows, and at least 20 are needed');
  });

  it('never fails a value of its own history, nor writes a number that is none', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    const direction = fc.constantFrom('higher' as const, 'lower' as const, 'either' as const);
    fc.assert(
      fc.property(
        fc.array(number, { minLength: 1, maxLength: 30 }),
        number,
        direction,
        (past, other, worse) => {
          const config = anomaly({ worse, minHistory: 1, minDifference: 0 });
          for (const known of past) expect(judge(config, value(known), points(past), 0).kind).toBe('pass');
          expect(judge(config, value(other), points(past), 0).reason).not.toMatch(/NaN|undefined|null/);
        },
      ),
    );
  });
});
