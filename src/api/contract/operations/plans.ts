/**
 * Operations on plans, which change nothing: check one, try its queries, run it over history; and what one may name.
 */
import { backtestRequestSchema, backtestSchema } from '../backtest.ts';
import { metricsCheckBodySchema, metricsCheckSchema } from '../metrics-check.ts';
import { noQuerySchema, validateBodySchema, validationSchema } from '../rollouts.ts';
import { catalogueSchema } from '../service.ts';
import type { OperationTable } from './types.ts';

export const planOperations = {
  validatePlan: {
    method: 'POST',
    path: '/v1/validate',
    tag: 'plans',
    summary: 'Check a plan and show every problem at once',
    query: noQuerySchema,
    body: validateBodySchema,
    answer: validationSchema,
    errors: ['policies-invalid', 'temporal-unavailable'],
  },
  checkMetrics: {
    method: 'POST',
    path: '/v1/metrics/check',
    tag: 'plans',
    summary: 'Send every query of a plan once and show what comes back',
    query: noQuerySchema,
    body: metricsCheckBodySchema,
    answer: metricsCheckSchema,
    errors: ['plan-invalid', 'plan-refused', 'provider-unknown', 'metrics-unavailable', 'metrics-query'],
  },
  runBacktest: {
    method: 'POST',
    path: '/v1/backtests',
    tag: 'plans',
    summary: "Run a plan's analysis over history",
    query: noQuerySchema,
    body: backtestRequestSchema,
    answer: backtestSchema,
    errors: [
      'plan-invalid',
      'plan-refused',
      'provider-unknown',
      'metrics-unavailable',
      'metrics-query',
      'backtest-busy',
    ],
  },
  getCatalogue: {
    method: 'GET',
    path: '/v1/catalogue',
    tag: 'plans',
    summary: 'Providers, checks and presets that a plan may name, each with its schema',
    query: noQuerySchema,
    answer: catalogueSchema,
    errors: [],
  },
} as const satisfies OperationTable;
