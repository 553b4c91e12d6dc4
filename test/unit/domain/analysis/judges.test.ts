/** What holds for every check kind, whatever the numbers are. */
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkKinds, judge, needsStable } from '../../../../src/domain/analysis/index.ts';
import type { MetricCheck, Reading } from '../../../../src/domain/analysis/types.ts';
import { baseline, threshold, value } from './samples.ts';

const number = fc.oneof(fc.double(), fc.constantFrom(0, -0, 1, Number.MAX_VALUE, Number.MIN_VALUE));
const samples = fc.oneof(fc.constant(null), fc.integer({ min: -10, max: 1000 }), fc.double());
const limit = fc.oneof(fc.constant(null), fc.double({ noNaN: true, noDefaultInfinity: true }));
const reading: fc.Arbitrary<Reading> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(number, samples).map(([n, count]) => value(n, count)) },
  fc.constant<Reading>({ kind: 'no-data', reason: 'nothing' }),
  fc.constant<Reading>({ kind: 'error', reason: 'refused' }),
);
const minSamples = fc.integer({ min: 0, max: 100 });
const thresholds = fc
  .tuple(limit, limit, minSamples)
  .map(([min, max, needed]) => threshold({ min, max, minSamples: needed }));
const baselines = fc
  .tuple(limit, limit, minSamples, fc.constantFrom('higher' as const, 'lower' as const))
  .map(([maxRatio, maxDifference, needed, worse]) =>
    baseline({ maxRatio, maxDifference, minSamples: needed, worse }),
  );
const check: fc.Arbitrary<MetricCheck> = fc.oneof(thresholds, baselines);

function isEvidence(config: MetricCheck, arm: Reading | null): boolean {
  if (arm?.kind !== 'value' || !Number.isFinite(arm.value)) return false;
  if (arm.samples === null) return config.minSamples === 0;
  return Number.isFinite(arm.samples) && arm.samples >= Math.max(1, config.minSamples);
}

describe('every check kind', () => {
  it('concludes nothing from nothing', () => {
    fc.assert(
      fc.property(check, reading, fc.oneof(reading, fc.constant(null)), (config, canary, stable) => {
        const { kind } = judge(config, canary, stable, 0);
        const evidence = isEvidence(config, canary) && (!needsStable(config) || isEvidence(config, stable));
        if (!evidence) expect(['no-data', 'error']).toContain(kind);
      }),
    );
  });

  it('passes only within a bound that is set', () => {
    fc.assert(
      fc.property(thresholds, reading, (config, canary) => {
        if (judge(config, canary, null, 0).kind !== 'pass' || canary.kind !== 'value') return;
        expect(config.min ?? config.max).not.toBeNull();
        expect(canary.value).toBeGreaterThanOrEqual(config.min ?? Number.NEGATIVE_INFINITY);
        expect(canary.value).toBeLessThanOrEqual(config.max ?? Number.POSITIVE_INFINITY);
      }),
    );
  });

  it('never fails identical arms against each other', () => {
    fc.assert(
      fc.property(baselines, reading, (config, arm) => {
        expect(judge(config, arm, arm, 0).kind).not.toBe('fail');
      }),
    );
  });

  it('gives the same verdict to the same input, in plain JSON', () => {
    fc.assert(
      fc.property(check, reading, reading, (config, canary, stable) => {
        const verdict = judge(config, canary, stable, 7);
        expect(judge(config, canary, stable, 7)).toEqual(verdict);
        expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
        expect(verdict.reason).not.toMatch(/undefined|null|\n/);
      }),
    );
  });

  it('says error when an arm that it needs did', () => {
    const failed: Reading = { kind: 'error', reason: 'refused' };
    fc.assert(
      fc.property(check, reading, (config, other) => {
        expect(judge(config, failed, other, 0).kind).toBe('error');
        if (needsStable(config)) expect(judge(config, other, failed, 0).kind).toBe('error');
      }),
    );
  });
});

describe('the registry of check kinds', () => {
  it('holds what the folder holds', () => {
    const folder = new URL('../../../../src/domain/analysis/', import.meta.url);
    const files = readdirSync(folder).flatMap((file) => /^judge-(.+)\.ts$/.exec(file)?.[1] ?? []);
    const kinds = files.map((file) => file.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()));
    expect(Object.keys(checkKinds).sort()).toEqual(kinds.sort());
    for (const [name, entry] of Object.entries(checkKinds)) expect(entry.kind).toBe(name);
  });
});
