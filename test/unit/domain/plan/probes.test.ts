import { describe, expect, it } from 'vitest';
import type { CheckConfig } from '../../../../src/domain/analysis/types.ts';
import { type Document, planWith, problemsWith, told, warningsWith } from './fixtures.ts';

const database: Document = { kind: 'health', name: 'database', probe: 'shop-db' };
const pages: Document = { kind: 'alert', name: 'pages', source: 'pager', match: { severity: 'page' } };

function checkOf(check: Document): CheckConfig | undefined {
  return planWith({ checks: ['success-rate', check] }).stages[0]?.checks[1];
}

function problemsOf(check: Document): Record<string, string> {
  return told(problemsWith({ checks: ['success-rate', check] }));
}

describe('a health check', () => {
  it('of what both versions need holds, unless the plan says otherwise', () => {
    expect(checkOf(database)).toEqual({
      kind: 'health',
      name: 'database',
      unit: '',
      probe: 'shop-db',
      scope: 'shared',
      onFail: 'hold',
      timeoutMs: 2_000,
      onNoData: 'hold',
      failure: { consecutive: 2, kOfN: null },
      maxConsecutiveErrors: 4,
    });
    expect(checkOf({ ...database, onFail: 'rollback' })).toMatchObject({
      scope: 'shared',
      onFail: 'rollback',
    });
  });

  it('takes the canary back when its probe reaches the canary itself, or the plan says that it does', () => {
    const canary = { scope: 'canary', onFail: 'rollback' };
    expect(checkOf({ ...database, probe: 'app' })).toMatchObject(canary);
    expect(checkOf({ ...database, scope: 'canary' })).toMatchObject(canary);
  });

  it('takes its limits from the plan', () => {
    const limits = { timeout: '500ms', failAfter: { failures: 3, of: 5 }, maxConsecutiveErrors: 2 };
    expect(checkOf({ ...database, ...limits })).toMatchObject({
      timeoutMs: 500,
      failure: { consecutive: 3, kOfN: { failures: 3, of: 5 } },
      maxConsecutiveErrors: 2,
    });
  });

  it('may be a template', () => {
    const plan = planWith({
      templates: { db: { kind: 'health', probe: 'shop-db' } },
      checks: ['success-rate', { preset: 'db', timeout: '1s' }],
    });
    expect(plan.stages[0]?.checks[1]).toMatchObject({ kind: 'health', name: 'db', timeoutMs: 1_000 });
  });

  it('names an instance that the operator configured, and nothing of the network', () => {
    expect(problemsOf({ ...database, probe: 'shop-bd' })['checks[1].probe']).toContain(
      'did you mean "shop-db"?',
    );
    expect(problemsOf({ ...database, address: 'db:5432' })['checks[1].address']).toContain('unknown key');
    expect(problemsOf({ ...database, timeout: '1m' })['checks[1].timeout']).toContain('must be 100ms to 8s');
    expect(problemsOf({ kind: 'health', probe: 'app' })['checks[1].name']).toBe('is required');
  });
});

describe('an alert check', () => {
  it('fails at the first look, since the alert has waited already', () => {
    expect(checkOf(pages)).toMatchObject({
      source: 'pager',
      match: { severity: ['page'] },
      onFail: 'rollback',
      failure: { consecutive: 1, kOfN: null },
    });
  });

  it('takes several values, and the facts of the rollout', () => {
    const match = { severity: ['page', 'critical'], version: '{{version}}' };
    expect(checkOf({ ...pages, match })).toMatchObject({
      match: { severity: ['page', 'critical'], version: ['{{version}}'] },
    });
  });

  it('must name labels, by names that are some, with placeholders that exist', () => {
    const at = (match: Document) => problemsOf({ ...pages, match });
    expect(at({})['checks[1].match']).toContain('at least one label');
    expect(at({ 'a-b': 'x' })['checks[1].match']).toContain('must name labels');
    expect(at({ a: '{{window}}' })['checks[1].match.a']).toContain('unknown placeholder');
    expect(problemsOf({ ...pages, source: 'pagre' })['checks[1].source']).toContain('did you mean "pager"?');
  });
});

describe('a plan whose checks never look at the canary', () => {
  it.each([
    ['a shared dependency', [database]],
    ['alerts', [pages]],
    ['both', [database, pages]],
    ['one that may lack data', [{ preset: 'success-rate', onNoData: 'pass' }, database]],
  ])('is refused: %s', (_name, checks) => {
    expect(told(problemsWith({ checks })).checks).toContain('has no effective check');
  });

  it('is fine when a probe reaches the canary', () => {
    const checks = [{ ...database, probe: 'app' }, pages];
    expect(problemsWith({ checks })).toEqual([]);
    expect(warningsWith({ checks })['stages[0].checks']).toContain('nothing asks what its users get');
    expect(warningsWith({ checks: [...checks, 'success-rate'] })).not.toHaveProperty(['stages[0].checks']);
  });
});

describe('a throughput drop', () => {
  const weights = [{ weight: 0, match: { header: 'x-canary', value: '1' } }, { weight: 50 }, { weight: 100 }];

  it('holds no stage in which one arm is to have all of the traffic', () => {
    const { stages } = planWith({ checks: ['success-rate', 'throughput-drop'], stages: weights });
    expect(stages.map(({ checks }) => checks[1]?.onNoData)).toEqual(['pass', 'hold', 'pass']);
    expect(stages.map(({ checks }) => checks[0]?.onNoData)).toEqual(['hold', 'hold', 'hold']);
  });

  it('is no check at all of such a stage', () => {
    const problems = told(problemsWith({ checks: ['throughput-drop'], stages: weights }));
    expect(Object.keys(problems)).toEqual(['stages[0]', 'stages[2]']);
    expect(problems['stages[0]']).toContain('no effective check');
  });
});
