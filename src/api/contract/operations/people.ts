/** Operations between rollouts and people: what waits for them, who was told, incidents. */
import { linkBodySchema, linkSchema, waitingListSchema, waitingQuerySchema } from '../approvals.ts';
import {
  incidentListSchema,
  incidentParamsSchema,
  incidentQuerySchema,
  incidentViewSchema,
} from '../incidents.ts';
import { ackAnswerSchema, ackBodySchema, noticesViewSchema } from '../notices.ts';
import { noQuerySchema, runQuerySchema, targetParamsSchema } from '../rollouts.ts';
import type { OperationTable } from './types.ts';

const rollout = '/v1/rollouts/:environment/:service';
const incident = '/v1/incidents/:environment/:service';

export const peopleOperations = {
  listApprovals: {
    method: 'GET',
    path: '/v1/approvals',
    tag: 'approvals',
    summary: 'What waits for a yes or a no, and of whom',
    query: waitingQuerySchema,
    answer: waitingListSchema,
    errors: ['temporal-unavailable'],
  },
  makeApprovalLink: {
    method: 'POST',
    path: `${rollout}/approval-links`,
    tag: 'approvals',
    summary: 'Make a link by which one person answers what is asked now, once',
    params: targetParamsSchema,
    query: noQuerySchema,
    body: linkBodySchema,
    answer: linkSchema,
    statuses: [201],
    errors: [
      'approvals-unconfigured',
      'command-refused',
      'rollout-not-found',
      'worker-absent',
      'temporal-unavailable',
    ],
  },
  getNotices: {
    method: 'GET',
    path: `${rollout}/notices`,
    tag: 'notices',
    summary: 'Who was told of a rollout, what waits, and what is open',
    params: targetParamsSchema,
    query: runQuerySchema,
    answer: noticesViewSchema,
    errors: ['rollout-not-found', 'notices-not-found', 'worker-absent', 'temporal-unavailable'],
  },
  acknowledge: {
    method: 'POST',
    path: `${rollout}/ack`,
    tag: 'notices',
    summary: 'Say that somebody has taken the trouble of a rollout on, which ends its escalation',
    params: targetParamsSchema,
    query: noQuerySchema,
    body: ackBodySchema,
    answer: ackAnswerSchema,
    statuses: [200, 202],
    errors: [
      'rollout-not-found',
      'notices-not-found',
      'command-refused',
      'idempotency-mismatch',
      'worker-absent',
      'temporal-unavailable',
    ],
  },
  listIncidents: {
    method: 'GET',
    path: '/v1/incidents',
    tag: 'notices',
    summary: 'Incidents: open ones first, then those that were closed last',
    query: incidentQuerySchema,
    answer: incidentListSchema,
    errors: ['temporal-unavailable'],
  },
  getIncident: {
    method: 'GET',
    path: incident,
    tag: 'notices',
    summary: 'The latest incident of a target, or one run: rollouts, rollback records, story',
    params: incidentParamsSchema,
    query: runQuerySchema,
    answer: incidentViewSchema,
    errors: ['incident-not-found', 'worker-absent', 'temporal-unavailable'],
  },
  getReview: {
    method: 'GET',
    path: `${incident}/review`,
    tag: 'notices',
    summary: 'The post-incident review as Markdown, filled in',
    params: incidentParamsSchema,
    query: runQuerySchema,
    answer: 'text',
    errors: ['incident-not-found', 'worker-absent', 'temporal-unavailable'],
  },
  closeIncident: {
    method: 'POST',
    path: `${incident}/close`,
    tag: 'notices',
    summary: 'Close the open incident of a target by hand',
    params: incidentParamsSchema,
    query: noQuerySchema,
    body: ackBodySchema,
    answer: incidentViewSchema,
    errors: [
      'incident-not-found',
      'command-refused',
      'idempotency-mismatch',
      'worker-absent',
      'temporal-unavailable',
    ],
  },
} as const satisfies OperationTable;
