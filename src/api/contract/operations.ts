/** Every operation of the API in one table, by the name that the OpenAPI document and the client call it. */
import { emergencyOperations } from './operations/emergency.ts';
import { evidenceOperations } from './operations/evidence.ts';
import { loginOperations } from './operations/login.ts';
import { payloadOperations } from './operations/payloads.ts';
import { peopleOperations } from './operations/people.ts';
import { planOperations } from './operations/plans.ts';
import { rolloutOperations } from './operations/rollouts.ts';
import { serviceOperations } from './operations/service.ts';

export type { Operation } from './operations/types.ts';

export const operations = {
  ...rolloutOperations,
  ...planOperations,
  ...evidenceOperations,
  ...peopleOperations,
  ...emergencyOperations,
  ...serviceOperations,
  ...payloadOperations,
  ...loginOperations,
} as const;
export type Operations = typeof operations;
export type OperationName = keyof Operations;
