/** Operations on what is kept of rollouts that have ended: bundles, their holds, reports. */
import {
  bundleCollectedSchema,
  bundleListQuerySchema,
  bundleListSchema,
  bundleSchema,
  holdBodySchema,
  pruneAnswerSchema,
  pruneBodySchema,
  reportQuerySchema,
  verificationSchema,
} from '../evidence.ts';
import { noQuerySchema, runQuerySchema, targetParamsSchema } from '../rollouts.ts';
import type { OperationTable } from './types.ts';

const bundle = '/v1/rollouts/:environment/:service/evidence';
const ofOneRun = { params: targetParamsSchema, query: runQuerySchema };

export const evidenceOperations = {
  listEvidence: {
    method: 'GET',
    path: '/v1/evidence',
    query: bundleListQuerySchema,
    answer: bundleListSchema,
  },
  pruneEvidence: {
    method: 'POST',
    path: '/v1/evidence/prune',
    query: noQuerySchema,
    body: pruneBodySchema,
    answer: pruneAnswerSchema,
  },
  getEvidence: { method: 'GET', path: bundle, ...ofOneRun, answer: bundleSchema },
  collectEvidence: {
    method: 'POST',
    path: bundle,
    ...ofOneRun,
    body: noQuerySchema,
    answer: bundleCollectedSchema,
    statuses: [200, 201],
  },
  downloadEvidence: { method: 'GET', path: `${bundle}/archive`, ...ofOneRun, answer: 'bytes' },
  verifyEvidence: {
    method: 'GET',
    path: `${bundle}/verification`,
    ...ofOneRun,
    answer: verificationSchema,
  },
  holdEvidence: {
    method: 'POST',
    path: `${bundle}/hold`,
    ...ofOneRun,
    body: holdBodySchema,
    answer: bundleSchema,
  },
  releaseEvidence: {
    method: 'POST',
    path: `${bundle}/release`,
    ...ofOneRun,
    body: holdBodySchema,
    answer: bundleSchema,
  },
  getReport: {
    method: 'GET',
    path: '/v1/rollouts/:environment/:service/report',
    params: targetParamsSchema,
    query: reportQuerySchema,
    answer: 'text',
  },
} as const satisfies OperationTable;
