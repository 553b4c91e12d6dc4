/** What people are told of a stop of everything. */
import type { StopOfAll } from '../../api/contract.ts';

type Stops = Pick<StopOfAll, 'stops'>;

/** A data plane that gives no answer, as one that is slow, is taken for what it was known to be last. */
export function withLastKnown(last: Stops | null, now: StopOfAll): StopOfAll {
  const known = new Map(last?.stops.map(({ traffic, stopped }) => [traffic, stopped]));
  const stops = now.stops.map(({ traffic, stopped }) => ({
    traffic,
    stopped: stopped ?? known.get(traffic) ?? null,
  }));
  return { ...now, stops };
}

/** Null: none is known to be in force. */
export function stopText({ stops }: Stops): string | null {
  const stopped = stoppedIn({ stops });
  if (stopped.length === 0) return null;
  return stopped.length === stops.length
    ? 'All canaries are stopped; no rollout can begin.'
    : `All canaries behind ${stopped.join(', ')} are stopped; no rollout can begin there.`;
}

/** Names of data planes. */
export function stoppedIn({ stops }: Stops): string[] {
  return stops.filter(({ stopped }) => stopped === true).map(({ traffic }) => traffic);
}

/** Null: of each data plane it is known. */
export function unseenText({ stops }: Stops): string | null {
  const unseen = stops.filter(({ stopped }) => stopped === null).map(({ traffic }) => traffic);
  return unseen.length === 0
    ? null
    : `Whether all canaries are stopped cannot be seen: no answer from ${unseen.join(', ')}.`;
}

/** Whether there is surely nothing to release. */
export function isNoneInForce({ stops }: Stops): boolean {
  return stops.every(({ stopped }) => stopped === false);
}
