/** An example of each operation's body and answer, as the OpenAPI document shows them. */
import type { OperationName } from '../contract.ts';
import { emergencyExamples } from './emergency.ts';
import { evidenceExamples } from './evidence.ts';
import { loginExamples } from './login.ts';
import { payloadExamples } from './payloads.ts';
import { peopleExamples } from './people.ts';
import { planExamples } from './plans.ts';
import { rolloutExamples } from './rollouts.ts';
import { serviceExamples } from './service.ts';

export interface Example {
  readonly body?: unknown;
  /** Absent where it is no text. */
  readonly answer?: unknown;
}

export const examples: Readonly<Record<OperationName, Example>> = {
  ...rolloutExamples,
  ...planExamples,
  ...evidenceExamples,
  ...peopleExamples,
  ...emergencyExamples,
  ...serviceExamples,
  ...payloadExamples,
  ...loginExamples,
};
