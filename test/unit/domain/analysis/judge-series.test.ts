import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from '../../../../src/domain/analysis/index.ts';
import { points, series } from './further-samples.ts';
import { failedQuery, noData } from './samples.ts';

const wave = (level: number, count = 40) =>
  Array.from({ length: count }, (_, at) => level + Math.sin(at * 2));
const value = fc.double({ noNaN: true, noDefaultInfinity: true });
const values = fc.array(value, { minLength: 0, maxLength: 25 });
const direction = fc.constantFrom('higher' as const, 'lower' as const, 'either' as const);

describe('a series check', () => {
  it('fails a canary whose level is shifted in the bad direction, and says by how much', () => {
    const verdict = judge(series({ unit: 'cores' }), points(wave(14)), points(wave(10)), 5);
    expect(verdict).toMatchObject({ kind: 'fail', canarySamples: 40, stableSamples: 40, atMs: 5 });
    expect(verdict.reason).toMatch(
      /^cpu of the canary is \S+ cores over 40 samples against \S+ cores over 40 samples of stable, shifted by 3\.\d+ cores to 4\.\d+ cores with 98 % confidence \(effect 1\): higher than stable$/,
    );
  });

  it('passes a shift in the good direction, unless any shift is bad', () => {
    expect(judge(series(), points(wave(6)), points(wave(10)), 0).kind).toBe('pass');
    expect(judge(series({ worse: 'lower' }), points(wave(6)), points(wave(10)), 0).kind).toBe('fail');
    expect(judge(series({ worse: 'either' }), points(wave(6)), points(wave(10)), 0).kind).toBe('fail');
  });

  it('passes a difference that may be chance', () => {
    const verdict = judge(series(), points(wave(10.1, 15)), points(wave(10, 15)), 0);
    expect(verdict.kind).toBe('pass');
    expect(verdict.reason).toContain('no difference beyond');
  });

  it('says no-data with too few points, and error when an arm could not be read', () => {
    expect(judge(series(), points(wave(14, 9)), points(wave(10)), 0).kind).toBe('no-data');
    expect(judge(series(), points(wave(14)), points(wave(10, 9)), 0).kind).toBe('no-data');
    expect(judge(series(), points(wave(14)), noData, 0).kind).toBe('no-data');
    expect(judge(series(), points(wave(14)), failedQuery, 0).kind).toBe('error');
    expect(
      judge(series({ minSamples: 0 }), { kind: 'value', value: 1, samples: 1 }, points([1]), 0).kind,
    ).toBe('no-data');
  });

  it('never fails identical series, and never writes a number that is none', () => {
    fc.assert(
      fc.property(values, values, direction, (canary, stable, worse) => {
        const config = series({ worse, minSamples: 0 });
        expect(judge(config, points(canary), points(canary), 0).kind).not.toBe('fail');
        const verdict = judge(config, points(canary), points(stable), 0);
        expect(verdict.reason).not.toMatch(/NaN|undefined|null/);
        expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
      }),
    );
  });

  it('turns around when the arms swap', () => {
    fc.assert(
      fc.property(values, values, (one, other) => {
        const kindOf = (worse: 'higher' | 'lower', canary: number[], stable: number[]) =>
          judge(series({ worse, minSamples: 0 }), points(canary), points(stable), 0).kind;
        expect(kindOf('higher', one, other)).toBe(kindOf('lower', other, one));
      }),
    );
  });
});
