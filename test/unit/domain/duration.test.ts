import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, formatMeasured, parseDuration } from '../../../src/domain/duration.ts';

describe('parseDuration', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1h30m', 5_400_000],
    ['1m500ms', 60_500],
    ['1d2h3m4s5ms', 93_784_005],
    ['0s', 0],
    ['90s', 90_000],
  ])('reads %s', (text, ms) => {
    expect(parseDuration(text)).toEqual({ ok: true, ms });
  });

  it.each([
    '',
    ' 30s',
    '30 s',
    '30S',
    '-30s',
    '1.5h',
    '5m1h',
    '5m5m',
    's',
    '30sec',
    '1e3s',
    '30s\n',
    'PT30S',
    '9999999999s',
  ])('refuses %j', (text) => {
    expect(parseDuration(text).ok).toBe(false);
  });

  it('refuses a bare number and says how to write it', () => {
    expect(parseDuration(30)).toEqual({ ok: false, problem: '30 has no unit; write 30s, 30m or 30h' });
    expect(parseDuration('30')).toEqual(parseDuration(30));
  });

  it.each([null, undefined, true, {}, []])('refuses %j, which is no text', (input) => {
    expect(parseDuration(input).ok).toBe(false);
  });

  it('refuses what is longer than a century', () => {
    expect(parseDuration('999999999d').ok).toBe(false);
  });

  it('never throws and never answers with anything but whole, non-negative milliseconds', () => {
    fc.assert(
      fc.property(fc.anything(), (input) => {
        const result = parseDuration(input);
        if (result.ok) expect(Number.isSafeInteger(result.ms) && result.ms >= 0).toBe(true);
      }),
    );
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [500, '500ms'],
    [90_000, '1m30s'],
    [5_400_000, '1h30m'],
    [86_400_000, '1d'],
    [-1500, '-1s500ms'],
    [0.4, '0s'],
    [-0.4, '0s'],
    [Number.NaN, '?'],
  ])('writes %d as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('writes what parseDuration reads back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 12 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toEqual({ ok: true, ms });
      }),
    );
  });
});

describe('formatMeasured', () => {
  it.each([
    [0, '0s'],
    [28, '28ms'],
    [2_028, '2s'],
    [2_280, '2.3s'],
    [43_600, '44s'],
    [125_300, '2m5s'],
  ])('writes %d as %s', (ms, text) => {
    expect(formatMeasured(ms)).toBe(text);
  });
});
