import { describe, expect, it } from 'vitest';
import {
  type InstanceCounts,
  noInstances,
  seenWith,
  settledWith,
} from '../../../../src/domain/analysis/instances.ts';

const none = { bad: 0, total: 0 };
const one = (name: string, bad: number, total: number, sinceNext = none): InstanceCounts => ({
  name,
  since: { bad, total },
  sinceNext,
});

describe('what instances counted', () => {
  it('keeps what lies before the next anchor, and sees all of it', () => {
    const reading = { canary: [one('a', 3, 100, { bad: 1, total: 40 }), one('b', 0, 50)], stable: [] };
    const settled = settledWith(noInstances, reading);
    expect(Object.values(settled.canary)).toEqual([
      { bad: 2, total: 60 },
      { bad: 0, total: 50 },
    ]);
    const next = { canary: [one('a', 4, 80)], stable: [] };
    expect(seenWith(settled, next).canary).toEqual([
      { bad: 6, total: 140 },
      { bad: 0, total: 50 },
    ]);
  });

  it('stays small, and loses no request, however many instances come and go', () => {
    const many = Array.from({ length: 300 }, (_, at) => one(`shop-7d9f8c-${at}`, 1, 10));
    const settled = settledWith(noInstances, { canary: many, stable: many });
    const counts = Object.values(settled.canary);
    expect(counts.length).toBe(24);
    expect(counts.reduce((sum, { total }) => sum + total, 0)).toBe(3_000);
    expect(JSON.stringify(settled).length).toBeLessThan(2_000);
  });
});
