/** What others did to a rollout while somebody was still thinking about it. */
import type { RolloutView } from '../../../api/contract.ts';
import { expectationOf } from '../../../domain/rollout/expectation.ts';
import type { RolloutStatus } from '../../../domain/rollout/status.ts';
import type { CommandName, TimelineEntry } from '../../../domain/rollout/types.ts';

/** What a command is about, which is what is sent with it: if that changes, whoever had decided must look again. */
export function subjectOf(
  name: CommandName,
  { runId, status }: Pick<RolloutView, 'runId' | 'status'>,
): string {
  const expected = status === null ? null : expectationOf(name, status);
  return expected === null ? runId : `${runId} ${JSON.stringify(expected)}`;
}

type Told = Pick<RolloutStatus, 'timeline'>;

/** Where the story stands, to be compared with later. */
export function markOf(status: Told | null): number {
  return status?.timeline.at(-1)?.atMs ?? 0;
}

/** Lines that came since and that change what a command means; what the rollout notes of itself in passing does not. */
export function since(mark: number, status: Told | null): readonly TimelineEntry[] {
  const passing: readonly TimelineEntry['kind'][] = ['webhook', 'limit-near', 'message-malformed'];
  return (status?.timeline ?? []).filter(({ atMs, kind }) => atMs > mark && !passing.includes(kind));
}
