/** Asks Temporal's visibility for the cooldown that earlier rollouts of a target left in their memos. */
import type { Client } from '@temporalio/client';
import { readCooldown } from '../domain/rollout/cooldown.ts';
import { cooldownMemo } from '../domain/rollout/names.ts';
import type { Cooldown } from '../domain/rollout/types.ts';

/** So many runs of a target are asked; a cooldown is hours, and a rollout takes minutes. */
const askedRuns = 20;

/** The one that lasts longest. Visibility lags behind by a second or so, and so may this. */
export async function latestCooldown(client: Client, workflowId: string): Promise<Cooldown | null> {
  const query = `WorkflowId = "${workflowId}" AND ExecutionStatus != "Running"`;
  const found: Cooldown[] = [];
  let asked = 0;
  for await (const { memo } of client.workflow.list({ query, pageSize: askedRuns })) {
    const cooldown = readCooldown(memo?.[cooldownMemo]);
    if (cooldown !== null) found.push(cooldown);
    if (++asked >= askedRuns) break;
  }
  return found.toSorted((a, b) => b.untilMs - a.untilMs)[0] ?? null;
}
