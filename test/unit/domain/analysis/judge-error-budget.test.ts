import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from '../../../../src/domain/analysis/index.ts';
import { windowsOf } from '../../../../src/domain/analysis/judge-error-budget.ts';
import { isEvidence } from '../../../../src/domain/analysis/kinds.ts';
import { errorBudget, shares } from './further-samples.ts';
import { failedQuery, noData } from './samples.ts';

const minuteMs = 60_000;
const [m5, m30, h1, h6, d30] = [5, 30, 60, 360, 43_200].map((minutes) => minutes * minuteMs);
const at = (five: number, thirty: number, hour: number, six: number, more: Record<number, number> = {}) =>
  shares({ [m5 ?? 0]: five, [m30 ?? 0]: thirty, [h1 ?? 0]: hour, [h6 ?? 0]: six, ...more });

describe('an error budget check', () => {
  it('fails when both windows of a pair burn too fast', () => {
    // 1.5 % of failures is 15 times what 99.9 % allows.
    const verdict = judge(errorBudget(), at(1.5, 0.2, 1.5, 0.2), null, 0);
    expect(verdict).toMatchObject({ kind: 'fail' });
    expect(verdict.reason).toBe(
      'budget: the budget burns at 15 times the sustainable rate over 1h and 15 over 5m; both reach the limit of 14.4',
    );
    expect(judge(errorBudget(), at(0.1, 0.7, 0.1, 0.7), null, 0).kind).toBe('fail');
  });

  it('passes when only one window of a pair does: it is over, or has hardly begun', () => {
    expect(judge(errorBudget(), at(0, 0.3, 2, 0.3), null, 0).kind).toBe('pass');
    expect(judge(errorBudget(), at(5, 0.3, 0.4, 0.1), null, 0).kind).toBe('pass');
  });

  it('fails when too little of the budget is left', () => {
    const config = errorBudget({ minLeft: 5 });
    const low = judge(config, at(0, 0, 0, 0, { [d30 ?? 0]: 0.097 }), null, 0);
    expect(low.reason).toBe('budget: 3 % of the budget of 30d is left, below the limit of 5 %');
    expect(low.kind).toBe('fail');
    const enough = judge(config, at(0, 0, 0, 0, { [d30 ?? 0]: 0.05 }), null, 0);
    expect(enough).toMatchObject({ kind: 'pass' });
    expect(enough.reason).toContain('50 % of the budget of 30d is left');
    expect(judge(config, at(0, 0, 0, 0, { [d30 ?? 0]: 0.3 }), null, 0).reason).toContain('-200 %');
  });

  it('shows why 0.99 subtracted from the success rate is never 5 %', () => {
    // The best success rate there is, 1, leaves 0.01 by that query; by budget, 100 % of it is left.
    const perfect = 1 - 0.99;
    expect(perfect).toBeLessThan(0.05);
    const config = errorBudget({ slo: 99, burn: [], minLeft: 5 });
    expect(judge(config, shares({ [d30 ?? 0]: 0 }), null, 0).reason).toContain('100 % of the budget');
    expect(judge(config, shares({ [d30 ?? 0]: 0.95 }), null, 0)).toMatchObject({ kind: 'pass' });
    expect(judge(config, shares({ [d30 ?? 0]: 0.96 }), null, 0)).toMatchObject({ kind: 'fail' });
  });

  it('passes nothing while a window has no data, yet fails on the others', () => {
    const missing = shares({ [m5 ?? 0]: 0, [h1 ?? 0]: 0 });
    expect(judge(errorBudget(), missing, null, 0)).toMatchObject({
      kind: 'no-data',
      reason: 'budget: there is no share of failures over 6h',
    });
    expect(judge(errorBudget(), shares({ [m5 ?? 0]: 9, [h1 ?? 0]: 9 }), null, 0).kind).toBe('fail');
    expect(judge(errorBudget({ minLeft: 5 }), at(0, 0, 0, 0), null, 0).kind).toBe('no-data');
    expect(judge(errorBudget(), noData, null, 0).kind).toBe('no-data');
    expect(judge(errorBudget(), failedQuery, null, 0).kind).toBe('error');
    expect(judge(errorBudget({ slo: 100 }), at(0, 0, 0, 0), null, 0).kind).toBe('error');
    expect(judge(errorBudget({ burn: [] }), at(0, 0, 0, 0), null, 0).kind).toBe('error');
  });

  it('asks for the whole period only where the budget left matters', () => {
    expect(windowsOf(errorBudget())).toEqual([h1, m5, h6, m30]);
    expect(windowsOf(errorBudget({ minLeft: 5 }))).toContain(d30);
  });

  it('is evidence for the canary only when its query asks for the canary', () => {
    expect(isEvidence(errorBudget())).toBe(true);
    expect(isEvidence(errorBudget({ query: { value: 'v{service="{{service}}"}', samples: null } }))).toBe(
      false,
    );
  });

  it('never writes a number that is none', () => {
    const share = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(share, share, share, share, share, (a, b, c, d, e) => {
        const verdict = judge(errorBudget({ minLeft: 5 }), at(a, b, c, d, { [d30 ?? 0]: e }), null, 0);
        expect(verdict.reason).not.toMatch(/NaN|undefined|null/);
        expect(['pass', 'fail']).toContain(verdict.kind);
      }),
    );
  });
});
