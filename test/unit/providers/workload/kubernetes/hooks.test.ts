import { describe, expect, it } from 'vitest';
import { parsePlan } from '../../../../../src/domain/plan/schema.ts';
import { defaultCatalogue } from '../../../../../src/providers/default-catalogue.ts';

const plan = (promotion: unknown) => ({
  service: 'shop',
  environment: 'demo',
  version: 'v2',
  traffic: 'gateway-api',
  metrics: 'prometheus',
  workload: { provider: 'kubernetes', promotion },
  checks: ['success-rate'],
  stages: [{ weight: 10 }, { weight: 50 }],
});
const catalogue = { ...defaultCatalogue(), hooks: { 'argo-sync': { type: 'http' } } };

describe('a plan whose promotion is a hook', () => {
  it('names one of the operator’s', () => {
    expect(parsePlan(plan({ hook: 'argo-sync' }), catalogue).ok).toBe(true);
    expect(parsePlan(plan({ hook: 'argo-sink' }), catalogue)).toMatchObject({
      ok: false,
      problems: [
        {
          path: 'workload',
          message: 'there is no hook "argo-sink"; did you mean "argo-sync"? allowed: argo-sync',
        },
      ],
    });
  });

  it('need not name any', () => {
    expect(parsePlan(plan('gitops'), catalogue).ok).toBe(true);
  });
});
