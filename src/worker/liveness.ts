/** Asks Temporal whether a rollout's run is still open, with a short deadline. */
import type { Client } from '@temporalio/client';
import type { Liveness } from '../activities/deps.ts';

const answerWithinMs = 2_000;

export function temporalLiveness(client: Client): Liveness {
  return {
    isRunning: async (workflowId, runId) => {
      const description = await client.withDeadline(Date.now() + answerWithinMs, () =>
        client.workflow.getHandle(workflowId, runId).describe(),
      );
      return description.status.name === 'RUNNING';
    },
  };
}
