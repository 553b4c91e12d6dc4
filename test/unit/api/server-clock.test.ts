/** How old Temporal's times are, whatever its clock says. */
import { describe, expect, it } from 'vitest';
import { ServerClock } from '../../../src/api/temporal/server-clock.ts';

const minuteMs = 60_000;

function clockAt(nowMs: number) {
  const at = { nowMs };
  return { at, clock: new ServerClock(() => at.nowMs) };
}

describe('the age of a time of Temporal’s', () => {
  it.each([-3_600_000, -20_000, 0, 20_000, 3_600_000])(
    'is told though its clock is %d ms ahead of this one',
    (aheadMs) => {
      const { at, clock } = clockAt(1_000_000);
      clock.heard(1_000_000 + aheadMs);
      at.nowMs += 30_000;
      clock.heard(1_029_000 + aheadMs);
      expect(clock.ageMs(1_000_000 + aheadMs, clock.now())).toBe(30_000);
      expect(clock.ageMs(1_029_000 + aheadMs, clock.now())).toBe(1_000);
    },
  );

  it('is never told too high, and of what only old times are heard grows from the first', () => {
    const { at, clock } = clockAt(1_000_000);
    expect(clock.ageMs(5, clock.now())).toBe(0);
    clock.heard(900_000);
    expect(clock.ageMs(900_000, clock.now())).toBe(0);
    at.nowMs += 16_000;
    clock.heard(900_000);
    expect(clock.ageMs(900_000, clock.now())).toBe(16_000);
    expect(clock.ageMs(990_000, clock.now())).toBe(0);
  });

  it('is that at a moment which is over by the answer', () => {
    const { at, clock } = clockAt(1_000_000);
    clock.heard(1_000_000);
    const askedAtMs = clock.now();
    at.nowMs += 9_000;
    expect(clock.ageMs(990_000, askedAtMs)).toBe(10_000);
  });

  it('is right again some minutes after a clock was set back, and what is dead does not seem alive by that', () => {
    const { at, clock } = clockAt(1_000_000);
    const dead = at.nowMs;
    for (let minute = 0; minute < 12; minute++) {
      const setBackMs = minute < 1 ? 0 : 30_000;
      clock.heard(at.nowMs - setBackMs);
      clock.heard(dead);
      at.nowMs += minuteMs;
    }
    clock.heard(at.nowMs - 30_000);
    expect(clock.ageMs(at.nowMs - 30_000, clock.now())).toBe(0);
    expect(clock.ageMs(dead, clock.now())).toBeGreaterThan(10 * minuteMs);
  });

  it('of what alone is heard of for hours stays old', () => {
    const { at, clock } = clockAt(0);
    for (let minute = 0; minute < 180; minute++) {
      clock.heard(-1_000);
      if (minute > 0) expect(clock.ageMs(-1_000, clock.now())).toBeGreaterThanOrEqual(minuteMs);
      at.nowMs += minuteMs;
    }
  });
});
