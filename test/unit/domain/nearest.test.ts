import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adviceFor, editDistance, nearest } from '../../../src/domain/nearest.ts';

const keys = ['weight', 'soak', 'warmUp', 'checks', 'approval', 'timeout', 'match', 'name'];

describe('nearest', () => {
  it.each([
    ['wieght', 'weight'],
    ['warm_up', 'warmUp'],
    ['warm-up', 'warmUp'],
    ['warmup', 'warmUp'],
    ['check', 'checks'],
    ['SOAK', 'soak'],
    ['aproval', 'approval'],
    ['timeOut', 'timeout'],
  ])('takes %s for %s', (name, meant) => {
    expect(nearest(name, keys)).toBe(meant);
  });

  it('knows a name by its end', () => {
    expect(nearest('zone', ['days', 'timeZone'])).toBe('timeZone');
  });

  it('knows a long name by its beginning', () => {
    expect(nearest('latency', ['success-rate', 'latency-p95'])).toBe('latency-p95');
  });

  it.each(['zzzzzzzz', 'x', '', 'notifications'])('guesses nothing for %j', (name) => {
    expect(nearest(name, keys)).toBeUndefined();
  });

  it('bears names of any length', () => {
    expect(nearest('x'.repeat(1_000_000), keys)).toBeUndefined();
  });
});

describe('editDistance', () => {
  it('counts a swap of neighbours once', () => {
    expect(editDistance('wieght', 'weight')).toBe(1);
  });

  it('is a symmetric distance that is zero only for equal texts', () => {
    const text = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});

describe('adviceFor', () => {
  it('names the match and what is allowed', () => {
    expect(adviceFor('haprxy', ['haproxy', 'memory'])).toBe(
      'did you mean "haproxy"? allowed: haproxy, memory',
    );
    expect(adviceFor('qqq', [])).toBe('allowed: none');
  });

  it('of many names tells the near ones alone, and where the others are', () => {
    const many = ['latency-p95', 'latency-p99', ...Array.from({ length: 40 }, (_, at) => `other${at}`)];
    expect(adviceFor('latency-p9', many, 'see the list')).toBe(
      'did you mean "latency-p95" or "latency-p99"? see the list',
    );
    expect(adviceFor('qqq', many)).toMatch(/^allowed: latency-p95, .*, other7 …; 42 are allowed$/);
  });
});
