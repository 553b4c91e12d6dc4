import { describe, expect, it } from 'vitest';
import { skewProblem, toleratedSkewMs } from '../../../../src/domain/rollout/skew.ts';

describe('clocks that are apart', () => {
  it.each([
    [3_000, 1_000],
    [10_000, 1_000],
    [45_000, 4_500],
  ])('under a lease of %d ms may differ by %d ms', (ttlMs, toleratedMs) => {
    expect(toleratedSkewMs(ttlMs)).toBe(toleratedMs);
    for (const skewMs of [0, toleratedMs, -toleratedMs]) expect(skewProblem(skewMs, ttlMs)).toBeNull();
    expect(skewProblem(toleratedMs + 1, ttlMs)).toMatch(/ahead of.*end earlier/);
    expect(skewProblem(-toleratedMs - 1, ttlMs)).toMatch(/behind.*serve longer/);
  });
});
