/** Rollouts that were ended from outside, so that no last word of theirs says what became of the canary. */
import { type RollbackQuery, type RolloutSummary, sinceMsOf } from '../contract.ts';
import { ask, type TemporalDeps } from './calls.ts';
import { filterOf, rawOf, summaryOf } from './visibility.ts';

const maxListed = 50;

/** The last first. Throws `temporal-unavailable`. */
export async function cutShort(
  deps: TemporalDeps,
  { environment, service, ...query }: Pick<RollbackQuery, 'environment' | 'service' | 'since'>,
): Promise<RolloutSummary[]> {
  const named = filterOf({
    ...(environment === undefined ? {} : { environment }),
    ...(service === undefined ? {} : { service }),
  });
  const sinceMs = sinceMsOf(query, Date.now());
  const since = sinceMs > 0 ? ` AND CloseTime >= "${new Date(sinceMs).toISOString()}"` : '';
  const { workflowService, namespace } = rawOf(deps);
  const answer = await ask(deps, () =>
    workflowService.listWorkflowExecutions({
      namespace,
      pageSize: maxListed,
      query: `${named} AND ExecutionStatus IN ("Terminated", "Failed", "TimedOut")${since}`,
    }),
  );
  return (answer.executions ?? []).map(summaryOf);
}
