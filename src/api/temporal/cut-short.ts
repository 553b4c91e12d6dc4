/** Rollouts that were ended from outside, so that no last word of theirs says what became of the canary. */
import type { Sees } from '../access/sight.ts';
import { type RollbackQuery, type RolloutSummary, sinceMsOf } from '../contract.ts';
import type { TemporalDeps } from './calls.ts';
import { pageOf } from './pages.ts';
import { filterOf, summaryOf, withinSight } from './visibility.ts';

const maxListed = 50;

/** The last first. Throws `temporal-unavailable`. */
export async function cutShort(
  deps: TemporalDeps,
  { environment, service, ...query }: Pick<RollbackQuery, 'environment' | 'service' | 'since'>,
  sees: Sees,
): Promise<RolloutSummary[]> {
  const named = filterOf({
    ...(environment === undefined ? {} : { environment }),
    ...(service === undefined ? {} : { service }),
  });
  const sinceMs = sinceMsOf(query, Date.now());
  const since = sinceMs > 0 ? ` AND CloseTime >= "${new Date(sinceMs).toISOString()}"` : '';
  const ended = 'ExecutionStatus IN ("Terminated", "Failed", "TimedOut")';
  const filter = `${named} AND ${ended}${since}${withinSight(sees)}`;
  const page = { filter, limit: maxListed, cursor: undefined, read: summaryOf, sees };
  return (await pageOf(deps, page)).items;
}
