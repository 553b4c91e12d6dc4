import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CompositeCheck } from '../../../../src/domain/analysis/further-checks.ts';
import { judge } from '../../../../src/domain/analysis/index.ts';
import type { Verdict, VerdictKind } from '../../../../src/domain/analysis/types.ts';
import { composite, part } from './further-samples.ts';
import { threshold, verdict } from './samples.ts';

function answer(config: CompositeCheck, kinds: readonly VerdictKind[]): Verdict {
  const parts = kinds.map((kind, at) => verdict(kind, { reason: `part ${at} says ${kind}` }));
  return judge(config, { kind: 'value', value: 0, samples: null, parts }, null, 0);
}

const partsOf = (...weights: readonly number[]) => weights.map((weight) => part({ weight }));

describe('a composite check', () => {
  it('all: passes when every part does, and fails with the first that fails', () => {
    const config = composite({ mode: 'all' });
    expect(answer(config, ['pass', 'pass', 'pass', 'pass'])).toMatchObject({
      kind: 'pass',
      reason: 'canary score: all 4 parts pass',
    });
    expect(answer(config, ['pass', 'no-data', 'fail', 'error'])).toMatchObject({
      kind: 'fail',
      reason: 'canary score: part 2 says fail',
    });
    expect(answer(config, ['pass', 'no-data', 'pass', 'error']).kind).toBe('error');
    expect(answer(config, ['pass', 'no-data', 'pass', 'pass']).kind).toBe('no-data');
  });

  it('any: passes with the first that does, and fails only when all do', () => {
    const config = composite({ mode: 'any' });
    expect(answer(config, ['fail', 'error', 'pass', 'no-data']).kind).toBe('pass');
    expect(answer(config, ['fail', 'fail', 'fail', 'no-data']).kind).toBe('no-data');
    expect(answer(config, ['fail', 'fail', 'fail', 'fail'])).toMatchObject({ kind: 'fail', canary: 0 });
  });

  it('score: weighs the parts and compares with the pass and the marginal line', () => {
    const config = composite({ parts: partsOf(70, 20, 6, 4) });
    expect(answer(config, ['pass', 'pass', 'pass', 'pass'])).toMatchObject({ kind: 'pass', canary: 100 });
    expect(answer(config, ['pass', 'pass', 'pass', 'fail'])).toMatchObject({ kind: 'pass', canary: 96 });
    const marginal = answer(config, ['pass', 'fail', 'pass', 'pass']);
    expect(marginal).toMatchObject({ kind: 'no-data', canary: 80 });
    expect(marginal.reason).toBe(
      'canary score: score 80 of 100 is marginal; 95 would pass: part 1 says fail',
    );
    expect(answer(config, ['fail', 'pass', 'pass', 'pass'])).toMatchObject({ kind: 'fail', canary: 30 });
  });

  it('score: a critical part that fails makes it 0', () => {
    const config = composite({ parts: [part({ weight: 99 }), part({ critical: true })] });
    const verdict = answer(config, ['pass', 'fail']);
    expect(verdict).toMatchObject({ kind: 'fail', canary: 0 });
    expect(verdict.reason).toContain('a critical part failed: part 1 says fail');
  });

  it('never scores what was not measured, unless the part says what that means', () => {
    expect(answer(composite(), ['pass', 'pass', 'pass', 'no-data']).kind).toBe('no-data');
    expect(answer(composite(), ['pass', 'pass', 'pass', 'error']).kind).toBe('error');
    const lenient = part({ check: threshold({ onNoData: 'pass' }) });
    expect(answer(composite({ parts: [part(), lenient] }), ['pass', 'no-data'])).toMatchObject({
      kind: 'pass',
      canary: 100,
    });
    const strict = part({ check: threshold({ onNoData: 'fail' }) });
    expect(answer(composite({ parts: [part(), strict] }), ['pass', 'no-data'])).toMatchObject({
      kind: 'fail',
      canary: 50,
    });
    expect(answer(composite({ parts: [lenient] }), ['no-data']).kind).toBe('no-data');
    expect(answer(composite(), []).kind).toBe('no-data');
    expect(answer(composite(), ['pass']).kind).toBe('no-data');
  });

  it('agrees with itself, whatever the parts say', () => {
    const kind = fc.constantFrom<VerdictKind>('pass', 'fail', 'no-data', 'error');
    const weight = fc.double({ min: 0.01, max: 1000, noNaN: true });
    const given = fc.array(fc.tuple(kind, weight, fc.boolean()), { minLength: 1, maxLength: 8 });
    const mode = fc.constantFrom<CompositeCheck['mode']>('all', 'any', 'score');
    fc.assert(
      fc.property(given, mode, (list, how) => {
        const parts = list.map(([, one, critical]) => part({ weight: one, critical }));
        const kinds = list.map(([one]) => one);
        const found = answer(composite({ mode: how, parts }), kinds);
        if (kinds.every((one) => one === 'pass')) expect(found).toMatchObject({ kind: 'pass', canary: 100 });
        if (kinds.every((one) => one === 'fail')) expect(found).toMatchObject({ kind: 'fail', canary: 0 });
        if (!kinds.includes('pass')) expect(found.kind).not.toBe('pass');
        if (!kinds.includes('fail')) expect(found.kind).not.toBe('fail');
        expect(found.reason).not.toMatch(/NaN|undefined|null/);
      }),
    );
  });
});
