import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  answerOf,
  begin,
  type CountsSample,
  type SequentialSettings,
  step,
} from '../../../../../src/domain/analysis/sequential/index.ts';
import { binomial, counts, fed, looks, rejectedAt, settings, uniform } from './support.ts';

const guarded: SequentialSettings = {
  ...settings,
  guard: { limit: 0.01, when: 'always' },
  enough: { ratio: 1, difference: 0.005 },
};

/** 100 requests a second, 5 % of them to the canary, a look every 5 seconds. */
function* traffic(
  seed: number,
  canary: number,
  stable: number,
  count = 360,
  cluster = 1,
): Iterable<CountsSample> {
  const random = uniform(seed);
  for (let look = 0; look < count; look++) {
    const bad = (total: number, share: number) =>
      Math.min(total, cluster * binomial(total, share / cluster, random));
    yield {
      canary: { bad: bad(25, canary), total: 25 },
      stable: { bad: bad(475, stable), total: 475 },
    };
  }
}

function shareRejected(runs: number, ofRun: (seed: number) => Iterable<CountsSample>): number {
  let rejected = 0;
  for (let seed = 1; seed <= runs; seed++) rejected += rejectedAt(ofRun(seed)) === null ? 0 : 1;
  return rejected / runs;
}

function medianLooks(runs: number, canary: number): number {
  const delays = Array.from({ length: runs }, (_, at) => rejectedAt(traffic(at + 1, canary, 0.001)) ?? 360);
  return delays.sort((a, b) => a - b)[Math.floor(runs / 2)] ?? 360;
}

describe('the sequential test', () => {
  it('lets a healthy canary through half an hour, looked at 360 times', () => {
    expect(shareRejected(300, (seed) => traffic(seed, 0.001, 0.001))).toBeLessThanOrEqual(0.01);
  });

  it('lets it through too when failures come in threes', () => {
    expect(shareRejected(300, (seed) => traffic(seed, 0.001, 0.001, 360, 3))).toBeLessThanOrEqual(0.01);
  });

  it('lets it through when both arms fail together for half a minute', () => {
    const storm = function* (seed: number) {
      yield* traffic(seed, 0.001, 0.001, 60);
      yield* traffic(seed + 1000, 0.2, 0.2, 6);
      yield* traffic(seed + 2000, 0.001, 0.001, 60);
    };
    expect(shareRejected(200, storm)).toBeLessThanOrEqual(0.01);
  });

  it.each([
    { canary: 0.05, within: 4 },
    { canary: 0.01, within: 21 },
    { canary: 0.005, within: 65 },
  ])('finds a share of $canary against 0.001 within $within looks in half of all cases', (the) => {
    expect(medianLooks(101, the.canary)).toBeLessThanOrEqual(the.within);
  });

  it('finds a canary that turns bad after twenty minutes', () => {
    const late = function* (seed: number) {
      yield* traffic(seed, 0.001, 0.001, 240);
      yield* traffic(seed + 1000, 0.05, 0.001, 40);
    };
    expect(shareRejected(50, late)).toBeGreaterThan(0.95);
  });

  it('never decides by one look, however bad', () => {
    const total = { bad: 25, total: 25 };
    const one = fed([{ canary: total, stable: { bad: 0, total: 475 } }]);
    expect(answerOf(one, settings).decision).toBe('open');
  });

  it('holds the canary to its guard where stable is just as bad', () => {
    const sick = [...traffic(5, 0.08, 0.08, 100)];
    expect(rejectedAt(sick)).toBeNull();
    expect(rejectedAt(sick, guarded)).not.toBeNull();
    expect(answerOf(fed(sick, guarded), guarded).against).toBe('guard');
  });

  it('holds it to a guard for lonely canaries only while stable has no requests', () => {
    const alone: SequentialSettings = { ...settings, guard: { limit: 0.01, when: 'alone' } };
    const sick = [...traffic(5, 0.08, 0.08, 100)];
    expect(rejectedAt(sick, alone)).toBeNull();
    const promoted = sick.map(({ canary }) => ({ canary, stable: { bad: 0, total: 0 } }));
    expect(rejectedAt(promoted, alone)).not.toBeNull();
  });

  it('knows in the end that a good canary is no worse than enough, and never that of a bad one', () => {
    expect(answerOf(fed([...traffic(7, 0.001, 0.001)], guarded), guarded).decision).toBe('no-worse');
    const bad = answerOf(fed([...traffic(7, 0.008, 0.001)], guarded), guarded);
    expect(bad.eNoWorse).toBeLessThan(1);
  });

  it('keeps what it has rejected', () => {
    const state = fed([...traffic(3, 0.05, 0.001, 12), ...traffic(4, 0, 0.01, 100)]);
    const { decision, eValue, peak } = answerOf(state, settings);
    expect(decision).toBe('worse');
    expect(eValue).toBeLessThan(peak);
  });
});

describe('the sequential test, whatever the counts', () => {
  it('never rejects a canary that counts the same as stable', () => {
    fc.assert(
      fc.property(fc.array(counts, { maxLength: 60 }), (stream) => {
        expect(rejectedAt(stream.map((one) => ({ canary: one, stable: one })))).toBeNull();
      }),
    );
  });

  it('keeps finite numbers that survive JSON unchanged', () => {
    const any = fc.double({ noNaN: false });
    const odd = fc.record({ bad: any, total: any });
    const stream = fc.array(fc.record({ canary: odd, stable: odd }), { maxLength: 20 });
    fc.assert(
      fc.property(fc.oneof(stream, looks), (samples) => {
        const state = fed(samples, guarded);
        expect(JSON.parse(JSON.stringify(state))).toEqual(state);
        const { decision: _d, against: _a, ...numbers } = answerOf(state, guarded);
        expect(Object.values(numbers).every(Number.isFinite)).toBe(true);
      }),
    );
  });

  it('stays of one size', () => {
    const first = JSON.stringify(fed([...traffic(1, 0.01, 0.01, 1)], guarded)).length;
    const last = JSON.stringify(fed([...traffic(1, 0.01, 0.01, 500)], guarded)).length;
    expect(last).toBeLessThan(2 * first + 400);
  });

  it('learns nothing from looks without requests', () => {
    const none = { bad: 0, total: 0 };
    const state = fed([...traffic(1, 0.01, 0.001, 10)]);
    expect(step(state, { canary: none, stable: none }, settings)).toBe(state);
    expect(answerOf(begin(settings), settings).eValue).toBeCloseTo(1, 12);
  });
});
