/** Operations on rollouts: start, list, look, steer, follow. */
import { auditSchema } from '../audit.ts';
import { eventAnswerSchema, outsideEventSchema } from '../outside-event.ts';
import { rollbackPageSchema, rollbackQuerySchema } from '../rollbacks.ts';
import {
  commandAnswerSchema,
  commandBodySchema,
  commandParamsSchema,
  listQuerySchema,
  noQuerySchema,
  pageSchema,
  planBodySchema,
  rolloutViewSchema,
  runQuerySchema,
  startedSchema,
  targetParamsSchema,
} from '../rollouts.ts';
import type { OperationTable } from './types.ts';

const one = '/v1/rollouts/:environment/:service';
const ofOneRun = { params: targetParamsSchema, query: runQuerySchema };

export const rolloutOperations = {
  startRollout: {
    method: 'POST',
    path: '/v1/rollouts',
    query: noQuerySchema,
    body: planBodySchema,
    answer: startedSchema,
    statuses: [200, 201],
  },
  listRollouts: { method: 'GET', path: '/v1/rollouts', query: listQuerySchema, answer: pageSchema },
  getRollout: { method: 'GET', path: one, ...ofOneRun, answer: rolloutViewSchema },
  steerRollout: {
    method: 'POST',
    path: `${one}/:command`,
    params: commandParamsSchema,
    query: noQuerySchema,
    body: commandBodySchema,
    answer: commandAnswerSchema,
    statuses: [200, 202],
  },
  followRollout: { method: 'GET', path: `${one}/events`, ...ofOneRun, answer: 'events' },
  sendEvent: {
    method: 'POST',
    path: `${one}/events`,
    params: targetParamsSchema,
    query: noQuerySchema,
    body: outsideEventSchema,
    answer: eventAnswerSchema,
    statuses: [200, 202],
  },
  auditRollout: { method: 'GET', path: `${one}/audit`, ...ofOneRun, answer: auditSchema },
  listRollbacks: {
    method: 'GET',
    path: '/v1/rollbacks',
    query: rollbackQuerySchema,
    answer: rollbackPageSchema,
  },
} as const satisfies OperationTable;
