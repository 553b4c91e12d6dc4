/** Operations about the API itself: whether it answers, whether it can work, and who asks. */
import { configurationSchema } from '../configuration.ts';
import { meQuerySchema, meSchema } from '../me.ts';
import { noQuerySchema } from '../rollouts.ts';
import { healthSchema, readinessSchema } from '../service.ts';
import type { OperationTable } from './types.ts';

export const serviceOperations = {
  getMe: {
    method: 'GET',
    path: '/v1/me',
    tag: 'service',
    summary: 'Who asks, and what they may do: everywhere, or to what the query names',
    description: 'Answers also where nobody has logged in. A token that is not good is refused.',
    query: meQuerySchema,
    answer: meSchema,
    errors: [],
  },
  getConfiguration: {
    method: 'GET',
    path: '/v1/configuration',
    tag: 'service',
    summary: 'What the operator has set and may be shown: versions, access, policies, freezes',
    query: noQuerySchema,
    answer: configurationSchema,
    errors: [],
  },
  getHealth: {
    method: 'GET',
    path: '/healthz',
    tag: 'service',
    summary: 'Whether the process answers',
    query: noQuerySchema,
    answer: healthSchema,
    errors: [],
  },
  getReadiness: {
    method: 'GET',
    path: '/readyz',
    tag: 'service',
    summary: 'Whether rollouts can be started and steered',
    query: noQuerySchema,
    answer: readinessSchema,
    statuses: [200, 503],
    errors: [],
  },
} as const satisfies OperationTable;
