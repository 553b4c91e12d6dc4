/** The short traffic writes: each is written, read back, and safe to repeat. */
import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { SluiceError } from '../domain/errors.ts';
import { type Plan, type SecondMeans, targetOf } from '../domain/plan/types.ts';
import { lapsedBefore, sameMatch, sameShare } from '../domain/rollout/drift.ts';
import { type Arms, otherSlot } from '../domain/rollout/types.ts';
import { within } from '../providers/limit.ts';
import { effectivePercent, type TrafficState } from '../providers/traffic/types.ts';
import { alive } from './alive.ts';
import { callSignal } from './call-limit.ts';
import type { ActivityDeps, Providers } from './deps.ts';
import { translated } from './failures.ts';
import { readBack } from './read-back.ts';
import { restoreUntil } from './restore.ts';
import { makeRoom } from './room.ts';
import { attemptEpoch, trafficOf, workloadOf } from './targets.ts';
import type { Blocked, RestoreActivities } from './types.ts';

export function createRestoreActivities(deps: ActivityDeps): RestoreActivities {
  const { providers } = deps;
  const attempt = (epoch: number) => attemptEpoch(epoch, activityInfo().attempt);
  return {
    shift: ({ plan, arms, stage, epoch }) =>
      translated(async () => {
        const side = trafficOf(providers, plan);
        const { weightPercent, match } = stageOf(plan.stages, stage);
        const blocked = blockedBy(await side.provider.read(side.target, callSignal()), deps.clock.now());
        if (blocked) return { readWeightPercent: 0, blocked };
        const writer = attempt(epoch);
        await makeRoom(providers, plan, arms, weightPercent, { signal: cancellationSignal(), epoch: writer });
        await side.provider.setRoute(side.target, { weightPercent, match }, writer, callSignal());
        const state = await readBack(
          deps,
          side,
          (seen) =>
            seen.epoch === writer &&
            sameShare(seen.weightPercent, weightPercent) &&
            sameMatch(seen.match, match),
        );
        return { readWeightPercent: state.weightPercent, blocked: null };
      }),
    promote: ({ plan, arms, epoch }) =>
      translated(async () => {
        const side = trafficOf(providers, plan);
        const slot = otherSlot(arms.stableSlot);
        const before = await side.provider.read(side.target, callSignal());
        // A second attempt may find the first one's work done.
        const blocked = before.stableSlot === slot ? null : blockedBy(before, deps.clock.now());
        if (blocked) return { blocked };
        const how = { signal: cancellationSignal(), epoch: attempt(epoch) };
        if (before.stableSlot !== slot) {
          await makeRoom(providers, plan, arms, 100, how);
          // Making room takes its time, in which somebody may have stopped the canary.
          const meanwhile = blockedBy(await side.provider.read(side.target, callSignal()), deps.clock.now());
          if (meanwhile) return { blocked: meanwhile };
        }
        try {
          await side.provider.setStable(side.target, slot, attempt(epoch), callSignal());
        } catch (error) {
          // A data plane may refuse it for a stop that came just before; that is a stop, and no failure.
          const found = await side.provider.read(side.target, callSignal()).catch(() => null);
          if (found?.stopped !== true) throw error;
          return { blocked: stopFound };
        }
        const state = await readBack(
          deps,
          side,
          (seen) => seen.stableSlot === slot && effectivePercent(seen, deps.clock.now()) === 0,
        );
        // A stop that came with the very write does not hinder it, so it is heeded now: users go back.
        return { blocked: state.stopped ? stopFound : null };
      }),
    cutOff: ({ plan, arms, means }) => translated(() => cutOff[means](providers, plan, arms)),
    restore: (input) => alive('restoring', () => restoreUntil(deps, input, attempt(input.epoch))),
  };
}

const stopFound: Blocked = { cause: 'stop', reason: 'a stop was found in the data plane' };

/** A canary that was stopped, or whose lease ran out, is not given more: users are on stable, and there they stay. */
function blockedBy(seen: TrafficState, nowMs: number): Blocked | null {
  if (seen.stopped) return stopFound;
  if (!lapsedBefore(seen, nowMs)) return null;
  return {
    cause: 'lapse',
    reason: 'the lease ran out while nobody watched; traffic had gone back to stable by itself',
  };
}

/** Below the time limit of the activity, so that the failure says what did not answer. */
const flagLimitMs = 6_000;

/** A new second means is one line here and its name in the plan. */
const cutOff: Record<SecondMeans, (providers: Providers, plan: Plan, arms: Arms) => Promise<void>> = {
  'flag-off': async (providers, plan, arms) => {
    const { runId = '' } = activityInfo().workflowExecution ?? {};
    const target = targetOf(plan);
    const call = {
      id: `${runId}/second-means`,
      target,
      action: 'flag-off',
      version: plan.version,
      stableVersion: arms.stableVersion,
      cause: 'the data plane does not obey',
    };
    const hook = providers.hook(plan.rollback.flagHook ?? '');
    await within(flagLimitMs, (signal) => hook.call(call, signal), cancellationSignal());
  },
  'stop-canary': async (providers, plan, arms) => {
    const { provider, target } = workloadOf(providers, plan);
    await provider.stop(target, otherSlot(arms.stableSlot), callSignal());
  },
};

function stageOf<T>(stages: readonly T[], index: number): T {
  const stage = stages[index];
  if (stage === undefined) throw new SluiceError('internal', `The plan has no stage ${index}.`);
  return stage;
}
