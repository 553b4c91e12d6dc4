/** Examples of the document: what plans are asked and answered. */
import { atMs, plan } from './rollouts.ts';

export const planExamples = {
  validatePlan: {
    body: { plan },
    answer: {
      ok: false,
      problems: [
        {
          path: 'stages',
          message: 'must have 2 or more (policy "prod-stages")',
          kind: 'policy',
          policy: 'prod-stages',
        },
      ],
      warnings: [],
      recommendations: [],
    },
  },
  checkMetrics: {
    body: { plan, stable: 'v1' },
    answer: {
      ok: true,
      source: 'prometheus',
      canary: 'v2',
      stable: 'v1',
      checks: [
        {
          check: 'success-rate',
          kind: 'counts',
          stages: ['10%'],
          ok: true,
          queries: [
            {
              arm: 'canary',
              role: 'total',
              query: 'sum(increase(http_requests_total{version="v2"}[1m]))',
              needed: true,
              state: 'data',
              series: 1,
              value: 196,
              labels: [{}],
              problem: null,
              hints: [],
            },
          ],
        },
      ],
    },
  },
  runBacktest: {
    body: { plan, stable: 'v1', fromMs: atMs - 3_600_000, toMs: atMs },
    answer: {
      target: 'prod/shop',
      canary: 'v2',
      stable: 'v1',
      fromMs: atMs - 3_600_000,
      toMs: atMs,
      outcome: {
        kind: 'promoted',
        atMs: atMs - 3_000_000,
        afterMs: 600_000,
        reason: 'every check of every stage passed',
      },
      looks: 120,
      stages: [],
      timeline: [{ atMs: atMs - 3_600_000, kind: 'started', text: 'rollout of shop v2 to prod' }],
      notes: [],
    },
  },
  getCatalogue: { answer: { traffic: [{ name: 'haproxy', type: 'haproxy' }], presets: ['success-rate'] } },
} as const;
