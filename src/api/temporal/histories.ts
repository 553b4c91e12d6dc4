/** Fetches the history of a rollout: one run, or the chain that continue-as-new made of it. */
import { runsUpTo } from '../../audit/chain.ts';
import type { RunHistory } from '../../audit/history.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { RunRef } from '../service.ts';
import type { TemporalDeps } from './calls.ts';
import { askFor } from './view.ts';
import { workflowIdFor } from './visibility.ts';

/** Histories of long rollouts come in pages. */
const fetchTimeoutMs = 20_000;

/** Oldest first. Runs that Temporal no longer keeps are left out. */
export async function fetchRuns(deps: TemporalDeps, ref: RunRef & { runId: string }): Promise<RunHistory[]> {
  const fetch = async (runId: string) => {
    const handle = deps.client.workflow.getHandle(workflowIdFor(ref), runId);
    return await askFor(deps, { ...ref, runId }, () => handle.fetchHistory(), fetchTimeoutMs);
  };
  const isGone = (error: unknown) => error instanceof SluiceError && error.code === 'rollout-not-found';
  return await runsUpTo(ref.runId, fetch, isGone);
}
