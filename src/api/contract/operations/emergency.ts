/** Operations of emergencies: the stop of a scope, and the rollback of a scope. */
import {
  emergencyAnswerSchema,
  emergencyStopBodySchema,
  releaseAnswerSchema,
  releaseBodySchema,
  stopOfAllSchema,
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
    tag: 'emergency',
    summary: 'Stop all canary traffic of a scope, in the data planes first',
    description:
      'Scope `all` is one write per data plane and bars new rollouts until it is released. 503 when nothing could be stopped.',
    query: noQuerySchema,
    body: emergencyStopBodySchema,
    answer: emergencyAnswerSchema,
    errors: ['rollout-not-found', 'traffic-unavailable'],
  },
  getEmergencyStop: {
    method: 'GET',
    path: '/v1/emergency-stop',
    tag: 'emergency',
    summary: 'Whether a stop of everything is in force, and who ordered it',
    description: 'Stops of single targets are with their rollouts.',
    query: noQuerySchema,
    answer: stopOfAllSchema,
    errors: [],
  },
  releaseEmergencyStop: {
    method: 'POST',
    path: '/v1/emergency-stop/release',
    tag: 'emergency',
    summary: 'Release a stop of everything, so that rollouts may begin again',
    query: noQuerySchema,
    body: releaseBodySchema,
    answer: releaseAnswerSchema,
    errors: ['traffic-unavailable', 'temporal-unavailable'],
  },
  openEmergency: {
    method: 'POST',
    path: '/v1/emergency-rollbacks',
    tag: 'emergency',
    summary: 'Bring every rollout of a scope back at once, and block new ones until it is released',
    description:
      'Stops the canaries in the data planes first. The same scope once more is the same emergency: 200. 404 where the scope names only single targets of which no rollout is known, unless forced.',
    query: noQuerySchema,
    body: emergencyRollbackBodySchema,
    answer: emergencyOpenedSchema,
    statuses: [200, 201],
    errors: ['rollout-not-found', 'temporal-unavailable'],
  },
  listEmergencies: {
    method: 'GET',
    path: '/v1/emergency-rollbacks',
    tag: 'emergency',
    summary: 'Emergencies: open ones first, then those that were released last',
    query: emergencyListQuerySchema,
    answer: emergencyListSchema,
    errors: ['temporal-unavailable'],
  },
  getEmergency: {
    method: 'GET',
    path: one,
    tag: 'emergency',
    summary: 'The latest emergency of that id: each target, the incident, the story',
    params: emergencyIdParamsSchema,
    query: noQuerySchema,
    answer: emergencyViewSchema,
    errors: ['emergency-not-found', 'temporal-unavailable'],
  },
  releaseEmergency: {
    method: 'POST',
    path: `${one}/release`,
    tag: 'emergency',
    summary: 'Let rollouts in the scope begin again, and close the incident',
    params: emergencyIdParamsSchema,
    query: noQuerySchema,
    body: emergencyReleaseBodySchema,
    answer: emergencyReleaseAnswerSchema,
    statuses: [200, 202],
    errors: ['emergency-not-found', 'command-refused', 'idempotency-mismatch', 'temporal-unavailable'],
  },
} as const satisfies OperationTable;
