/** How long a rollout takes when nothing gets in its way. */
import type { Stage } from './types.ts';

/** Warm-ups and soaks of all stages; without approvals, extensions and the watch after promotion. */
export function plannedTotalMs(stages: readonly Pick<Stage, 'warmUpMs' | 'soakMs'>[]): number {
  return stages.reduce((sum, { warmUpMs, soakMs }) => sum + warmUpMs + soakMs, 0);
}
