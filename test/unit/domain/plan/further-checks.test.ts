import { describe, expect, it } from 'vitest';
import { presets } from '../../../../src/domain/analysis/presets.ts';
import type { CheckConfig } from '../../../../src/domain/analysis/types.ts';
import { type Document, planWith, problemsWith, told, warningsWith } from './fixtures.ts';

function checkOf(check: unknown, more: Document = {}): CheckConfig | undefined {
  return planWith({ checks: [check], ...more }).stages[0]?.checks[0];
}

function problemsOf(check: unknown): Record<string, string> {
  return told(problemsWith({ checks: [check] }));
}

const query = 'avg(cpu{version="{{version}}"})';
const series = { name: 'cpu', kind: 'series', query, worse: 'higher' };
const trend = { name: 'memory', kind: 'trend', query, limit: 512 };
const anomaly = { name: 'odd', kind: 'anomaly', measure: 'error-rate', worse: 'higher' };
const budget = { name: 'budget', kind: 'errorBudget', measure: 'error-rate', slo: 99.9 };
const composite = { name: 'score', kind: 'composite', mode: 'score', of: ['success-rate', 'latency-p95'] };

const judged = { onNoData: 'hold', failure: { consecutive: 2, kOfN: null }, maxConsecutiveErrors: 4 };

describe('the further kinds of checks', () => {
  it('series: compares as Kayenta does it unless the plan says otherwise', () => {
    expect(checkOf(series)).toEqual({
      ...judged,
      kind: 'series',
      name: 'cpu',
      unit: '',
      query: { value: query, samples: null },
      windowMs: 1_800_000,
      stepMs: 30_000,
      minSamples: 10,
      worse: 'higher',
      confidence: 0.98,
      tolerance: 0.25,
      minEffect: 0,
    });
  });

  it('trend: looks half an hour back and half an hour ahead', () => {
    expect(checkOf({ ...trend, onFail: 'hold', step: '1m', unit: 'MB' })).toMatchObject({
      kind: 'trend',
      unit: 'MB',
      limit: 512,
      worse: 'higher',
      windowMs: 1_800_000,
      withinMs: 1_800_000,
      stepMs: 60_000,
      onFail: 'hold',
    });
  });

  it('anomaly: measures what a preset measures, and a day of the past', () => {
    expect(checkOf(anomaly)).toMatchObject({
      kind: 'anomaly',
      unit: '%',
      query: presets['error-rate'].query,
      windowMs: 60_000,
      minSamples: 50,
      historyMs: 86_400_000,
      everyMs: 300_000,
      minHistory: 20,
      maxDeviations: 4,
      minDifference: 0,
    });
    expect(checkOf({ ...anomaly, history: '14d', every: '1d', minHistory: 10 })).toMatchObject({
      historyMs: 1_209_600_000,
      everyMs: 86_400_000,
    });
  });

  it('errorBudget: pages as the Site Reliability Workbook does it', () => {
    expect(checkOf(budget)).toMatchObject({
      kind: 'errorBudget',
      slo: 99.9,
      periodMs: 2_592_000_000,
      minLeft: null,
      minSamples: 0,
      query: { value: presets['error-rate'].query.value, samples: null },
      burn: [
        { longMs: 3_600_000, shortMs: 300_000, rate: 14.4 },
        { longMs: 21_600_000, shortMs: 1_800_000, rate: 6 },
      ],
      onFail: 'rollback',
    });
    const own = { ...budget, minLeft: 5, burn: [{ long: '2h', short: '10m', rate: 10 }] };
    expect(checkOf(own)).toMatchObject({
      minLeft: 5,
      burn: [{ longMs: 7_200_000, shortMs: 600_000, rate: 10 }],
    });
  });

  it('composite: takes any check as a part, with weight and criticality', () => {
    const of = [
      { preset: 'success-rate', min: 98, weight: 60, critical: true },
      { ...series, weight: 30 },
      'latency-p95',
    ];
    expect(checkOf({ ...composite, of, pass: 90, marginal: 60 })).toEqual({
      ...judged,
      kind: 'composite',
      name: 'score',
      unit: '',
      mode: 'score',
      pass: 90,
      marginal: 60,
      parts: [
        { check: checkOf({ preset: 'success-rate', min: 98 }), weight: 60, critical: true },
        { check: checkOf(series), weight: 30, critical: false },
        { check: checkOf({ preset: 'latency-p95', maxRatio: 1.2 }), weight: 1, critical: false },
      ],
    });
  });

  it('may be templates, and a composite check may use them', () => {
    const { name: _name, ...definition } = trend;
    const templates = { leak: definition, strict: { preset: 'success-rate', min: 99.9 } };
    expect(checkOf({ preset: 'leak', limit: 256 }, { templates: { leak: definition } })).toMatchObject({
      kind: 'trend',
      name: 'leak',
      limit: 256,
    });
    const checks = [{ ...composite, of: ['strict', { preset: 'leak', weight: 2 }] }];
    expect(checkOf(checks[0], { templates })).toMatchObject({ parts: [{ weight: 1 }, { weight: 2 }] });
    expect(Object.keys(warningsWith({ checks, templates }))).not.toContain('templates.strict');
  });

  it.each<[string, unknown, RegExp]>([
    ['checks[0].worse', { ...series, worse: undefined }, /is required; allowed: higher, lower, either/],
    ['checks[0]', { ...series, query: undefined }, /needs either query or measure/],
    ['checks[0]', { ...series, measure: 'error-rate' }, /needs either query or measure/],
    ['checks[0].measure', { ...anomaly, measure: 'error-rat' }, /did you mean "error-rate"/],
    ['checks[0].query', { ...series, query: 'x{v="{{vesion}}"}' }, /did you mean "version"/],
    ['checks[0].window', { ...series, window: '1d' }, /at most 500 times step, which is 30s/],
    ['checks[0].window', { ...series, window: '2m' }, /at least 5m, for 10 points of 30s/],
    ['checks[0].limit', { ...trend, limit: undefined }, /is required/],
    ['checks[0].max', { ...trend, max: 5 }, /unknown key/],
    ['checks[0].history', { ...anomaly, history: '60d' }, /at most 500 times every, which is 5m/],
    ['checks[0].slo', { ...budget, slo: 100 }, /less than 100/],
    ['checks[0].slo', { ...budget, slo: undefined }, /is required/],
    ['checks[0]', { ...budget, burn: [] }, /needs burn or minLeft/],
    [
      'checks[0].burn[0].short',
      { ...budget, burn: [{ long: '1h', short: '1h', rate: 2 }] },
      /shorter than long/,
    ],
    ['checks[0].name', { ...budget, name: undefined }, /is required/],
    ['checks[0].of', { ...composite, of: [] }, /at least one check/],
    ['checks[0].of', { ...composite, of: 'success-rate' }, /must be a list/],
    ['checks[0].of[0]', { ...composite, of: ['sucess-rate'] }, /did you mean "success-rate"/],
    ['checks[0].of[0]', { ...composite, of: [composite] }, /a composite check cannot be a part/],
    [
      'checks[0].of[0]',
      { ...composite, of: [{ name: 'app', kind: 'health', probe: 'app' }] },
      /cannot be a part/,
    ],
    ['checks[0].of[0].weight', { ...composite, of: [{ preset: 'error-rate', weight: 0 }] }, /more than 0/],
    [
      'checks[0].of[0].failAfter',
      { ...composite, of: [{ preset: 'error-rate', failAfter: { consecutive: 1 } }] },
      /belongs to the composite check/,
    ],
    ['checks[0].marginal', { ...composite, pass: 50, marginal: 60 }, /at most pass, which is 50/],
    ['checks[0].mode', { ...composite, mode: 'some' }, /is unknown/],
  ])('is refused at %s', (path, check, message) => {
    expect(problemsOf(check)[path]).toMatch(message);
  });
});

describe('a preset of another dialect', () => {
  it('is named by dialect and measure, and its check by the measure', () => {
    expect(checkOf('istio/success-rate')).toMatchObject({
      name: 'success-rate',
      counters: presets['istio/success-rate'].counts?.counters,
    });
    expect(checkOf({ preset: 'istio/success-rate', min: 99 })).toMatchObject({
      query: presets['istio/success-rate'].query,
    });
  });

  it('may pick its arms by other labels', () => {
    const selector = 'service="{{environment}}-shop-{{version}}-8080@kubernetescrd"';
    expect(checkOf({ preset: 'traefik/throughput', selector, min: 1 })).toMatchObject({
      query: { value: `sum(rate(traefik_service_requests_total{${selector}}[{{window}}]))` },
    });
    expect(problemsOf({ preset: 'error-rate', selector: 'v="{{vesion}}"' })['checks[0].selector']).toMatch(
      /did you mean "version"/,
    );
  });
});

describe('lint', () => {
  it('warns of a soak that ends before a series has its points, and not of how far series and budgets look back', () => {
    const stages = [
      { weight: 10, soak: '4m' },
      { weight: 50, soak: '10m' },
    ];
    const warnings = warningsWith({ checks: ['error-rate', series, budget], stages });
    expect(warnings).toEqual({
      'stages[0].soak':
        'ends before cpu has points enough to conclude anything; write at least 5m, or shorten step',
    });
  });
});
