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
    query: waitingQuerySchema,
    answer: waitingListSchema,
  },
  makeApprovalLink: {
    method: 'POST',
    path: `${rollout}/approval-links`,
    params: targetParamsSchema,
    query: noQuerySchema,
    body: linkBodySchema,
    answer: linkSchema,
    statuses: [201],
  },
  getNotices: {
    method: 'GET',
    path: `${rollout}/notices`,
    params: targetParamsSchema,
    query: runQuerySchema,
    answer: noticesViewSchema,
  },
  acknowledge: {
    method: 'POST',
    path: `${rollout}/ack`,
    params: targetParamsSchema,
    query: noQuerySchema,
    body: ackBodySchema,
    answer: ackAnswerSchema,
    statuses: [200, 202],
  },
  listIncidents: {
    method: 'GET',
    path: '/v1/incidents',
    query: incidentQuerySchema,
    answer: incidentListSchema,
  },
  getIncident: {
    method: 'GET',
    path: incident,
    params: incidentParamsSchema,
    query: runQuerySchema,
    answer: incidentViewSchema,
  },
  getReview: {
    method: 'GET',
    path: `${incident}/review`,
    params: incidentParamsSchema,
    query: runQuerySchema,
    answer: 'text',
  },
  closeIncident: {
    method: 'POST',
    path: `${incident}/close`,
    params: incidentParamsSchema,
    query: noQuerySchema,
    body: ackBodySchema,
    answer: incidentViewSchema,
  },
} as const satisfies OperationTable;
