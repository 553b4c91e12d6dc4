/** The rollout that brings an older version back at once: the target's last plan, turned round. */
import type { Plan, Stage } from '../plan/types.ts';
import type { Outcome } from '../rollout/types.ts';
import { type Arms, otherSlot, type Slot } from '../rollout/types.ts';

/**
 * One stage, all users, nothing asked: readiness of the version is all that it waits for. It never passes by itself,
 * since no check can say that it should; whoever started it promotes it. Gates and standing gates go, mandated ones
 * too: they were written for the version that is left, and an approval or a window would keep users on it.
 */
export function switchPlan(
  { onFailure: _, gates: _gates, guards: _guards, ...plan }: Plan,
  version: string,
): Plan {
  const stage: Stage = {
    name: `back to ${version}`,
    weightPercent: 100,
    match: null,
    soakMs: 0,
    warmUpMs: 0,
    checks: [],
    approval: false,
    timeoutMs: null,
  };
  return {
    ...plan,
    version,
    stages: [stage],
    analysis: { ...plan.analysis, onInconclusive: 'hold' },
    rollback: { ...plan.rollback, strategy: 'immediate' },
    onConflict: 'reject',
    watchAfterMs: 0,
  };
}

interface Stable {
  readonly slot: Slot;
  readonly version: string;
}

/** What is stable after a rollout that ended so. */
export function stableAfter(arms: Arms, outcome: Outcome): Stable {
  return outcome === 'promoted'
    ? { slot: otherSlot(arms.stableSlot), version: arms.canaryVersion }
    : { slot: arms.stableSlot, version: arms.stableVersion };
}

/**
 * The version that the target is to have. `previous` is the one before the last promotion. A rollout that an emergency
 * started says by its own version what was wanted, whether it came about or not.
 */
export function wantedVersion(to: string, arms: Arms, outcome: Outcome, byEmergency: boolean): string {
  if (to !== 'previous') return to;
  if (byEmergency) return arms.canaryVersion;
  return outcome === 'promoted' ? arms.stableVersion : stableAfter(arms, outcome).version;
}
