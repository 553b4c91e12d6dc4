import { describe, expect, it } from 'vitest';
import { silenceOf } from '../../../../src/domain/rollout/silence.ts';

describe('the silence of a watch', () => {
  it.each([
    ['a heartbeat of just now', 100_000, 145_000, 100_500, null],
    ['heartbeats as far apart as those of a thousand watches', 100_000, 145_000, 112_000, null],
    ['a clock of the worker that is ahead', 100_000, 145_000, 98_000, null],
    ['a heartbeat that is too old', 100_000, 145_000, 115_001, 'silent'],
    ['a heartbeat that is older than the lease it told of', 100_000, 145_000, 148_001, 'lapsed'],
    ['a short lease that ran out after the heartbeat', 100_000, 103_000, 106_001, 'lapsed'],
    ['a lease that ends about now, by one clock or the other', 100_000, 103_000, 105_000, null],
    ['a watch that lives on beside a lease that is over', 100_000, 90_000, 101_000, null],
    ['such a watch, once it is not heard of either', 100_000, 90_000, 116_000, 'lapsed'],
    ['a watch after promotion, which has no lease', 100_000, 0, 110_000, null],
    ['the same, not heard of', 100_000, 0, 120_000, 'silent'],
  ] as const)('is told by %s', (_, beatMs, leaseUntilMs, atMs, silence) => {
    expect(silenceOf({ atMs: beatMs, leaseUntilMs }, atMs - beatMs)).toBe(silence);
  });
});
