import { describe, expect, it } from 'vitest';
import { presets } from '../../../../src/domain/analysis/presets.ts';
import type { CheckConfig } from '../../../../src/domain/analysis/types.ts';
import { custom, type Document, planWith, problemsWith, told } from './fixtures.ts';

function checkOf(check: unknown, more: Document = {}): CheckConfig | undefined {
  return planWith({ checks: [check], ...more }).stages[0]?.checks[0];
}

function problemsOf(check: unknown, more: Document = {}): Record<string, string> {
  return told(problemsWith({ checks: [check], ...more }));
}

describe('a preset', () => {
  it('by its name has all defaults', () => {
    expect(checkOf({ preset: 'success-rate', window: '60s' })).toEqual({
      kind: 'threshold',
      name: 'success-rate',
      unit: '%',
      query: presets['success-rate'].query,
      min: 99,
      max: null,
      windowMs: 60_000,
      minSamples: 50,
      onNoData: 'hold',
      failure: { consecutive: 2, kOfN: null },
      maxConsecutiveErrors: 4,
    });
  });

  it('of a share of requests counts, unless a setting of the plan makes single looks decide', () => {
    expect(checkOf('success-rate')).toMatchObject({
      kind: 'counts',
      name: 'success-rate',
      counters: presets['success-rate'].counts?.counters,
      shows: 'good',
      minSamples: 50,
      margin: { ratio: 1.05, difference: 0 },
      guard: { limit: 0.01, when: 'alone' },
      enough: { ratio: 1, difference: 0.005 },
      failure: { consecutive: 1, kOfN: null },
    });
    const changed = { preset: 'error-rate', margin: { ratio: 2, difference: 0.1 }, limit: 3, enough: 1 };
    expect(checkOf(changed)).toMatchObject({
      kind: 'counts',
      shows: 'bad',
      margin: { ratio: 2, difference: 0.001 },
      guard: { limit: 0.03, when: 'always' },
      enough: { ratio: 1, difference: 0.01 },
    });
    expect(checkOf({ preset: 'success-rate', failAfter: { consecutive: 3 } })?.kind).toBe('threshold');
  });

  it('of latencies reads native histograms where the plan says so', () => {
    expect(checkOf({ preset: 'latency-p95', histogram: 'native' })).toMatchObject({
      kind: 'counts',
      counters: {
        total: expect.stringMatching(/^http_request_duration_seconds\{/),
        boundFrom: { native: true, histogram: expect.stringMatching(/^sum\(increase\(http_request/) },
      },
    });
    expect(checkOf({ preset: 'otel/latency-p99', histogram: 'native', max: 1 })).toMatchObject({
      query: { value: expect.stringContaining('histogram_quantile(0.99, sum(rate(http_server') },
    });
    expect(checkOf({ preset: 'latency-p95', histogram: 'classic' })).toEqual(checkOf('latency-p95'));
    expect(problemsWith({ checks: [{ preset: 'success-rate', histogram: 'native' }] })).toEqual([
      { path: 'checks[0].histogram', message: 'does not belong to success-rate, which reads no histogram' },
    ]);
  });

  it('of latencies counts what is slower than stable until the plan sets limits of single looks', () => {
    expect(checkOf('latency-p95')).toMatchObject({
      kind: 'counts',
      counters: { partIs: 'good', boundFrom: { quantile: 0.95, judges: 'share' } },
      margin: { ratio: 1.2, difference: 0 },
      guard: null,
    });
    expect(checkOf({ preset: 'latency-mean', margin: { difference: 2 } })).toMatchObject({
      counters: { boundFrom: { quantile: 0.99, judges: 'mean' } },
      margin: { ratio: 1.05, difference: 0.02 },
    });
    expect(checkOf({ preset: 'latency-p95', maxRatio: 1.2 })).toMatchObject({
      kind: 'baseline',
      worse: 'higher',
      maxRatio: 1.2,
    });
    expect(checkOf({ preset: 'latency-p95', max: 0.3 })).toMatchObject({
      kind: 'threshold',
      min: null,
      max: 0.3,
    });
    expect(checkOf({ preset: 'success-rate', maxDifference: 0.5 })).toMatchObject({
      kind: 'baseline',
      worse: 'lower',
      maxRatio: null,
      maxDifference: 0.5,
    });
  });

  it('takes every change', () => {
    const changed = {
      preset: 'error-rate',
      name: 'errors',
      max: 2,
      window: '30s',
      minSamples: 10,
      onNoData: 'fail',
      failAfter: { consecutive: 5, failures: 3, of: 10 },
      maxConsecutiveErrors: 7,
    };
    expect(checkOf(changed)).toMatchObject({
      name: 'errors',
      max: 2,
      windowMs: 30_000,
      minSamples: 10,
      onNoData: 'fail',
      failure: { consecutive: 5, kOfN: { failures: 3, of: 10 } },
      maxConsecutiveErrors: 7,
    });
  });

  it('keeps its own answer to missing data', () => {
    expect(checkOf({ preset: 'throughput', min: 1 })).toMatchObject({ onNoData: 'fail' });
  });

  it.each([
    ['checks[0]', 'throughput', /set min or max/],
    ['checks[0]', { preset: 'latency-p95', max: 1, maxRatio: 2 }, /write two checks/],
    [
      'checks[0].preset',
      { preset: 'latency-p96' },
      /did you mean "latency-p95" or "latency-p99"\? docs\/plan.md has all presets/,
    ],
    ['checks[0].preset', { preset: 7 }, /must be text/],
    ['checks[0].min', { preset: 'success-rate', min: 5, max: 1 }, /at most max/],
    ['checks[0].maxx', { preset: 'success-rate', maxx: 5 }, /did you mean "max"/],
    ['checks[0].query', { preset: 'success-rate', query: 'up' }, /unknown key/],
    ['checks[0]', 7, /name of a check or a mapping, not 7/],
    ['checks[0]', 'latency', /did you mean "latency-p50"/],
    ['checks[0]', '__proto__', /unknown check/],
  ])('is refused at %s: %j', (path, check, message) => {
    expect(problemsOf(check)[path]).toMatch(message);
  });
});

describe('failAfter', () => {
  it('lets failures of stand alone when consecutive is not set', () => {
    expect(checkOf({ preset: 'error-rate', failAfter: { failures: 3, of: 10 } })?.failure).toEqual({
      consecutive: 3,
      kOfN: { failures: 3, of: 10 },
    });
  });

  it.each([
    ['checks[0].failAfter.of', { failures: 3 }, /go together/],
    ['checks[0].failAfter.failures', { of: 3 }, /go together/],
    ['checks[0].failAfter.failures', { failures: 4, of: 3 }, /at most `of`/],
    ['checks[0].failAfter.consecutive', { consecutive: 0 }, /at least 1/],
    ['checks[0].failAfter.consecutiv', { consecutiv: 1 }, /did you mean "consecutive"/],
  ])('is refused at %s: %j', (path, failAfter, message) => {
    expect(problemsOf({ preset: 'error-rate', failAfter })[path]).toMatch(message);
  });
});

describe('a check from scratch', () => {
  it('without a samples query counts none', () => {
    expect(checkOf(custom)).toEqual({
      kind: 'threshold',
      name: 'queue',
      unit: '',
      query: { value: 'queue_length', samples: null },
      min: null,
      max: 100,
      windowMs: 60_000,
      minSamples: 0,
      onNoData: 'hold',
      failure: { consecutive: 2, kOfN: null },
      maxConsecutiveErrors: 4,
    });
  });

  it('with a samples query needs 50, or what the plan says', () => {
    expect(checkOf({ ...custom, samples: 'n' })).toMatchObject({ minSamples: 50 });
    expect(checkOf({ ...custom, samples: 'n', minSamples: 5 })).toMatchObject({ minSamples: 5 });
  });

  it('may compare with stable', () => {
    const { max: _max, ...rest } = custom;
    expect(checkOf({ ...rest, kind: 'baseline', worse: 'lower', maxRatio: 1.5 })).toMatchObject({
      kind: 'baseline',
      worse: 'lower',
      maxRatio: 1.5,
      maxDifference: null,
    });
  });

  it.each([
    ['checks[0].minSamples', { ...custom, minSamples: 1 }, /must be 0/],
    ['checks[0].name', { ...custom, name: undefined }, /is required/],
    ['checks[0].name', { ...custom, name: 'a`b' }, /letters, digits/],
    ['checks[0].kind', { ...custom, kind: undefined }, /is required; allowed: threshold, baseline/],
    ['checks[0].kind', { ...custom, kind: 'treshold' }, /did you mean "threshold"/],
    ['checks[0].query', { ...custom, query: undefined }, /is required/],
    ['checks[0].query', { ...custom, query: ' ' }, /empty/],
    ['checks[0].query', { ...custom, query: 'x{v="{{vesion}}"}' }, /did you mean "version"/],
    ['checks[0].query', { ...custom, query: 'x'.repeat(4097) }, /at most 4096 characters/],
    ['checks[0].samples', { ...custom, samples: '{{' }, /never closes/],
    ['checks[0].maxRatio', { ...custom, maxRatio: 2 }, /does not belong to a threshold check/],
    ['checks[0].worse', { ...custom, worse: 'higher' }, /does not belong to a threshold check/],
    ['checks[0].max', { ...custom, kind: 'baseline' }, /does not belong to a baseline check/],
    ['checks[0].worse', { ...custom, kind: 'baseline' }, /is required; allowed: higher, lower/],
    ['checks[0]', { ...custom, max: undefined }, /needs min or max/],
    ['checks[0].presett', { presett: 'error-rate' }, /did you mean "preset"/],
  ])('is refused at %s', (path, check, message) => {
    expect(problemsOf(check)[path]).toMatch(message);
  });
});

describe('a list of checks', () => {
  it('refuses two of one name, and names the second', () => {
    expect(told(problemsWith({ checks: ['error-rate', { preset: 'error-rate', max: 5 }] }))).toEqual({
      'checks[1]': 'a second check named "error-rate"; give one of them another name',
    });
  });

  it('is bounded', () => {
    const checks = Array.from({ length: 51 }, (_, at) => ({ preset: 'error-rate', name: `c${at}` }));
    expect(told(problemsWith({ checks }))).toEqual({ checks: 'must have at most 50 entries, not 51' });
  });
});

describe('a template', () => {
  const { name: _name, ...definition } = custom;
  const templates = { queue: definition, strict: { preset: 'success-rate', min: 99.9 } };

  it('is used by name and names its check', () => {
    const plan = planWith({ templates, checks: ['queue', 'strict'] });
    expect(plan.stages[0]?.checks).toMatchObject([
      { name: 'queue', max: 100 },
      { name: 'strict', min: 99.9 },
    ]);
  });

  it('is used with changes; a limit replaces its limits', () => {
    const both = { ...definition, min: 1 };
    expect(checkOf({ preset: 'queue', max: 5, window: '10s' }, { templates: { queue: both } })).toMatchObject(
      {
        name: 'queue',
        min: null,
        max: 5,
        windowMs: 10_000,
      },
    );
    expect(checkOf({ preset: 'queue', window: '10s' }, { templates: { queue: both } })).toMatchObject({
      min: 1,
    });
  });

  it.each([
    ['templates.error-rate', { 'error-rate': definition }, /name of a preset/],
    ['templates.a/b', { 'a/b': definition }, /letters, digits/],
    ['templates.x', { x: 'error-rate' }, /must be a mapping/],
    ['templates.x.max', { x: { ...definition, max: 'much' } }, /must be a number/],
    ['templates.x.preset', { x: { preset: 'y' }, y: definition }, /unknown check "y"/],
    ['templates', [], /must be a mapping/],
  ])('is refused at %s', (path, bad, message) => {
    expect(told(problemsWith({ templates: bad }))[path]).toMatch(message);
  });

  it('is not also called unknown when it is broken', () => {
    const broken = { x: { ...definition, max: 'much' } };
    expect(told(problemsWith({ templates: broken, checks: ['x'] }))).toEqual({
      'templates.x.max': 'must be a number, not "much"',
    });
  });
});
