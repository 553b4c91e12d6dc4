import { describe, expect, it } from 'vitest';
import {
  type PresetName,
  presetNames,
  presets,
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
    for (const template of [value, samples ?? '']) {
      expect(templateProblems(template)).toEqual([]);
      expect(placeholdersIn(template).sort()).toEqual(['service', 'version', 'window']);
    }
  });

  it.each<[PresetName, object, object]>([
    ['success-rate', {}, { kind: 'threshold', min: 99, max: null }],
    ['error-rate', {}, { kind: 'threshold', min: null, max: 1 }],
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
