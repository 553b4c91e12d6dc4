/** Asks Temporal about the runs of a rollout: whether one is open still, and what earlier ones left. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Liveness } from '../activities/deps.ts';
import { latestCooldown } from './cooldowns.ts';

const answerWithinMs = 2_000;

/** States in which a run does nothing more, ever. A paused one may go on. */
const ended = ['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'CONTINUED_AS_NEW', 'TIMED_OUT'];

export function temporalLiveness(client: Client): Liveness {
  return {
    isRunning: async (workflowId, runId) => {
      // The native connection retries on its own beyond the deadline it is given, so the wait is cut off here too.
      const limit = new AbortController();
      try {
        return await Promise.race([
          isOpen(client, workflowId, runId),
          sleep(answerWithinMs, undefined, { signal: limit.signal }).then(() => {
            throw new Error(`Temporal did not answer within ${answerWithinMs} ms`);
          }),
        ]);
      } finally {
        limit.abort();
      }
    },
    cooldown: (workflowId) => latestCooldown(client, workflowId),
  };
}

async function isOpen(client: Client, workflowId: string, runId: string): Promise<boolean> {
  const describe = () => client.workflow.getHandle(workflowId, runId).describe();
  const { status } = await client.withDeadline(Date.now() + answerWithinMs, describe);
  return !ended.includes(status.name);
}
