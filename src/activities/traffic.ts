/** The short traffic writes: each is written, read back, and safe to repeat. */
import { activityInfo } from '@temporalio/activity';
import { SluiceError } from '../domain/errors.ts';
import type { Plan, SecondMeans } from '../domain/plan/types.ts';
import { sameShare } from '../domain/rollout/drift.ts';
import { type Arms, otherSlot } from '../domain/rollout/types.ts';
import { effectivePercent, type TrafficState } from '../providers/traffic/types.ts';
import type { ActivityDeps, Providers } from './deps.ts';
import { translated } from './failures.ts';
import { restoreUntil } from './restore.ts';
import { attemptEpoch, type TrafficSide, trafficOf, workloadOf } from './targets.ts';
import type { RestoreActivities } from './types.ts';

/** A call to the data plane that takes longer than this is broken off and tried again. */
const callTimeoutMs = 2_000;

export function createRestoreActivities(deps: ActivityDeps): RestoreActivities {
  const { providers } = deps;
  const attempt = (epoch: number) => attemptEpoch(epoch, activityInfo().attempt);
  return {
    shift: ({ plan, stage, epoch }) =>
      translated(async () => {
        const side = trafficOf(providers, plan);
        const { weightPercent, match } = stageOf(plan.stages, stage);
        const writer = attempt(epoch);
        await side.provider.setRoute(side.target, { weightPercent, match }, writer, signal());
        const state = await readBack(
          side,
          (seen) => seen.epoch === writer && sameShare(seen.weightPercent, weightPercent),
        );
        return { readWeightPercent: state.weightPercent };
      }),
    promote: ({ plan, arms, epoch }) =>
      translated(async () => {
        const side = trafficOf(providers, plan);
        const slot = otherSlot(arms.stableSlot);
        await side.provider.setStable(side.target, slot, attempt(epoch), signal());
        await readBack(
          side,
          (seen) => seen.stableSlot === slot && effectivePercent(seen, deps.clock.now()) === 0,
        );
      }),
    cutOff: ({ plan, arms, means }) => translated(() => cutOff[means](providers, plan, arms)),
    restore: (input) => translated(() => restoreUntil(deps, input, attempt(input.epoch))),
  };
}

/** A new second means is one line here and its name in the plan. */
const cutOff: Record<SecondMeans, (providers: Providers, plan: Plan, arms: Arms) => Promise<void>> = {
  'stop-canary': async (providers, plan, arms) => {
    const { provider, target } = workloadOf(providers, plan);
    await provider.stop(target, otherSlot(arms.stableSlot), signal());
  },
};

async function readBack(side: TrafficSide, fits: (state: TrafficState) => boolean): Promise<TrafficState> {
  const state = await side.provider.read(side.target, signal());
  if (fits(state)) return state;
  const seen = `stable ${state.stableSlot}, canary ${state.weightPercent} %, epoch ${state.epoch}`;
  throw new SluiceError(
    'traffic-mismatch',
    `The data plane of ${side.target.id} reads back ${seen}, not what was written.`,
  );
}

function stageOf<T>(stages: readonly T[], index: number): T {
  const stage = stages[index];
  if (stage === undefined) throw new SluiceError('internal', `The plan has no stage ${index}.`);
  return stage;
}

function signal(): AbortSignal {
  return AbortSignal.timeout(callTimeoutMs);
}
