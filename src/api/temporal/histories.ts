/** Fetches the history of a rollout: one run, or the chain that continue-as-new made of it. */
import type { RunHistory } from '../audit/history.ts';
import type { RunRef } from '../service.ts';
import type { TemporalDeps } from './calls.ts';
import { askFor } from './view.ts';
import { workflowIdFor } from './visibility.ts';

/** Histories of long rollouts come in pages. */
const fetchTimeoutMs = 20_000;
const maxRuns = 20;

/** Oldest first. Runs that Temporal no longer keeps are left out. */
export async function fetchRuns(deps: TemporalDeps, ref: RunRef & { runId: string }): Promise<RunHistory[]> {
  const runs = [await fetchRun(deps, ref)];
  while (runs.length < maxRuns) {
    const earlier = continuedFrom(runs[0]);
    if (!earlier) break;
    try {
      runs.unshift(await fetchRun(deps, { ...ref, runId: earlier }));
    } catch {
      break;
    }
  }
  return runs;
}

async function fetchRun(deps: TemporalDeps, ref: RunRef & { runId: string }): Promise<RunHistory> {
  const handle = deps.client.workflow.getHandle(workflowIdFor(ref), ref.runId);
  return { runId: ref.runId, history: await askFor(deps, ref, () => handle.fetchHistory(), fetchTimeoutMs) };
}

function continuedFrom(run: RunHistory | undefined): string | null {
  const started = run?.history.events?.[0]?.workflowExecutionStartedEventAttributes;
  return started?.continuedExecutionRunId || null;
}
