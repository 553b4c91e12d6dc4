/** The runs of one rollout: the one that was asked for, and those that continued into it. */
import type { History, RunHistory } from './history.ts';

export const maxRuns = 20;

/**
 * Oldest first. Runs that are gone are left out. Errors: those of `fetch`, but for that of an earlier run that is gone.
 */
export async function runsUpTo(
  runId: string,
  fetch: (runId: string) => Promise<History>,
  isGone: (error: unknown) => boolean,
): Promise<RunHistory[]> {
  const runs: RunHistory[] = [{ runId, history: await fetch(runId) }];
  while (runs.length < maxRuns) {
    const earlier = continuedFrom(runs[0]);
    if (!earlier) break;
    try {
      runs.unshift({ runId: earlier, history: await fetch(earlier) });
    } catch (error) {
      if (isGone(error)) break;
      throw error;
    }
  }
  return runs;
}

function continuedFrom(run: RunHistory | undefined): string | null {
  const started = run?.history.events?.[0]?.workflowExecutionStartedEventAttributes;
  return started?.continuedExecutionRunId || null;
}
