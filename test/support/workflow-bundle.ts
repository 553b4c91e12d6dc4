/** The bundle of today's workflows that was made at the start of the run. */
import type { WorkflowBundlePath } from '@temporalio/worker';
import { inject } from 'vitest';

/** The file it is in, as workers take it. */
export function workflowBundle(): WorkflowBundlePath {
  return { codePath: inject('workflowBundle') };
}
