/** A command that is for one run only: whatever else runs there by now is left alone. */
import { SluiceError } from '../../domain/errors.ts';
import type { RunRef } from '../service.ts';
import type { TemporalDeps } from './calls.ts';
import { describe } from './view.ts';

/**
 * The run in which the named one goes on, which is another when its history had grown long.
 * Errors: `command-refused` where another rollout has begun since.
 */
export async function boundRef(
  deps: TemporalDeps,
  { runId: named, ...target }: RunRef & { readonly runId: string },
): Promise<RunRef> {
  const { summary, raw } = await describe(deps, target);
  const { workflowId, runId, outcome } = summary;
  if (runId === named || raw.workflowExecutionInfo?.firstRunId === named) return { ...target, runId };
  throw new SluiceError(
    'command-refused',
    `The rollout has ended: the latest of ${summary.target} is run ${runId}.`,
    {
      details: { workflowId, runId, outcome },
    },
  );
}
