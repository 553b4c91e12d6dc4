import { describe, expect, it } from 'vitest';
import { clockIn } from '../../../../src/providers/traffic/haproxy/clock.ts';

const hour = 3_600_000;
const nowMs = Date.UTC(2026, 10, 21, 12, 28, 11, 804);

/** What a HAProxy says whose clock shows `clockMs`, in a zone so far east of UTC, started two minutes ago. */
function answers(clockMs: number, zoneMs: number, steppedMs = 0): [string, string] {
  const [day, time] = new Date(clockMs + zoneMs).toISOString().replace('Z', '').split('T');
  const [year, month, date] = (day ?? '').split('-');
  const name = ['Oct', 'Nov', 'Dec'][Number(month) - 10];
  const startedS = (clockMs - steppedMs) / 1000 - 120;
  return [
    `Total events captured on [${date}/${name}/${year}:${time}] : 3\n\n[20/Nov/2026:01:00:00.000] frontend f`,
    `Name: HAProxy\nVersion: 2.6.12\nUptime: 0d 0h02m00s\nUptime_sec: 120.000000\nStart_time_sec: ${startedS.toFixed(6)}\nTotalBytesOut: 1`,
  ];
}

describe('the clock of HAProxy', () => {
  it.each([0, hour, -5 * hour, 5.75 * hour, 14 * hour, -11 * hour])(
    'is read in a zone %d ms from UTC',
    (zoneMs) => {
      expect(clockIn(...answers(nowMs, zoneMs))).toBe(nowMs);
    },
  );

  it('shows a step that it made since the start, and a difference that was there before', () => {
    for (const skewMs of [-6 * 60_000, -3_000, 3_000, 6 * 60_000]) {
      expect(clockIn(...answers(nowMs + skewMs, hour, skewMs))).toBe(nowMs + skewMs);
    }
    expect(clockIn(...answers(nowMs - 30 * hour, hour))).toBe(nowMs - 30 * hour);
  });

  it('is not told by answers that lack it', () => {
    const [errors, info] = answers(nowMs, 0);
    for (const [a, b] of [
      [undefined, info],
      ['Unknown command', info],
      [errors, undefined],
      [errors, 'Uptime_sec: 1'],
      ['Total events captured on [99/Foo/2026:12:28:11.804] : 0', info],
    ]) {
      expect(clockIn(a, b)).toBeUndefined();
    }
  });
});
