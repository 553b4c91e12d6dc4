/** Operations on rollouts: start, list, look, steer, follow. */
import { z } from 'zod';
import { auditSchema } from '../audit.ts';
import { boardHeadersSchema, boardQuerySchema } from '../board.ts';
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
  viewQuerySchema,
} from '../rollouts.ts';
import { rolloutSeriesSchema } from '../series.ts';
import type { OperationTable } from './types.ts';

const one = '/v1/rollouts/:environment/:service';
const ofOneRun = { params: targetParamsSchema, query: runQuerySchema };
const streamHeadersSchema = z.looseObject({
  'last-event-id': z
    .exactOptional(z.string().max(200))
    .describe('The id of the last event that was got: what was seen is not sent again.'),
});

export const rolloutOperations = {
  startRollout: {
    method: 'POST',
    path: '/v1/rollouts',
    tag: 'rollouts',
    summary: 'Start a rollout',
    query: noQuerySchema,
    body: planBodySchema,
    answer: startedSchema,
    statuses: [200, 201],
    errors: [
      'starts-busy',
      'plan-invalid',
      'plan-refused',
      'policies-invalid',
      'provider-unknown',
      'dependency-unmet',
      'rollout-running',
      'cooldown-running',
      'emergency-stopped',
      'emergency-open',
      'idempotency-mismatch',
      'supersede-pending',
      'worker-absent',
      'temporal-unavailable',
    ],
  },
  listRollouts: {
    method: 'GET',
    path: '/v1/rollouts',
    tag: 'rollouts',
    summary: 'List rollouts: running ones first, then those that ended last',
    query: listQuerySchema,
    answer: pageSchema,
    errors: ['temporal-unavailable'],
  },
  watchRollouts: {
    method: 'GET',
    path: '/v1/rollouts/events',
    tag: 'rollouts',
    summary:
      'Follow all rollouts that run, and those that ended in the last 15 minutes, as server-sent events',
    description:
      'Events: `rows` (BoardRows: all of them at first, then those that changed), `alive` (nothing has changed), `trouble` (the API cannot see rollouts now). With `Last-Event-ID` only what changed since. You see what you may read.',
    query: boardQuerySchema,
    headers: boardHeadersSchema,
    answer: 'events',
    errors: ['temporal-unavailable'],
  },
  getRollout: {
    method: 'GET',
    path: one,
    tag: 'rollouts',
    summary: 'Everything about the latest rollout of a target, or about one run of it',
    description:
      'With `Prefer: wait=30` it waits, 55 s at most: until the state is another than that of `If-None-Match`, or until it is as `until` says.',
    params: targetParamsSchema,
    query: viewQuerySchema,
    answer: rolloutViewSchema,
    errors: ['rollout-not-found', 'temporal-unavailable', 'payload-key-missing'],
  },
  steerRollout: {
    method: 'POST',
    path: `${one}/:command`,
    tag: 'rollouts',
    summary:
      'Steer the running rollout: promote, pause, resume, rollback, approve, reject, override, confirm',
    description: 'With `run`: only if that run is still the one under way.',
    params: commandParamsSchema,
    query: runQuerySchema,
    body: commandBodySchema,
    answer: commandAnswerSchema,
    statuses: [200, 202],
    errors: [
      'rollout-not-found',
      'command-refused',
      'rollout-moved-on',
      'idempotency-mismatch',
      'worker-absent',
      'temporal-unavailable',
      'payload-key-missing',
    ],
  },
  followRollout: {
    method: 'GET',
    path: `${one}/events`,
    tag: 'rollouts',
    summary: 'Follow a rollout as server-sent events until it ends',
    description:
      'Events: `status` (a RolloutView, at first and on every change), `trouble` (the API cannot see the rollout now), `end`.',
    ...ofOneRun,
    headers: streamHeadersSchema,
    answer: 'events',
    errors: ['rollout-not-found', 'temporal-unavailable'],
  },
  sendEvent: {
    method: 'POST',
    path: `${one}/events`,
    tag: 'rollouts',
    summary: 'Tell the running rollout of an event: what it does is for the plan to say',
    description:
      'Signed by `X-Sluice-Signature: t=<unix>,v1=<hex>`, HMAC-SHA256 over `<t>.<body>`; Alertmanager’s own form also with a bearer token.',
    params: targetParamsSchema,
    query: noQuerySchema,
    body: outsideEventSchema,
    answer: eventAnswerSchema,
    statuses: [200, 202],
    errors: [
      'signature-invalid',
      'signature-expired',
      'events-unconfigured',
      'rollout-not-found',
      'rollout-ended',
      'temporal-unavailable',
    ],
  },
  getSeries: {
    method: 'GET',
    path: `${one}/series`,
    tag: 'rollouts',
    summary: 'What its checks and its share of traffic were over time, for charts',
    ...ofOneRun,
    answer: rolloutSeriesSchema,
    errors: ['rollout-not-found', 'temporal-unavailable', 'payload-key-missing'],
  },
  auditRollout: {
    method: 'GET',
    path: `${one}/audit`,
    tag: 'rollouts',
    summary: 'Who did what, when and why, the evidence, and whether a replay through today’s code agreed',
    ...ofOneRun,
    answer: auditSchema,
    errors: ['rollout-not-found', 'temporal-unavailable', 'payload-key-missing'],
  },
  listRollbacks: {
    method: 'GET',
    path: '/v1/rollbacks',
    tag: 'rollbacks',
    summary: 'Rollbacks, the last decision first, and what they say together',
    query: rollbackQuerySchema,
    answer: rollbackPageSchema,
    errors: ['temporal-unavailable'],
  },
} as const satisfies OperationTable;
