/** The runs of one rollout: the one that was asked for, and those that continued into it. */
import type { History, RunHistory } from './history.ts';

const maxRuns = 20;

/** Oldest first. Runs that are not kept any more are left out. Errors: those of the first `fetch`. */
export async function runsUpTo(
  runId: string,
  fetch: (runId: string) => Promise<History>,
): Promise<RunHistory[]> {
  const runs: RunHistory[] = [{ runId, history: await fetch(runId) }];
  while (runs.length < maxRuns) {
    const earlier = continuedFrom(runs[0]);
    if (!earlier) break;
    try {
      runs.unshift({ runId: earlier, history: await fetch(earlier) });
    } catch {
      break;
    }
  }
  return runs;
}

function continuedFrom(run: RunHistory | undefined): string | null {
  const started = run?.history.events?.[0]?.workflowExecutionStartedEventAttributes;
  return started?.continuedExecutionRunId || null;
}
