/**
 * What became of the rollout before this one, where it could not say so itself: a terminated run leaves no last word.
 */
import type { TargetId } from '../domain/plan/types.ts';
import type { TrafficState } from '../providers/traffic/types.ts';
import type { Directory } from './directory.ts';

/** In words, for the timeline; null: nothing is left, and the former rollout ended by itself. */
export async function formerRollout(
  directory: Directory,
  target: TargetId,
  ownRunId: string,
  seen: TrafficState,
): Promise<string | null> {
  // For people only: that Temporal does not answer stands in nobody's way.
  const runs = await directory.runs(target).catch(() => []);
  const former = runs.find(({ runId, running }) => runId !== ownRunId && !running);
  const said = [former && former.outcome === null ? endOf(former.phase) : null, remainsOf(seen)];
  return said.filter((part) => part !== null).join('; ') || null;
}

function endOf(phase: string | null): string {
  return `the rollout before this one was ended from outside${phase === null ? '' : ` while it was ${phase}`}`;
}

/** What an earlier rollout of the target left in the data plane. */
function remainsOf({ stopped, weightPercent }: TrafficState): string | null {
  if (weightPercent > 0) return `an earlier canary was still set to ${weightPercent} % and was cleared`;
  return stopped ? 'the stop of an earlier rollback was cleared' : null;
}
