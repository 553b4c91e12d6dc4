/** A rollout with its histories, as evidence and reports are made of it. */
import type { RolloutRecord } from '../../evidence/content.ts';
import type { RolloutSummary } from '../contract.ts';
import type { TemporalDeps } from '../temporal/calls.ts';
import { fetchRuns } from '../temporal/histories.ts';

/** Of one that was described a moment ago. */
export async function recordOf(
  deps: TemporalDeps,
  { environment, service, workflowId, runId, temporalStatus }: RolloutSummary,
): Promise<RolloutRecord> {
  const runs = await fetchRuns(deps, { environment, service, runId });
  return { environment, service, workflowId, runId, temporalStatus, runs };
}
