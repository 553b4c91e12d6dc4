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
import { findingsSchema } from '../findings.ts';
import { noQuerySchema, runQuerySchema, targetParamsSchema } from '../rollouts.ts';
import type { OperationTable } from './types.ts';

const bundle = '/v1/rollouts/:environment/:service/evidence';
const ofOneRun = { params: targetParamsSchema, query: runQuerySchema };

const storeErrors = [
  'evidence-unconfigured',
  'evidence-unavailable',
  'evidence-damaged',
  'evidence-key',
] as const;

const reportErrors = [
  'evidence-unavailable',
  'evidence-not-found',
  'evidence-pruned',
  'evidence-damaged',
  'evidence-key',
  'rollout-not-found',
  'temporal-unavailable',
] as const;

export const evidenceOperations = {
  listEvidence: {
    method: 'GET',
    path: '/v1/evidence',
    tag: 'evidence',
    summary: 'Bundles of evidence, those collected last first, and what could not be kept yet',
    query: bundleListQuerySchema,
    answer: bundleListSchema,
    errors: [...storeErrors, 'temporal-unavailable'],
  },
  pruneEvidence: {
    method: 'POST',
    path: '/v1/evidence/prune',
    tag: 'evidence',
    summary: 'Delete the files of bundles whose time is over and that nobody holds',
    query: noQuerySchema,
    body: pruneBodySchema,
    answer: pruneAnswerSchema,
    errors: [...storeErrors, 'idempotency-mismatch'],
  },
  getEvidence: {
    method: 'GET',
    path: bundle,
    tag: 'evidence',
    summary: 'The manifest of a bundle, its signature, holds and what became of it',
    ...ofOneRun,
    answer: bundleSchema,
    errors: [...storeErrors, 'evidence-not-found'],
  },
  collectEvidence: {
    method: 'POST',
    path: bundle,
    tag: 'evidence',
    summary: 'Collect the bundle of a rollout that has ended, unless it is there',
    ...ofOneRun,
    body: noQuerySchema,
    answer: bundleCollectedSchema,
    statuses: [200, 201],
    errors: [
      ...storeErrors,
      'evidence-early',
      'rollout-not-found',
      'idempotency-mismatch',
      'temporal-unavailable',
    ],
  },
  downloadEvidence: {
    method: 'GET',
    path: `${bundle}/archive`,
    tag: 'evidence',
    summary: 'All files of a bundle as a tar archive',
    ...ofOneRun,
    answer: 'bytes',
    errors: [...storeErrors, 'evidence-not-found', 'evidence-pruned'],
  },
  verifyEvidence: {
    method: 'GET',
    path: `${bundle}/verification`,
    tag: 'evidence',
    summary: 'Check hashes, signature and chain of a bundle, and replay its history',
    ...ofOneRun,
    answer: verificationSchema,
    errors: [...storeErrors, 'evidence-not-found'],
  },
  holdEvidence: {
    method: 'POST',
    path: `${bundle}/hold`,
    tag: 'evidence',
    summary: 'Keep a bundle for as long as it is held',
    ...ofOneRun,
    body: holdBodySchema,
    answer: bundleSchema,
    errors: [...storeErrors, 'evidence-not-found', 'evidence-pruned', 'idempotency-mismatch'],
  },
  releaseEvidence: {
    method: 'POST',
    path: `${bundle}/release`,
    tag: 'evidence',
    summary: 'Lift the legal hold of a bundle',
    ...ofOneRun,
    body: holdBodySchema,
    answer: bundleSchema,
    errors: [...storeErrors, 'evidence-not-found', 'evidence-pruned', 'idempotency-mismatch'],
  },
  getFindings: {
    method: 'GET',
    path: '/v1/rollouts/:environment/:service/findings',
    tag: 'evidence',
    summary: 'What gates found of a version: vulnerabilities, compliance, readiness, and what nobody asked',
    ...ofOneRun,
    answer: findingsSchema,
    errors: [...reportErrors],
  },
  getReport: {
    method: 'GET',
    path: '/v1/rollouts/:environment/:service/report',
    tag: 'evidence',
    summary: 'A report of a rollout, as Markdown or as one HTML page',
    params: targetParamsSchema,
    query: reportQuerySchema,
    answer: 'text',
    errors: [...reportErrors],
  },
} as const satisfies OperationTable;
