/** Opens emergencies in a rollout environment and sees what becomes of them. */
import type { WorkflowHandle } from '@temporalio/client';
import { emergencyIdOf, emergencyWorkflowIdOf, type ScopeWords } from '../../src/domain/emergency/scope.ts';
import type { EmergencyStatus } from '../../src/domain/emergency/status.ts';
import {
  type EmergencyInput,
  emergencyStatusQuery,
  emergencyWorkflowType,
  orderMemo,
} from '../../src/domain/emergency/types.ts';
import { taskQueues } from '../../src/domain/rollout/names.ts';
import type { RolloutEnv } from './rollout-env.ts';
import { waitFor } from './wait-for.ts';

export class TestEmergency {
  readonly handle: WorkflowHandle;

  constructor(handle: WorkflowHandle) {
    this.handle = handle;
  }

  status(): Promise<EmergencyStatus> {
    return this.handle.query<EmergencyStatus>(emergencyStatusQuery);
  }

  until(what: string, fits: (status: EmergencyStatus) => boolean): Promise<EmergencyStatus> {
    const probe = async () => {
      const status = await this.status();
      return fits(status) ? status : null;
    };
    return waitFor(`${this.handle.workflowId} ${what}`, probe);
  }

  async release(): Promise<EmergencyStatus> {
    await this.handle.signal('release', { actor: 'bob', reason: 'fixed' });
    return await this.handle.result();
  }
}

/** As the API does it, but for the stops. */
export async function openEmergency(
  { client }: RolloutEnv,
  scope: ScopeWords,
  order: Partial<EmergencyInput> = {},
): Promise<TestEmergency> {
  const id = emergencyIdOf(scope);
  const input: EmergencyInput = {
    id,
    scope,
    to: null,
    actor: 'ann',
    reason: 'fire',
    stoppedAll: [],
    ...order,
  };
  const handle = await client.workflow.start(emergencyWorkflowType, {
    workflowId: emergencyWorkflowIdOf(id),
    taskQueue: taskQueues.rollouts,
    args: [input],
    memo: { [orderMemo]: input },
  });
  return new TestEmergency(handle);
}
