/** Bringing all traffic back: written, read back, tried again fast. Needs no metrics, no readiness and no approval. */
import { ApplicationFailure } from '@temporalio/common';
import { messageOf } from '../domain/errors.ts';
import { type Plan, targetOf } from '../domain/plan/types.ts';
import { type Arms, otherSlot, type Slot } from '../domain/rollout/types.ts';
import { within } from '../providers/limit.ts';
import { effectivePercent, type TrafficState } from '../providers/traffic/types.ts';
import { bringUp } from './bring-up.ts';
import type { ActivityDeps } from './deps.ts';
import { type TrafficSide, trafficOf } from './targets.ts';
import type { RestoreInput, RestoreResult } from './types.ts';

const callTimeoutMs = 1_000;
const pauseMs = 100;
/** How long the canary's counter must stand still. */
const countForMs = 300;
/** One attempt of the activity; Temporal starts the next, for ever, and the workflow raises the alarm. */
const budgetMs = 8_000;
/** One try to bring an old version up that was stopped after a promotion. */
const coldStartMs = 5_000;

/** Errors: only ones that Temporal retries; whoever stops trying here leaves users on a bad version. */
export async function restoreUntil(
  deps: ActivityDeps,
  input: RestoreInput,
  epoch: number,
): Promise<RestoreResult> {
  const startedMs = performance.now();
  const home = input.arms?.stableSlot ?? null;
  let lastProblem = 'no attempt was made';
  for (let attempts = 1; performance.now() - startedMs < budgetMs; attempts++) {
    try {
      if (input.fallbackCold) await warmFallback(deps, input, epoch);
      const state = await restoreOnce(trafficOf(deps.providers, input.plan), home, epoch);
      const slot = isForeign(state, epoch) ? null : home;
      if (isHome(state, slot, deps.clock.now()) && (await proven(deps, input, state))) {
        return { attempts, tookMs: Math.round(performance.now() - startedMs) };
      }
      lastProblem = `it reads stable ${state.stableSlot}, canary ${state.weightPercent} %, or requests still reach the canary`;
    } catch (error) {
      lastProblem = messageOf(error);
    }
    await deps.clock.sleep(pauseMs, new AbortController().signal);
  }
  throw ApplicationFailure.retryable(
    `Traffic of ${targetOf(input.plan)} could not be brought home: ${lastProblem}`,
    'traffic-unavailable',
  );
}

/** Where the plan asks for it: no request reaches the canary any more, by the data plane's own count. */
async function proven(deps: ActivityDeps, { plan }: RestoreInput, state: TrafficState): Promise<boolean> {
  const { provider, target } = trafficOf(deps.providers, plan);
  const count = () => within(callTimeoutMs, async (signal) => provider.counts?.(target, signal));
  const slot = otherSlot(state.stableSlot);
  const before = plan.rollback.proof === 'count' ? await count() : undefined;
  if (before === undefined) return true;
  await deps.clock.sleep(countForMs, new AbortController().signal);
  const after = await count();
  return after !== undefined && after.requests[slot] <= before.requests[slot];
}

async function restoreOnce(
  { provider, target }: TrafficSide,
  home: Slot | null,
  epoch: number,
): Promise<TrafficState> {
  const limitMs = provider.restoreLimitMs ?? callTimeoutMs;
  const call = <T>(work: (signal: AbortSignal) => Promise<T>) => within(limitMs, work);
  await call((signal) => provider.restore(target, epoch, signal));
  const state = await call((signal) => provider.read(target, signal));
  if (home === null || state.stableSlot === home || isForeign(state, epoch)) return state;
  // After a promotion the way home is the old slot.
  await call((signal) => provider.setStable(target, home, Math.max(epoch, state.epoch), signal));
  return await call((signal) => provider.read(target, signal));
}

/**
 * Somebody newer owns the target, as after a reset of this rollout to an earlier event, or of one that ended long ago.
 * A canary may always be stopped; but which slot is stable, and what runs there, is the newer owner's.
 */
export function isForeign(state: TrafficState, epoch: number): boolean {
  return state.epoch > epoch;
}

export function isHome(state: TrafficState, home: Slot | null, nowMs: number): boolean {
  return (
    effectivePercent(state, nowMs) === 0 &&
    (state.stopped || (state.weightPercent === 0 && state.match === null)) &&
    (state.behind?.match ?? null) === null &&
    (home === null || state.stableSlot === home)
  );
}

/**
 * Starts the version that traffic goes back to, which clean-up after a promotion may have stopped. Until it is up the
 * promoted version goes on serving: a version that people dislike is better than none. Errors: those of the workload.
 */
async function warmFallback(deps: ActivityDeps, { plan, arms }: RestoreInput, epoch: number): Promise<void> {
  if (arms !== null) await within(coldStartMs, (signal) => startStable(deps, plan, arms, signal, epoch));
}

export async function startStable(
  deps: ActivityDeps,
  plan: Plan,
  arms: Arms,
  limit: AbortSignal,
  epoch: number,
): Promise<void> {
  const { stableSlot: slot, stableVersion: version } = arms;
  await bringUp(deps, plan, { slot, version, epoch, action: 'roll-back' }, limit, () => {});
}
