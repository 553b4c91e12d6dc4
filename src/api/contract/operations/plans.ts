/** Operations on plans, which change nothing: check one, try its queries, run it over history; and what one may name. */
import { backtestRequestSchema, backtestSchema } from '../backtest.ts';
import { metricsCheckBodySchema, metricsCheckSchema } from '../metrics-check.ts';
import { noQuerySchema, planBodySchema, validationSchema } from '../rollouts.ts';
import { catalogueSchema, healthSchema, readinessSchema } from '../service.ts';
import type { OperationTable } from './types.ts';

export const planOperations = {
  validatePlan: {
    method: 'POST',
    path: '/v1/validate',
    query: noQuerySchema,
    body: planBodySchema,
    answer: validationSchema,
  },
  checkMetrics: {
    method: 'POST',
    path: '/v1/metrics/check',
    query: noQuerySchema,
    body: metricsCheckBodySchema,
    answer: metricsCheckSchema,
  },
  runBacktest: {
    method: 'POST',
    path: '/v1/backtests',
    query: noQuerySchema,
    body: backtestRequestSchema,
    answer: backtestSchema,
  },
  getCatalogue: { method: 'GET', path: '/v1/catalogue', query: noQuerySchema, answer: catalogueSchema },
  getHealth: { method: 'GET', path: '/healthz', query: noQuerySchema, answer: healthSchema },
  getReadiness: { method: 'GET', path: '/readyz', query: noQuerySchema, answer: readinessSchema },
} as const satisfies OperationTable;
