/** Asks Temporal's visibility for the cooldown that earlier rollouts of a target left in their memos. */
import type { Client } from '@temporalio/client';
import { decoded } from '../codec/readable.ts';
import { readCooldown } from '../domain/rollout/cooldown.ts';
import { closed, cooldownMemo } from '../domain/rollout/names.ts';
import type { Cooldown } from '../domain/rollout/types.ts';

/** So many runs of a target are asked; a cooldown is hours, and a rollout takes minutes. */
const askedRuns = 20;

/** The one that lasts longest. Visibility lags behind by a second or so, and so may this. */
export async function latestCooldown(client: Client, workflowId: string): Promise<Cooldown | null> {
  const query = `WorkflowId = "${workflowId}" AND ${closed}`;
  const { namespace } = client.options;
  // Raw, so that a run whose memo nobody can read any more does not hide what the others left.
  const { executions } = await client.workflowService.listWorkflowExecutions({
    namespace,
    query,
    pageSize: askedRuns,
  });
  const found = (executions ?? []).flatMap(
    ({ memo }) => readCooldown(decoded(memo?.fields?.[cooldownMemo])) ?? [],
  );
  return found.toSorted((a, b) => b.untilMs - a.untilMs)[0] ?? null;
}
