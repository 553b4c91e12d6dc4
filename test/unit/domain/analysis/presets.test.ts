import { describe, expect, it } from 'vitest';
import {
  type PresetName,
  presetNames,
  presets,
  presetWith,
  resolvePreset,
} from '../../../../src/domain/analysis/presets.ts';
import { placeholdersIn, templateProblems } from '../../../../src/domain/analysis/template.ts';

describe('presets', () => {
  it('has one for each name', () => {
    expect(Object.keys(presets)).toEqual([...presetNames]);
    for (const name of presetNames) expect(presets[name].name).toBe(name);
  });

  it.each(presetNames)('%s measures one arm in one window and counts its samples', (name) => {
    const { value, samples } = presets[name].query;
    for (const template of samples === null ? [value] : [value, samples]) {
      expect(templateProblems(template)).toEqual([]);
      const used = placeholdersIn(template).filter((one) => one !== 'environment');
      if (name.endsWith('throughput-drop')) {
        const arms = template === value ? ['version'] : ['canary', 'stable'];
        expect(used.sort()).toEqual([...arms, 'service', 'share', 'window'].sort());
        continue;
      }
      const timeless = ['haproxy/latency-mean', 'memory'].includes(name) && template === value;
      expect(used.sort()).toEqual(timeless ? ['service', 'version'] : ['service', 'version', 'window']);
    }
  });

  it('has errors, latency and throughput in every dialect', () => {
    for (const dialect of ['', 'otel/', 'istio/', 'nginx/', 'haproxy/', 'envoy/', 'traefik/']) {
      const latency =
        dialect === 'haproxy/'
          ? ['latency-mean']
          : ['latency-p50', 'latency-p95', 'latency-p99', 'latency-mean'];
      const resources = dialect === '' ? ['cpu', 'memory', 'restarts'] : [];
      const traffic = ['throughput', 'throughput-drop'];
      const expected = ['success-rate', 'error-rate', ...latency, ...traffic, ...resources].map(
        (one) => `${dialect}${one}`,
      );
      const found = presetNames.filter((name) =>
        name.includes('/') ? name.startsWith(dialect) : dialect === '',
      );
      expect(dialect === '' ? found.filter((name) => !name.includes('/')) : found).toEqual(expected);
    }
    expect(presetNames).toHaveLength(56);
  });

  it('speaks of seconds, also where the metric counts milliseconds', () => {
    expect(presets['istio/latency-p95'].query.value).toBe(
      'histogram_quantile(0.95, sum by (le) (rate(istio_request_duration_milliseconds_bucket{destination_canonical_service="{{service}}",destination_canonical_revision="{{version}}",reporter="destination"}[{{window}}]))) / 1000',
    );
  });

  it('picks the arm by other labels where the plan sets them', () => {
    const preset = presetWith('traefik/error-rate', { selector: 'service="shop-{{version}}@file"' });
    expect(preset?.query.samples).toBe(
      'sum(increase(traefik_service_requests_total{service="shop-{{version}}@file"}[{{window}}]))',
    );
    expect(presetWith('traefik/latency', { selector: 'x="y"' })).toBeUndefined();
    expect(presetWith('error-rate')).toEqual(presets['error-rate']);
  });

  it.each<[PresetName, object, object]>([
    ['success-rate', {}, { kind: 'threshold', min: 99, max: null }],
    ['error-rate', {}, { kind: 'threshold', min: null, max: 1 }],
    ['restarts', {}, { kind: 'threshold', min: null, max: 0 }],
    ['memory', { max: 512 }, { kind: 'threshold', min: null, max: 512 }],
    ['throughput-drop', {}, { kind: 'baseline', worse: 'lower', maxRatio: 2, maxDifference: null }],
    ['error-rate', { max: 5 }, { kind: 'threshold', min: null, max: 5 }],
    ['error-rate', { max: undefined }, { kind: 'threshold', min: null, max: 1 }],
    [
      'error-rate',
      { maxDifference: 2 },
      { kind: 'baseline', worse: 'higher', maxRatio: null, maxDifference: 2 },
    ],
    [
      'success-rate',
      { maxDifference: 2 },
      { kind: 'baseline', worse: 'lower', maxRatio: null, maxDifference: 2 },
    ],
    ['latency-p95', {}, { kind: 'baseline', worse: 'higher', maxRatio: 1.2, maxDifference: null }],
    [
      'latency-p95',
      { maxRatio: 2, maxDifference: 0.1 },
      { kind: 'baseline', worse: 'higher', maxRatio: 2, maxDifference: 0.1 },
    ],
    ['latency-p99', { max: 0.5 }, { kind: 'threshold', min: null, max: 0.5 }],
    ['throughput', { min: 5 }, { kind: 'threshold', min: 5, max: null }],
  ])('%s with %j', (name, given, expected) => {
    expect(resolvePreset(presets[name], given)).toEqual(expected);
  });

  it.each<[PresetName, object, string]>([
    ['throughput', {}, 'set min or max'],
    ['throughput', { maxRatio: 1.2 }, 'cannot be compared'],
    ['latency-p50', { max: 1, maxRatio: 1.2 }, 'two checks'],
  ])('%s refuses %j', (name, given, message) => {
    expect(resolvePreset(presets[name], given)).toEqual({
      kind: 'problem',
      message: expect.stringContaining(message),
    });
  });
});
