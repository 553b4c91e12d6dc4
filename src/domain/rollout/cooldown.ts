/**
 * The time after a rollback in which no rollout of the target should begin, and none should roll back by itself again.
 */
import { SluiceError } from '../errors.ts';
import { type Plan, targetOf } from '../plan/types.ts';
import type { Cooldown, RollbackCause, RolloutState } from './types.ts';

/** Causes behind which a person stands; all others are Sluice's own decisions. */
const askedFor: readonly RollbackCause['kind'][] = ['command', 'rejected', 'cancel', 'stop'];

export function isAutomatic({ kind }: RollbackCause): boolean {
  return !askedFor.includes(kind);
}

export function cooling(plan: Pick<Plan, 'environment' | 'service'>, { untilMs }: Cooldown): SluiceError {
  const until = new Date(untilMs).toISOString();
  return new SluiceError(
    'cooldown-running',
    `${targetOf(plan)} was rolled back and cools down until ${until}.`,
    { details: { untilMs } },
  );
}

/** What this rollback leaves to the next rollout of the target; null: nothing, or no user met the canary. */
export function cooldownOf({ cause, plan, restoredAtMs, reports }: RolloutState): Cooldown | null {
  const cooldownMs = plan.rollback.cooldownMs ?? 0;
  if (cause === null || restoredAtMs === null || reports.length === 0 || cooldownMs === 0) return null;
  return { untilMs: restoredAtMs + cooldownMs, automatic: isAutomatic(cause) };
}

/** A cooldown as a memo holds it; null: none, or nothing that this code understands. */
export function readCooldown(memo: unknown): Cooldown | null {
  if (typeof memo !== 'object' || memo === null || !('untilMs' in memo) || !('automatic' in memo))
    return null;
  const { untilMs, automatic } = memo;
  return typeof untilMs === 'number' && typeof automatic === 'boolean' ? { untilMs, automatic } : null;
}
