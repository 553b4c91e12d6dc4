import { describe, expect, test } from 'vitest';
import { Beats } from '../../../src/activities/watch/beats.ts';
import { heartbeatTimeoutMs, pulseMs } from '../../../src/domain/rollout/pace.ts';
import { planFixture } from '../../support/plan.ts';

const everyMs = (watching: number, timeoutMs: number) => {
  const beats = new Beats();
  for (let count = 0; count < watching; count++) beats.enter();
  return beats.everyMs(timeoutMs);
};

describe('the heartbeats of the watches of one worker', () => {
  test('come with every pulse while the watches are few', () => {
    expect(everyMs(10, 12_000)).toBeLessThan(200);
  });

  test('become rarer with the number of watches, but stay well inside their time limit', () => {
    expect(everyMs(300, 12_000)).toBe(3_000);
    expect(everyMs(2_000, 12_000)).toBe(7_200);
  });

  test('leave room for a call to the data plane that takes its whole time', () => {
    expect(everyMs(2_000, 4_000)).toBe(1_500);
    expect(everyMs(2_000, 5_000)).toBe(2_500);
  });

  test('are often again when watches have ended', () => {
    const beats = new Beats();
    for (let count = 0; count < 300; count++) beats.enter();
    for (let count = 0; count < 290; count++) beats.leave();
    expect(beats.everyMs(12_000)).toBe(100);
  });
});

describe('the measurements of the watches of one worker', () => {
  test('come with every pulse while they are few, and every five seconds at the latest', () => {
    const measureEveryMs = (watching: number) => {
      const beats = new Beats();
      for (let count = 0; count < watching; count++) beats.enter();
      return beats.measureEveryMs;
    };
    expect(measureEveryMs(10)).toBe(50);
    expect(measureEveryMs(800)).toBe(4_000);
    expect(measureEveryMs(5_000)).toBe(5_000);
  });
});

describe('the series in heartbeats', () => {
  test('is whole while the watches are few, and never has fewer than sixty looks', () => {
    const rows = (watching: number) => {
      const beats = new Beats();
      for (let count = 0; count < watching; count++) beats.enter();
      return beats.seriesRows;
    };
    expect(rows(1)).toBe(360);
    expect(rows(50)).toBe(120);
    expect(rows(1_000)).toBe(60);
  });
});

describe('watches that are stopped', () => {
  test('end at once while they are few, and a few at a time where many are', () => {
    const beats = new Beats();
    const ended = (nowMs: number, asking: number) =>
      Array.from({ length: asking }, () => beats.mayGoHome(nowMs)).filter(Boolean).length;
    expect(ended(100_000, 8)).toBe(8);
    expect(ended(101_000, 200)).toBe(10);
    expect(ended(101_100, 200)).toBe(5);
    expect(ended(200_000, 200)).toBe(10);
  });
});

describe('the time limit of a heartbeat', () => {
  test.each([3_000, 10_000, 45_000, 3_600_000])(
    'leaves room for two pulses and ends before a lease of %i ms that was just due for renewal',
    (ttlMs) => {
      const plan = planFixture({
        lease: { ttlMs, orphanGraceMs: ttlMs },
        analysis: { intervalMs: 60_000, onInconclusive: 'hold' },
      });
      expect(heartbeatTimeoutMs(plan)).toBeGreaterThan(2 * pulseMs(plan));
      expect(heartbeatTimeoutMs(plan)).toBeLessThanOrEqual(Math.max(5_000, ttlMs / 2));
    },
  );
});

test('the instances that heartbeats name become fewer with the number of watches, and are one of each version at least', () => {
  const namedBy = (watching: number) => {
    const beats = new Beats();
    for (let count = 0; count < watching; count++) beats.enter();
    return beats.namedInstances;
  };
  expect([0, 100, 250, 1_000, 5_000].map(namedBy)).toEqual([10, 10, 4, 1, 1]);
});
