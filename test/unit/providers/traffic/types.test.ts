import { expect, it } from 'vitest';
import { effectivePercent, type TrafficState } from '../../../../src/providers/traffic/types.ts';

const live: TrafficState = {
  stableSlot: 'blue',
  weightPercent: 25,
  match: null,
  epoch: 1,
  leaseUntilMs: 1_000,
  stopped: false,
};

it('a share counts only before the end of the lease, and without a stop', () => {
  expect(effectivePercent(live, 999)).toBe(25);
  expect(effectivePercent(live, 1_000)).toBe(0);
  expect(effectivePercent({ ...live, stopped: true }, 1)).toBe(0);
  expect(effectivePercent({ ...live, leaseUntilMs: 0 }, 1)).toBe(0);
});
