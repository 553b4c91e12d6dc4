/** Users only go where there is room for them: a canary that is small grows before its share does. */

import type { Plan } from '../domain/plan/types.ts';
import type { Arms } from '../domain/rollout/types.ts';
import { otherSlot } from '../domain/rollout/types.ts';
import { callSignal } from './call-limit.ts';
import type { Providers } from './deps.ts';
import { workloadOf } from './targets.ts';

/** Errors: `workload-unavailable`, on which Temporal tries again. */
export async function makeRoom(
  providers: Providers,
  plan: Plan,
  arms: Arms,
  sharePercent: number,
  how: { readonly signal: AbortSignal; readonly epoch: number },
): Promise<void> {
  const { provider, target } = workloadOf(providers, plan);
  await provider.makeRoom?.(target, otherSlot(arms.stableSlot), sharePercent, { ...how, wait: true });
}

/**
 * While a stage soaks, room is made for the next one. That it fails stops nothing: the next shift asks for it again.
 */
export async function makeRoomAhead(
  providers: Providers,
  plan: Plan,
  arms: Arms,
  stage: number,
  epoch: number,
): Promise<void> {
  const { provider, target } = workloadOf(providers, plan);
  const sharePercent = plan.stages[stage + 1]?.weightPercent ?? 100;
  const how = { signal: callSignal(), epoch, wait: false };
  await provider.makeRoom?.(target, otherSlot(arms.stableSlot), sharePercent, how).catch(() => {});
}
