import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  answerOf,
  begin,
  type Counts,
  intervalsOf,
  spreadOf,
  step,
} from '../../../../../src/domain/analysis/sequential/index.ts';
import { binomial, counts, settings, uniform } from './support.ts';

interface Fleet {
  /** How often each instance fails. */
  readonly canary: readonly number[];
  readonly stable: readonly number[];
  /** Requests of an instance in a look. */
  readonly requests: number;
}

/**
 * The look at which half an hour of a fleet ends in a rollback; null: it does not. `told`: whether instances are told
 * apart.
 */
function rejectedAt(seed: number, fleet: Fleet, told = true): number | null {
  const random = uniform(seed);
  const sums = {
    canary: fleet.canary.map(() => ({ bad: 0, total: 0 })),
    stable: fleet.stable.map(() => ({ bad: 0, total: 0 })),
  };
  let state = begin(settings);
  for (let look = 1; look <= 360; look++) {
    const arm = (name: 'canary' | 'stable'): Counts => {
      let all: Counts = { bad: 0, total: 0 };
      sums[name] = sums[name].map((sum, at) => {
        const bad = binomial(fleet.requests, fleet[name][at] ?? 0, random);
        all = { bad: all.bad + bad, total: all.total + fleet.requests };
        return { bad: sum.bad + bad, total: sum.total + fleet.requests };
      });
      return all;
    };
    const sample = { canary: arm('canary'), stable: arm('stable') };
    state = step(state, sample, settings, told ? spreadOf(sums) : null);
    if (answerOf(state, settings).decision === 'worse') return look;
  }
  return null;
}

function shareRejected(runs: number, of: (seed: number) => Fleet, told = true): number {
  const rejected = Array.from({ length: runs }, (_, at) => rejectedAt(at + 1, of(at + 1), told));
  return rejected.filter((look) => look !== null).length / runs;
}

const times = (count: number, share: number) => Array.from({ length: count }, () => share);
/** Chances that scatter by almost half of their mean, drawn anew for each fleet. */
function scattered(seed: number, count: number): number[] {
  const random = uniform(10_000 + seed);
  const levels = [0.4, 0.7, 0.9, 1.2, 1.8];
  return times(count, 0.01).map((share) => share * (levels[Math.floor(random() * levels.length)] ?? 1));
}

describe('the sequential test on instances', () => {
  it('rolls a good version back in hardly 1 % of half hours whose instances scatter', () => {
    const fleet = (seed: number): Fleet => ({
      canary: scattered(seed, 3),
      stable: scattered(seed + 5_000, 9),
      requests: 150,
    });
    expect(shareRejected(100, fleet)).toBeLessThanOrEqual(0.01);
    expect(shareRejected(100, fleet, false)).toBeGreaterThan(0.02);
  });

  it.each([2, 3, 5])('takes one sick instance of %i for no proof against the version', (count) => {
    const fleet: Fleet = { canary: [0.5, ...times(count - 1, 0.01)], stable: times(9, 0.01), requests: 50 };
    expect(shareRejected(40, () => fleet)).toBeLessThanOrEqual(0.025);
    expect(shareRejected(5, () => fleet, false)).toBe(1);
  });

  it('finds a version that is bad on every instance, as soon as without telling them apart, or nearly', () => {
    const fleet: Fleet = { canary: times(3, 0.05), stable: times(9, 0.01), requests: 50 };
    const delays = (told: boolean) =>
      Array.from({ length: 21 }, (_, at) => rejectedAt(at + 1, fleet, told) ?? 360).sort((a, b) => a - b);
    expect(delays(true)[10]).toBeLessThanOrEqual(1.5 * (delays(false)[10] ?? 0) + 1);
  });

  it('finds it beside a sick instance of stable that is not nearly as bad', () => {
    const fleet: Fleet = { canary: times(3, 0.5), stable: [0.05, ...times(8, 0.01)], requests: 50 };
    expect(shareRejected(10, () => fleet)).toBe(1);
  });

  it('widens the interval by how much instances differ', () => {
    const look = { canary: { bad: 60, total: 3_000 }, stable: { bad: 90, total: 9_000 } };
    const alike = step(begin(settings), look, settings);
    const stable = times(9, 10).map((bad) => ({ bad, total: 1_000 }));
    const one = [{ bad: 58, total: 1_000 }, ...times(2, 1).map((bad) => ({ bad, total: 1_000 }))];
    const differing = step(begin(settings), look, settings, spreadOf({ canary: one, stable }));
    expect(intervalsOf(differing, settings).difference.low).toBeLessThan(
      intervalsOf(alike, settings).difference.low,
    );
    expect(answerOf(differing, settings).dispersion).toBeGreaterThan(answerOf(alike, settings).dispersion);
  });
});

describe('spreadOf', () => {
  it('is 1 for instances that are alike, or too few to tell', () => {
    const alike = times(5, 20).map((bad) => ({ bad, total: 1_000 }));
    expect(spreadOf({ canary: alike, stable: alike }).phi).toBe(1);
    expect(spreadOf({ canary: [{ bad: 9, total: 10 }], stable: [{ bad: 0, total: 10 }] })).toEqual({
      phi: 1,
      rest: null,
    });
    expect(spreadOf({ canary: [], stable: [] }).phi).toBe(1);
  });

  it('leaves the worst instance out of the rest, by what it has too much', () => {
    const canary = [
      { bad: 30, total: 10_000 },
      { bad: 20, total: 100 },
      { bad: 0, total: 100 },
    ];
    expect(spreadOf({ canary, stable: canary }).rest).toEqual({ bad: 30, total: 10_100 });
  });

  it('is a finite number, at least 1, whatever the counts', () => {
    const some = fc.array(counts, { maxLength: 12 });
    fc.assert(
      fc.property(some, some, (canary, stable) => {
        const { phi } = spreadOf({ canary, stable });
        expect(phi).toBeGreaterThanOrEqual(1);
        expect(Number.isFinite(phi)).toBe(true);
      }),
    );
  });

  it('only ever takes evidence away', () => {
    fc.assert(
      fc.property(counts, counts, fc.array(counts, { maxLength: 6 }), (canary, stable, others) => {
        const look = { canary, stable };
        const plain = answerOf(step(begin(settings), look, settings), settings);
        const spread = spreadOf({ canary: [canary, ...others], stable: [stable, ...others] });
        const told = answerOf(step(begin(settings), look, settings, spread), settings);
        expect(told.eValue).toBeLessThanOrEqual(plain.eValue);
      }),
    );
  });
});
