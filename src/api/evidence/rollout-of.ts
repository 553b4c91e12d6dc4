/** A rollout with its histories, as evidence and reports are made of it. */
import type { RolloutRecord } from '../../evidence/content.ts';
import type { RolloutSummary } from '../contract.ts';
import type { RunRef } from '../service.ts';
import type { TemporalDeps } from '../temporal/calls.ts';
import { fetchRuns } from '../temporal/histories.ts';
import { describe } from '../temporal/view.ts';

/** Errors: `rollout-not-found`, `temporal-unavailable`. */
export async function rolloutOf(deps: TemporalDeps, ref: RunRef): Promise<RolloutRecord> {
  return await recordOf(deps, (await describe(deps, ref)).summary);
}

/** Of one that was described a moment ago. */
export async function recordOf(
  deps: TemporalDeps,
  { environment, service, workflowId, runId, temporalStatus }: RolloutSummary,
): Promise<RolloutRecord> {
  const runs = await fetchRuns(deps, { environment, service, runId });
  return { environment, service, workflowId, runId, temporalStatus, runs };
}
