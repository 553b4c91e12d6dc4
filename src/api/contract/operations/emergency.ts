/** Operations of emergencies: the stop of a scope, and the rollback of a scope. */
import {
  emergencyAnswerSchema,
  emergencyStopBodySchema,
  releaseAnswerSchema,
  releaseBodySchema,
} from '../emergency.ts';
import {
  emergencyIdParamsSchema,
  emergencyListQuerySchema,
  emergencyListSchema,
  emergencyOpenedSchema,
  emergencyReleaseAnswerSchema,
  emergencyReleaseBodySchema,
  emergencyRollbackBodySchema,
  emergencyViewSchema,
} from '../emergency-rollback.ts';
import { noQuerySchema } from '../rollouts.ts';
import type { OperationTable } from './types.ts';

const one = '/v1/emergency-rollbacks/:id';

export const emergencyOperations = {
  emergencyStop: {
    method: 'POST',
    path: '/v1/emergency-stop',
    query: noQuerySchema,
    body: emergencyStopBodySchema,
    answer: emergencyAnswerSchema,
  },
  releaseEmergencyStop: {
    method: 'POST',
    path: '/v1/emergency-stop/release',
    query: noQuerySchema,
    body: releaseBodySchema,
    answer: releaseAnswerSchema,
  },
  openEmergency: {
    method: 'POST',
    path: '/v1/emergency-rollbacks',
    query: noQuerySchema,
    body: emergencyRollbackBodySchema,
    answer: emergencyOpenedSchema,
    statuses: [200, 201],
  },
  listEmergencies: {
    method: 'GET',
    path: '/v1/emergency-rollbacks',
    query: emergencyListQuerySchema,
    answer: emergencyListSchema,
  },
  getEmergency: {
    method: 'GET',
    path: one,
    params: emergencyIdParamsSchema,
    query: noQuerySchema,
    answer: emergencyViewSchema,
  },
  releaseEmergency: {
    method: 'POST',
    path: `${one}/release`,
    params: emergencyIdParamsSchema,
    query: noQuerySchema,
    body: emergencyReleaseBodySchema,
    answer: emergencyReleaseAnswerSchema,
    statuses: [200, 202],
  },
} as const satisfies OperationTable;
