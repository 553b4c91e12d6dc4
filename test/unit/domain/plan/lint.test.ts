import { describe, expect, it } from 'vitest';
import { lintPlan } from '../../../../src/domain/plan/lint.ts';
import { type Document, planWith, warningsWith } from './fixtures.ts';

const second = { weight: 50 };

describe('lint', () => {
  it('has nothing to say of the defaults', () => {
    expect(lintPlan(planWith())).toEqual([]);
  });

  it.each<[string, Document, RegExp]>([
    ['stages[0].soak', { stages: [{ weight: 10, soak: '0s' }, second] }, /^no soak, so nothing is judged/],
    [
      'stages[0].soak',
      { stages: [{ weight: 10, soak: '20s', checks: [{ preset: 'error-rate', window: '20s' }] }, second] },
      /^shorter than two intervals of 15s/,
    ],
    [
      'stages[0].soak',
      {
        stages: [
          { weight: 10, soak: '1m', checks: [{ preset: 'error-rate', failAfter: { consecutive: 5 } }] },
          second,
        ],
      },
      /^has 4 looks, too few for error-rate to fail/,
    ],
    [
      'stages[0].soak',
      { checks: [{ preset: 'latency-p95', max: 1 }], stages: [{ weight: 10, soak: '30s' }, second] },
      /latency-p95 looks back past the beginning/,
    ],
    [
      'stages[0].checks',
      { stages: [{ weight: 10, checks: [{ preset: 'error-rate', window: '10s' }] }, second] },
      /less than the interval of 15s/,
    ],
    ['stages[0].weight', { stages: [{ weight: 60 }, { weight: 80 }] }, /takes 60 % of the users/],
    [
      'stages[1].weight',
      { stages: [{ match: { header: 'a', value: 'b' } }, { weight: 60 }] },
      /takes 60 % of the users/,
    ],
    [
      'stages[1].approval',
      { stages: [{ weight: 10 }, { weight: 50, approval: true }] },
      /until maxDuration \(1h20m\) rolls back/,
    ],
    ['stages', { stages: [{ weight: 10 }] }, /^a single stage/],
    ['rollback.timeout', { rollback: { timeout: '30s' } }, /^shorter than lease.ttl \(45s\)/],
    ['lease.ttl', { lease: { ttl: '10m' }, rollback: { timeout: '10m' } }, /for up to 10m/],
    ['lease.orphanGrace', { lease: { orphanGrace: '6m' } }, /^for 6m without Temporal/],
    ['maxDuration', { maxDuration: '12m' }, /at least 15m$/],
    ['watchAfter', { watchAfter: '0s' }, /^nobody watches after promotion/],
    ['templates.spare', { templates: { spare: { preset: 'error-rate' } } }, /^no check uses this template/],
  ])('warns at %s of %j', (path, changes, message) => {
    const warnings = warningsWith(changes);
    expect(warnings[path]).toMatch(message);
    expect(Object.keys(warnings)).toEqual([path]);
  });

  it.each<[string, Document]>([
    ['a limit that the time-out reaches', { rollback: { timeout: '45s' } }],
    ['a short window', { stages: [{ weight: 10, soak: '1m', warmUp: '5s' }, second] }],
    ['an approval with a time-out', { stages: [{ weight: 10, approval: true, timeout: '2h' }, second] }],
    ['half of the users at first', { stages: [{ weight: 50 }, { weight: 80 }] }],
  ])('is silent about %s', (_what, changes) => {
    expect(warningsWith(changes)).toEqual({});
  });
});
