/** What people are told of a stop of everything. */
import type { StopOfAll } from '../../api/contract.ts';

/** Null: none is known to be in force. */
export function stopText({ stops }: StopOfAll): string | null {
  const stopped = stops.filter((one) => one.stopped === true).map(({ traffic }) => traffic);
  if (stopped.length === 0) return null;
  return stopped.length === stops.length
    ? 'Everything is stopped by an emergency. No rollout can begin.'
    : `Everything behind ${stopped.join(', ')} is stopped by an emergency. No rollout can begin there.`;
}

/** Whether there is surely nothing to release. */
export function isNoneInForce({ stops }: StopOfAll): boolean {
  return stops.every(({ stopped }) => stopped === false);
}
