import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from '../../../../src/domain/analysis/index.ts';
import { holdsOnFailure } from '../../../../src/domain/analysis/kinds.ts';
import { points, trend } from './further-samples.ts';
import { noData } from './samples.ts';

/** Megabytes each minute, with a little noise that has no trend. */
const memory = (from: number, perMinute: number, count = 20) =>
  Array.from({ length: count }, (_, at) => from + perMinute * at + ((at * 7919) % 5) / 5);

describe('a trend check', () => {
  it('fails a leak before the limit is reached, and foretells when', () => {
    const verdict = judge(trend(), points(memory(200, 8)), null, 3);
    expect(verdict).toMatchObject({ kind: 'fail', stable: null, canarySamples: 20 });
    expect(verdict.canary).toBeLessThan(360);
    expect(verdict.reason).toMatch(
      /^memory is 35\S+ MB over 20 samples and changes by 4[78]\d(\.\d)? MB an hour: it crosses the limit of 512 MB in about (19|20)m, with 98 % confidence in (19|20|21)m at the latest$/,
    );
  });

  it('passes a leak that is slower than the horizon', () => {
    const verdict = judge(trend(), points(memory(200, 1)), null, 0);
    expect(verdict.kind).toBe('pass');
    expect(verdict.reason).toMatch(/lately it does not head for the limit of 512 MB within 30m/);
  });

  it('passes noise, however near the limit', () => {
    const noise = Array.from({ length: 30 }, (_, at) => 480 + ((at * 7919) % 29));
    expect(judge(trend(), points(noise), null, 0).kind).toBe('pass');
  });

  it('passes a cache that has filled up', () => {
    const filled = [...memory(200, 20, 12), ...memory(440, 0, 12)];
    const verdict = judge(trend(), points(filled), null, 0);
    expect(verdict).toMatchObject({ kind: 'pass' });
  });

  it('watches limits from above as well', () => {
    const falling = memory(200, 8).map((value) => 600 - value);
    expect(judge(trend({ limit: 100, worse: 'lower' }), points(falling), null, 0).kind).toBe('fail');
    expect(judge(trend({ limit: 450 }), points(falling), null, 0).kind).toBe('pass');
  });

  it('says that the limit is crossed when it is', () => {
    const verdict = judge(trend(), points(memory(600, 8)), null, 0);
    expect(verdict).toMatchObject({ kind: 'fail' });
    expect(verdict.reason).toContain('it has crossed the limit of 512 MB');
  });

  it('is no-data with too few points, and an error without a limit', () => {
    expect(judge(trend(), points(memory(200, 8, 9)), null, 0).kind).toBe('no-data');
    expect(judge(trend(), noData, null, 0).kind).toBe('no-data');
    expect(judge(trend({ minSamples: 0 }), points([1]), null, 0).kind).toBe('no-data');
    expect(judge(trend({ limit: Number.NaN }), points(memory(200, 8)), null, 0).kind).toBe('error');
  });

  it('may hold the rollout instead of taking it back', () => {
    expect(holdsOnFailure(trend({ onFail: 'hold' }))).toBe(true);
    expect(holdsOnFailure(trend())).toBe(false);
  });

  it('never writes a number that is none', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.array(number, { maxLength: 20 }), number, (values, limit) => {
        const verdict = judge(trend({ limit, minSamples: 0 }), points(values), null, 0);
        expect(verdict.reason).not.toMatch(/NaN|undefined|null/);
      }),
    );
  });
});
