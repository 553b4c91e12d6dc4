import { describe, expect, it } from 'vitest';
import { breakMs, Touch } from '../../../src/guard/touch.ts';

describe('touch with the API server', () => {
  it('is not there before the first answer, which ends no break', () => {
    const touch = new Touch();
    expect(touch.holds(0)).toBe(false);
    expect(touch.answered(60_000)).toBe(0);
    expect(touch.holds(60_000)).toBe(true);
  });

  it('is lost by silence, and the answer that ends it says how long it was', () => {
    const touch = new Touch();
    touch.answered(0);
    expect(touch.holds(breakMs)).toBe(true);
    expect(touch.holds(breakMs + 1)).toBe(false);
    expect(touch.answered(40_000)).toBe(40_000);
    expect(touch.answered(41_000)).toBe(0);
  });

  it('was never lost if nobody looked while it was: the break counts all the same', () => {
    const touch = new Touch();
    touch.answered(0);
    // A process that stood still finds the answer to its last question when it goes on.
    expect(touch.answered(breakMs + 1)).toBe(breakMs + 1);
  });
});
