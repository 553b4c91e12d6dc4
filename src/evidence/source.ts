/** A rollout as Temporal knows it, with all its histories. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { runsUpTo } from '../audit/chain.ts';
import { workflowIdOf } from '../domain/plan/types.ts';
import type { RolloutRecord } from './content.ts';

/** Gives a call its time limit, and its failure a name. */
export type Call = <T>(call: () => Promise<T>) => Promise<T>;

export async function fetchRollout(
  client: Client,
  call: Call,
  { environment, service, runId }: { environment: string; service: string; runId?: string },
): Promise<RolloutRecord> {
  const workflowId = workflowIdOf(`${environment}/${service}`);
  const handleOf = (run?: string) => client.workflow.getHandle(workflowId, run);
  const described = await call(() => handleOf(runId).describe());
  const runs = await runsUpTo(
    described.runId,
    (run) => call(() => handleOf(run).fetchHistory()),
    (error) => error instanceof WorkflowNotFoundError,
  );
  return {
    environment,
    service,
    workflowId,
    runId: described.runId,
    temporalStatus: described.status.name,
    runs,
  };
}
