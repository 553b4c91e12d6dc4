/** Waiting for a rollout over plain HTTP: `Prefer: wait=30`, by the feed that all who follow the rollout share. */
import { setTimeout as sleep } from 'node:timers/promises';
import { hasEnded, type RolloutView, type Until } from './contract.ts';
import { idOfView, type RolloutFeed } from './feed.ts';
import { etagOf, names } from './web/etags.ts';

/** Shorter than what proxies commonly allow. */
const longestWaitSeconds = 55;

/** Whole seconds, from the preferences of RFC 7240; null: nobody wants to wait. */
export function waitSecondsOf(prefer: string | string[] | undefined): number | null {
  const said = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,9})"?(?=$|[,;\s])/i.exec(String(prefer ?? ''))?.[1];
  return said === undefined ? null : Math.min(longestWaitSeconds, Number(said));
}

interface Awaited {
  readonly until?: Until | undefined;
  /** States that the caller has. */
  readonly ifNoneMatch?: string | undefined;
}

/** Whether there is anything to wait for. A state that cannot come any more is not waited for. */
export function isAwaited(view: RolloutView, { until, ifNoneMatch }: Awaited): boolean {
  if (hasEnded(view)) return false;
  if (until !== undefined) return (view.status?.phase ?? view.phase) !== until;
  return names(ifNoneMatch, etagOf(JSON.stringify(view)));
}

/**
 * The first view after the one that was seen that is not awaited any more, or the last one when the time is over; null:
 * there was none.
 */
export async function awaitedView(
  feed: RolloutFeed,
  seen: RolloutView,
  awaited: Awaited,
  waitMs: number,
  gone: AbortSignal,
): Promise<RolloutView | null> {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, gone]);
  let latest: RolloutView | null = null;
  const leave = feed.join((event) => {
    if (event.kind === 'status') latest = event.view;
    if (event.kind === 'end' || (event.kind === 'status' && !isAwaited(event.view, awaited))) over.abort();
  }, idOfView(seen));
  await sleep(waitMs, undefined, { signal }).catch(() => {});
  leave();
  return latest;
}
