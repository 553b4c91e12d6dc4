/** Bringing all traffic back: written, read back, tried again fast. Needs no metrics, no readiness and no approval. */
import { ApplicationFailure } from '@temporalio/common';
import { messageOf } from '../domain/errors.ts';
import { type Plan, targetOf } from '../domain/plan/types.ts';
import type { Arms, Slot } from '../domain/rollout/types.ts';
import { effectivePercent, type TrafficState } from '../providers/traffic/types.ts';
import { type ActivityDeps, systemClock } from './deps.ts';
import { type TrafficSide, trafficOf, workloadOf } from './targets.ts';
import type { RestoreInput, RestoreResult } from './types.ts';

const callTimeoutMs = 1_000;
const pauseMs = 100;
/** One attempt of the activity; Temporal starts the next, for ever, and the workflow raises the alarm. */
const budgetMs = 8_000;
/** How long an old version that was stopped after a promotion may take to come up before traffic goes there anyway. */
const coldStartMs = 5_000;

/** Errors: only ones that Temporal retries; whoever stops trying here leaves users on a bad version. */
export async function restoreUntil(
  deps: ActivityDeps,
  input: RestoreInput,
  epoch: number,
  attempt: number,
): Promise<RestoreResult> {
  const startedMs = performance.now();
  const home = input.arms?.stableSlot ?? null;
  // Once is enough: a version that does not come up must not keep traffic from being written.
  if (input.fallbackCold && attempt === 1) await warmFallback(deps, input);
  let lastProblem = 'no attempt was made';
  for (let attempts = 1; performance.now() - startedMs < budgetMs; attempts++) {
    try {
      const state = await restoreOnce(trafficOf(deps.providers, input.plan), home, epoch);
      if (isHome(state, home, deps.clock.now())) {
        return { attempts, tookMs: Math.round(performance.now() - startedMs) };
      }
      lastProblem = `it reads stable ${state.stableSlot}, canary ${state.weightPercent} %`;
    } catch (error) {
      lastProblem = messageOf(error);
    }
    await deps.clock.sleep(pauseMs, new AbortController().signal);
  }
  throw ApplicationFailure.retryable(
    `The canary of ${targetOf(input.plan)} could not be read at 0 %: ${lastProblem}`,
    'traffic-unavailable',
  );
}

async function restoreOnce(side: TrafficSide, home: Slot | null, epoch: number): Promise<TrafficState> {
  await side.provider.restore(side.target, epoch, signal());
  const state = await side.provider.read(side.target, signal());
  if (home === null || state.stableSlot === home) return state;
  // After a promotion the way home is the old slot.
  await side.provider.setStable(side.target, home, Math.max(epoch, state.epoch), signal());
  return await side.provider.read(side.target, signal());
}

export function isHome(state: TrafficState, home: Slot | null, nowMs: number): boolean {
  return (
    effectivePercent(state, nowMs) === 0 &&
    (state.stopped || (state.weightPercent === 0 && state.match === null)) &&
    (home === null || state.stableSlot === home)
  );
}

/** Starts the version that traffic goes back to. Bounded whatever the provider does. Errors: none. */
async function warmFallback(deps: ActivityDeps, { plan, arms }: RestoreInput): Promise<void> {
  if (arms === null) return;
  const limit = AbortSignal.timeout(coldStartMs);
  const started = startStable(deps, plan, arms, limit).catch(() => {});
  // Whether it comes up or not, the decision to go back stands; the read-back tells the truth about traffic.
  await Promise.race([started, systemClock.sleep(coldStartMs, new AbortController().signal)]);
}

export async function startStable(
  deps: ActivityDeps,
  plan: Plan,
  arms: Arms,
  limit: AbortSignal,
): Promise<void> {
  const { provider, target } = workloadOf(deps.providers, plan);
  await provider.start(target, arms.stableSlot, arms.stableVersion, limit, () => {});
}

function signal(): AbortSignal {
  return AbortSignal.timeout(callTimeoutMs);
}
