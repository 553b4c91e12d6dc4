import { describe, expect, it } from 'vitest';
import { custom, type Document, planWith, problemsWith, told } from './fixtures.ts';

const absolute = { ...custom, kind: 'threshold', max: 100 };
const problems = (rollback: Document, more: Document = {}) => told(problemsWith({ rollback, ...more }));

describe('rollback', () => {
  it('leaves out what a plan does not ask for', () => {
    expect(planWith().rollback).toEqual({
      timeoutMs: 60_000,
      strategy: 'immediate',
      secondMeans: [],
      proof: 'read',
    });
  });

  it('reads a gradual way back, which has four steps by default', () => {
    const { rollback } = planWith({ rollback: { strategy: 'gradual', over: '2m', timeout: '5m' } });
    expect(rollback.ramp).toEqual({ overMs: 120_000, steps: 4 });
  });

  it('refuses a ramp that leaves the restore too little of the time, or a step less than a second', () => {
    expect(problems({ strategy: 'gradual', over: '40s' })['rollback.over']).toMatch(
      /at most half of rollback.timeout, here 30s/,
    );
    expect(problems({ strategy: 'gradual' })['rollback.over']).toMatch(/is required by strategy gradual/);
    expect(problems({ strategy: 'gradual', over: '3s', steps: 5 })['rollback.steps']).toMatch(
      /has room for 3/,
    );
  });

  it('refuses fields of another strategy', () => {
    expect(problems({ over: '10s' })['rollback.over']).toMatch(/belongs to strategy gradual/);
    const actions = [{ action: 'drain' }];
    expect(problems({ strategy: 'blue-green', actions })['rollback.actions']).toMatch(
      /belongs to strategy phased/,
    );
  });

  it('reads actions in order; stopping the traffic is first, written or not', () => {
    const actions = [
      { action: 'stop-traffic' },
      { action: 'drain', timeout: '10s' },
      { action: 'flag-off', hook: 'shop-flag', onFailure: 'stop' },
      { action: 'command', hook: 'flush-cache' },
    ];
    expect(planWith({ rollback: { strategy: 'phased', actions } }).rollback.actions).toEqual([
      { action: 'drain', hook: null, timeoutMs: 10_000, onFailure: 'continue' },
      { action: 'flag-off', hook: 'shop-flag', timeoutMs: 30_000, onFailure: 'stop' },
      { action: 'command', hook: 'flush-cache', timeoutMs: 30_000, onFailure: 'continue' },
    ]);
  });

  it.each([
    [[{ action: 'drain' }, { action: 'stop-traffic' }], 'actions[1].action', /always first/],
    [[{ action: 'drain', hook: 'shop-flag' }], 'actions[0].hook', /drain needs no hook/],
    [[{ action: 'webhook' }], 'actions[0].hook', /is required by webhook/],
    [
      [{ action: 'webhook', hook: 'shop-flags' }],
      'actions[0].hook',
      /no hook "shop-flags"; did you mean "?shop-flag/,
    ],
    [
      [{ action: 'webhook', hook: 'flush-cache' }],
      'actions[0].hook',
      /of type command, and webhook needs one of type http/,
    ],
    [[{ action: 'curl' }], 'actions[0].action', /is unknown/],
    [[], 'actions', /at least 1/],
  ])('refuses wrong actions %j', (actions, path, message) => {
    expect(problems({ strategy: 'phased', actions })[`rollback.${path}`]).toMatch(message);
  });

  it.each([
    [{ secondMeans: ['flag-off'] }, /required by flag-off/],
    [{ secondMeans: ['flag-off'], flagHook: 'shop-flags' }, /no hook "shop-flags"; did you mean "?shop-flag/],
    [{ flagHook: 'shop-flag' }, /not among secondMeans/],
  ])('refuses a flag to switch off that %j does not make clear', (rollback, message) => {
    expect(problems(rollback)['rollback.flagHook']).toMatch(message);
  });

  it('reads a verification by absolute checks only', () => {
    const { verify } = planWith({ rollback: { verify: { checks: [absolute] } } }).rollback;
    expect(verify).toMatchObject({ consecutive: 3, intervalMs: 5_000, timeoutMs: 120_000 });
    expect(verify?.checks.map(({ name }) => name)).toEqual(['queue']);
    const relative = { verify: { checks: ['latency-p95'] } };
    expect(problems(relative)['rollback.verify.checks[0]']).toMatch(
      /cannot judge the stable version by itself/,
    );
    const hasty = { verify: { checks: [absolute], consecutive: 5, interval: '1m' } };
    expect(problems(hasty)['rollback.verify.timeout']).toMatch(/no room for 5 looks/);
  });

  it('counts a template that only the verification uses as used', () => {
    const templates = { depth: absolute };
    expect(
      planWith({ templates, rollback: { verify: { checks: ['depth'] } } }).rollback.verify?.checks,
    ).toHaveLength(1);
  });

  it('needs a warm old version for what goes back after the promotion', () => {
    const gone = { watchAfter: '0s' };
    expect(problems({ strategy: 'blue-green' }, gone)['rollback.strategy']).toMatch(/needs watchAfter/);
    expect(problems({ approval: true }, gone)['rollback.approval']).toMatch(/needs watchAfter/);
  });

  it('keeps cooldown, repetition, approval and what failures lead to', () => {
    const plan = planWith({
      rollback: { cooldown: '10m', allowRepeat: true, approval: true },
      onFailure: 'freeze',
      stages: [
        { weight: 10, onFailure: 'rollback' },
        { weight: 50, irreversible: true },
      ],
    });
    expect(plan.rollback).toMatchObject({ cooldownMs: 600_000, allowRepeat: true, approval: true });
    expect(plan.onFailure).toBe('freeze');
    expect(plan.stages).toMatchObject([{ onFailure: 'rollback' }, { irreversible: true }]);
  });
});

describe('the checks by which stable can be judged', () => {
  const absolutes = (checks: readonly unknown[]) =>
    planWith({ checks, stages: [{ weight: 10 }] }).stages[0]?.absolute;

  it('are those for which the plan sets a limit, also where they count', () => {
    const found = absolutes([{ preset: 'success-rate', limit: 2 }, 'error-rate', 'latency-p95', absolute]);
    expect(found).toMatchObject([
      { name: 'success-rate', kind: 'threshold', min: 98, max: null },
      { name: 'queue', kind: 'threshold', max: 100 },
    ]);
  });

  it('are not said where the thresholds are all there is, and not those that only compare', () => {
    expect(absolutes([absolute])).toBeUndefined();
    expect(absolutes(['success-rate', 'latency-p95'])).toBeUndefined();
  });
});
