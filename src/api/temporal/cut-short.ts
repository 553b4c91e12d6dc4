/** Rollouts that were ended from outside, so that no last word of theirs says what became of the canary. */
import type { Sees } from '../access/sight.ts';
import type { RollbackQuery, RolloutSummary } from '../contract.ts';
import type { TemporalDeps } from './calls.ts';
import { pageOf } from './pages.ts';
import { filterOf, type RecentRollouts, summaryOf, withinSight } from './visibility.ts';

const maxListed = 50;
/** Visibility is asked from a round time on, so that those who ask a moment later ask the same. */
const roundMs = 10_000;

/** The last first. Throws `temporal-unavailable`. */
export async function cutShort(
  deps: TemporalDeps,
  {
    environment,
    service,
    sinceMs,
  }: Pick<RollbackQuery, 'environment' | 'service'> & { readonly sinceMs: number },
  sees: Sees,
  recent: RecentRollouts,
): Promise<RolloutSummary[]> {
  const named = filterOf({
    ...(environment === undefined ? {} : { environment }),
    ...(service === undefined ? {} : { service }),
  });
  const ended = 'ExecutionStatus IN ("Terminated", "Failed", "TimedOut")';
  const filter = `${named} AND ${ended}${endedSince(sinceMs)}${withinSight(sees)}`;
  const page = { filter, limit: maxListed, cursor: undefined, read: summaryOf, sees, recent };
  const { items } = await pageOf(deps, page);
  return items.filter(({ endedAtMs }) => (endedAtMs ?? sinceMs) >= sinceMs);
}

/** To be added to a query; it may find a little more. Epoch milliseconds; 0: whenever it ended. */
export function endedSince(sinceMs: number): string {
  if (sinceMs <= 0) return '';
  const from = new Date(Math.floor(sinceMs / roundMs) * roundMs);
  return ` AND CloseTime >= "${from.toISOString()}"`;
}
