/** The next rollout of a target whose latest one has ended, for a page whose address names no run. */
import type { RolloutView } from '../../../api/contract.ts';
import type { FollowedRun } from '../../../client/index.ts';
import { usePolled } from '../../live/use-polled.ts';

/** An end may stand for days. */
const lookEveryMs = 5_000;

/** Null: none has begun, `view` goes on, or the address names its run, whose page stays with it. */
export function useNextRun(
  { environment, service, run }: FollowedRun,
  view: RolloutView | null,
): RolloutView | null {
  const isLatestOver = run === undefined && view !== null && view.endedAtMs !== null;
  const { data } = usePolled('getRollout', isLatestOver ? { environment, service } : null, lookEveryMs);
  return isLatestOver && data !== null && data.startedAtMs > view.startedAtMs ? data : null;
}
