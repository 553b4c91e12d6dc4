import { describe, expect, it } from 'vitest';
import { presets } from '../../../../src/domain/analysis/presets.ts';
import type { BaselineCheck, ThresholdCheck } from '../../../../src/domain/analysis/types.ts';
import { SluiceError } from '../../../../src/domain/errors.ts';
import { createMemoryMetrics, type MemoryAnswer } from '../../../../src/providers/metrics/memory.ts';
import { comparedWith, look, readArm, armVars as varsOf } from '../../../../src/providers/metrics/reading.ts';
import type { MetricsProvider } from '../../../../src/providers/metrics/types.ts';

const check: ThresholdCheck = {
  kind: 'threshold',
  name: 'error-rate',
  unit: '%',
  query: { value: 'value {{version}} {{window}}', samples: 'samples {{version}}' },
  windowMs: 30_000,
  minSamples: 20,
  onNoData: 'hold',
  failure: { consecutive: 1, kOfN: null },
  maxConsecutiveErrors: 4,
  min: null,
  max: 1,
};
const { min: _min, max: _max, ...common } = check;
const baseline: BaselineCheck = {
  ...common,
  kind: 'baseline',
  worse: 'higher',
  maxRatio: 1.2,
  maxDifference: null,
};

describe('what the canary is compared with', () => {
  it('is stable, with the rest of the users, or the baseline of the plan, with as many as the canary', () => {
    const analysis = { intervalMs: 1_000, onInconclusive: 'hold' } as const;
    const of = { service: 'shop', environment: 'prod', canary: 'v2' };
    const arm = (plan: Parameters<typeof comparedWith>[0]) =>
      varsOf({ ...of, ...comparedWith(plan, 'v1', 0.25) }, 'stable');
    expect(arm({ analysis })).toEqual({ ...of, stable: 'v1', version: 'v1', share: 0.75 });
    const fresh = { ...of, stable: 'v1-fresh', version: 'v1-fresh', share: 0.25 };
    expect(arm({ analysis: { ...analysis, baseline: 'v1-fresh' } })).toEqual(fresh);
  });
});

const lookVars = { service: 'shop', environment: 'prod', canary: 'v2', stable: 'v1', canaryShare: 0.25 };
const armVars = { ...lookVars, version: 'v2', share: 0.25 };

function memoryWith(value: MemoryAnswer, samples: MemoryAnswer = 98.6): MetricsProvider {
  const provider = createMemoryMetrics();
  provider.set('value v2 30s', value);
  provider.set('samples v2', samples);
  return provider;
}

describe('readArm', () => {
  it('reads value and samples, rounding the latter', async () => {
    expect(await readArm(memoryWith(0.5), check, armVars)).toEqual({
      kind: 'value',
      value: 0.5,
      samples: 99,
    });
  });

  it('knows no samples where the check has no query for them', async () => {
    const query = { value: check.query.value, samples: null };
    const reading = await readArm(memoryWith(0.5), { ...check, query }, armVars);
    expect(reading).toEqual({ kind: 'value', value: 0.5, samples: null });
  });

  it('takes an empty count of samples as 0', async () => {
    expect(await readArm(memoryWith(0.5, null), check, armVars)).toMatchObject({ samples: 0 });
  });

  it.each<[string, MemoryAnswer]>([
    ['nothing', null],
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
  ])('says no-data to %s', async (_name, answer) => {
    expect(await readArm(memoryWith(answer), check, armVars)).toMatchObject({ kind: 'no-data' });
  });

  it.each(['value', 'samples'])(
    'wants one series from the %s query and says how many came',
    async (which) => {
      const three = ['a', 'b', 'c'].map((pod) => ({ labels: { pod }, value: 1 }));
      const provider = which === 'value' ? memoryWith(three) : memoryWith(1, three);
      expect(await readArm(provider, check, armVars)).toEqual({
        kind: 'error',
        reason: `the ${which} query returned 3 series; it must aggregate to one, for example with sum(...)`,
      });
    },
  );

  it.each<[string, MemoryAnswer, MemoryAnswer]>([
    ['value', new SluiceError('metrics-unavailable', 'gone'), 100],
    ['samples', 1, new SluiceError('metrics-unavailable', 'gone')],
    ['samples, with an empty value', null, new SluiceError('metrics-unavailable', 'gone')],
  ])('says error when the source fails for the %s', async (_name, value, samples) => {
    const reading = await readArm(memoryWith(value, samples), check, armVars);
    expect(reading).toEqual({ kind: 'error', reason: 'gone' });
  });

  it('says error when the template cannot be filled in', async () => {
    const query = { value: '{{versoin}}', samples: null };
    const reading = await readArm(memoryWith(1), { ...check, query }, armVars);
    expect(reading).toMatchObject({ kind: 'error', reason: expect.stringContaining('versoin') });
  });

  it('asks for value and samples at the same time', async () => {
    let running = 0;
    let most = 0;
    const provider: MetricsProvider = {
      ...createMemoryMetrics(),
      async instant() {
        most = Math.max(most, ++running);
        await Promise.resolve();
        running--;
        return [];
      },
    };
    await readArm(provider, check, armVars);
    expect(most).toBe(2);
  });
});

describe('look', () => {
  it('judges the canary alone by a threshold', async () => {
    const verdict = await look(memoryWith(5.2), check, lookVars, { atMs: 42 });
    expect(verdict).toMatchObject({ kind: 'fail', canary: 5.2, canarySamples: 99, stable: null, atMs: 42 });
  });

  it('measures each arm by its own version for a baseline', async () => {
    const provider = createMemoryMetrics();
    provider.set(/^samples/, 100);
    provider.set('value v2 30s', 3);
    provider.set('value v1 30s', 1);
    expect(await look(provider, baseline, lookVars, { atMs: 0 })).toMatchObject({
      kind: 'fail',
      canary: 3,
      stable: 1,
    });
    provider.set('value v1 30s', 3);
    expect(await look(provider, baseline, lookVars, { atMs: 0 })).toMatchObject({ kind: 'pass' });
    provider.set('value v1 30s', null);
    expect(await look(provider, baseline, lookVars, { atMs: 0 })).toMatchObject({ kind: 'no-data' });
  });

  it('evaluates at the time that is asked for', async () => {
    const provider = createMemoryMetrics();
    provider.set(/^samples/, 100);
    provider.set(/^value/, (atMs) => (atMs === 1_000 ? 0 : 50));
    expect((await look(provider, check, lookVars, { atMs: 5, evaluateAtMs: 1_000 })).kind).toBe('pass');
  });

  it('never throws: not for a failing source, not for a broken one, not when cancelled', async () => {
    const broken: MetricsProvider = {
      ...createMemoryMetrics(),
      instant: () => {
        throw new TypeError('a bug');
      },
    };
    expect(await look(broken, check, lookVars, { atMs: 0 })).toMatchObject({
      kind: 'error',
      reason: 'error rate of the canary could not be read: a bug',
    });
    const cancelled = { atMs: 0, signal: AbortSignal.abort() };
    expect(await look(memoryWith(0), check, lookVars, cancelled)).toMatchObject({ kind: 'error' });
  });

  it('says no-data of a preset against an empty source', async () => {
    const { query } = presets['error-rate'];
    const verdict = await look(createMemoryMetrics(), { ...check, query }, lookVars, { atMs: 0 });
    expect(verdict.kind).toBe('no-data');
  });
});
