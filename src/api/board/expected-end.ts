/**
 * When a rollout is expected to end if nothing goes wrong and nobody steps in: what its stages have still to run. Pure.
 */
import type { Outline } from '../../domain/rollout/outline.ts';
import type { WatchProgress } from '../../domain/rollout/status.ts';
import type { RolloutSummary } from '../contract.ts';

/** Null: not known, or it waits for somebody, or goes back. `atMs`: of the look. */
export function expectedEndOf(
  { phase, stage }: RolloutSummary,
  outline: Outline | null,
  live: WatchProgress | null,
  atMs: number | null,
): number | null {
  if (outline === null || atMs === null) return null;
  const { stages, watchAfterMs } = outline;
  const leftOf = (plannedMs: number) =>
    live === null ? plannedMs : Math.max(0, live.plannedMs - live.carry.watchedMs);
  const from = stage ?? 0;
  switch (phase) {
    case 'preparing':
    case 'shifting':
      return atMs + sum(stages.slice(from)) + watchAfterMs;
    case 'soaking':
      return atMs + leftOf(stages[from]?.plannedMs ?? 0) + sum(stages.slice(from + 1)) + watchAfterMs;
    case 'promoting':
      return atMs + watchAfterMs;
    case 'watching':
      return atMs + leftOf(watchAfterMs);
    default:
      return null;
  }
}

function sum(stages: Outline['stages']): number {
  return stages.reduce((total, { plannedMs }) => total + plannedMs, 0);
}
