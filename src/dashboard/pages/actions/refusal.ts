/** What a refusal says of what was sent: done, not done, or nobody knows. */
import type { ApiProblem } from '../../api/client.ts';

type Told = Pick<ApiProblem, 'status' | 'code'>;

/** Without an answer, and after one that gave up on the way, it may have been done. */
export function isUnknown({ status }: Told): boolean {
  return status === 0 || status >= 500;
}

/** `unanswered`: the same was sent before, and nobody knows what came of that. */
export function refusalText(problem: Told, unanswered: boolean): string {
  if (problem.code === 'idempotency-mismatch') {
    return 'What was sent first was carried out. This, which says something else, was not. Close this and look again.';
  }
  if (isUnknown(problem)) return 'It may have been done all the same. Sent again from here, it is done once.';
  if (problem.code === 'rollout-moved-on' && !unanswered)
    return 'Nothing was changed. Close this and look again.';
  return unanswered
    ? 'This time nothing was changed. What was sent first may have been done: close this and look again.'
    : 'Nothing was changed.';
}

/** Whether the refusal itself says that the act does not fit any more, so that nothing else need say it. */
export function saysWhyNot({ status }: Told): boolean {
  return status === 409 || status === 410;
}
