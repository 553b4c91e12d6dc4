import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freezeAt, isOpen, nextOpening, type Opening } from '../../../../src/domain/gates/window.ts';

const office: Opening = {
  timeZone: 'Europe/Berlin',
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  from: '09:00',
  to: '17:00',
};
const ms = (time: string) => Date.parse(time);

describe('a window', () => {
  it('is half-open: open in its first moment, closed at its end', () => {
    expect(isOpen(office, ms('2030-06-03T09:00:00+02:00'))).toBe(true);
    expect(isOpen(office, ms('2030-06-03T08:59:59.999+02:00'))).toBe(false);
    expect(isOpen(office, ms('2030-06-03T16:59:59.999+02:00'))).toBe(true);
    expect(isOpen(office, ms('2030-06-03T17:00:00+02:00'))).toBe(false);
  });

  it('goes by the wall clock of its time zone, in summer and in winter', () => {
    expect(isOpen(office, ms('2030-01-07T08:30:00Z'))).toBe(true);
    expect(isOpen(office, ms('2030-07-01T07:30:00Z'))).toBe(true);
    expect(isOpen(office, ms('2030-07-01T15:30:00Z'))).toBe(false);
  });

  it('over midnight belongs to the day on which it opens', () => {
    const night = { ...office, timeZone: 'UTC', days: ['fri'], from: '22:00', to: '02:00' };
    expect(isOpen(night, ms('2030-06-07T23:00:00Z'))).toBe(true);
    expect(isOpen(night, ms('2030-06-08T01:59:00Z'))).toBe(true);
    expect(isOpen(night, ms('2030-06-08T02:00:00Z'))).toBe(false);
    expect(isOpen(night, ms('2030-06-07T01:00:00Z'))).toBe(false);
  });

  it('opens next over the night in which clocks go forward', () => {
    const early = { ...office, days: ['sun'], from: '02:30', to: '04:00' };
    // 02:30 does not exist on that Sunday; the first minute of the window that does is 03:00.
    expect(nextOpening(early, ms('2030-03-31T00:00:00+01:00'))).toBe(ms('2030-03-31T03:00:00+02:00'));
  });

  it('never opens where no day is left for it', () => {
    expect(nextOpening({ ...office, days: [] }, ms('2030-06-03T09:00:00Z'))).toBeNull();
  });

  it('is open when it said that it would open next, and at no whole minute before', () => {
    const zones = ['UTC', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'];
    const opening = fc.record({
      timeZone: fc.constantFrom(...zones),
      days: fc.subarray(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], { minLength: 1 }),
      from: fc.constantFrom('00:00', '09:30', '22:00'),
      to: fc.constantFrom('06:00', '17:45', '24:00'),
    });
    const moment = fc.integer({ min: ms('2030-01-01'), max: ms('2030-12-31') });
    fc.assert(
      fc.property(opening, moment, (one, nowMs) => {
        const nextMs = nextOpening(one, nowMs);
        if (nextMs === null) throw new Error('it has a day in every week');
        expect(isOpen(one, nextMs)).toBe(true);
        if (nextMs > nowMs) expect(isOpen(one, nextMs - 60_000) && nextMs - 60_000 >= nowMs).toBe(false);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a freeze', () => {
  const freeze = {
    name: 'peak',
    fromMs: 1_000,
    toMs: 2_000,
    environments: ['prod'],
    services: null,
  };
  const prod = { environment: 'prod', service: 'shop' };

  it('is half-open, and binds where it says', () => {
    expect([999, 1_000, 1_999, 2_000].map((at) => freezeAt([freeze], prod, at)?.name ?? null)).toEqual([
      null,
      'peak',
      'peak',
      null,
    ]);
    expect(freezeAt([freeze], { environment: 'staging', service: 'shop' }, 1_500)).toBeNull();
    expect(freezeAt([{ ...freeze, services: ['cart'] }], prod, 1_500)).toBeNull();
  });
});
