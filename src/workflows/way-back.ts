/** The work of going back: down in steps or at once, the ladder beside it, and what follows before the clean-up. */
import {
  ActivityCancellationType,
  CancellationScope,
  condition,
  isCancellation,
  patched,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { VerifyResult } from '../activities/types.ts';
import type { Plan, SecondMeans } from '../domain/plan/types.ts';
import { mayCutOff } from '../domain/rollout/effects.ts';
import { heartbeatTimeoutMs } from '../domain/rollout/pace.ts';
import type { Arms, Effect, RampResult, RolloutEvent, RolloutState } from '../domain/rollout/types.ts';
import { armsOf, long, reasonOf, traffic } from './proxies.ts';

export type Report = (event: RolloutEvent) => void;

/** One attempt, bounded by the ramp's own time: whatever becomes of it, the restore comes next. */
export async function ramp(
  effect: Effect & { kind: 'ramp' },
  state: RolloutState,
  epoch: number,
): Promise<RampResult> {
  const { plan, cause, carry } = state;
  const elapsedMs = Date.now() - (cause?.atMs ?? Date.now());
  const leftMs = Math.max(1_000, (plan.rollback.ramp?.overMs ?? 0) - elapsedMs);
  const options = {
    summary: `${plan.service}: the canary goes down step by step`,
    startToCloseTimeout: leftMs,
    scheduleToCloseTimeout: leftMs,
    heartbeatTimeout: heartbeatTimeoutMs(plan),
    // The restore must not wait for a worker that does not answer.
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { maximumAttempts: 1 },
  } as const;
  const fromPercent = state.ramp?.fromPercent ?? 0;
  const input = { plan, arms: armsOf(state), stage: effect.stage, epoch, fromPercent, elapsedMs, carry };
  return await long.ramp.executeWithOptions(options, [input]);
}

/** The problem, in words; null: it worked. The restore is done, so nothing here can fail the rollback. */
export async function act(
  effect: Effect & { kind: 'act' },
  state: RolloutState,
  epoch: number,
): Promise<string | null> {
  const { action } = effect;
  const { workflowId, runId } = workflowInfo();
  const options = {
    summary: `${state.plan.service}: ${action.action}${action.hook === null ? '' : ` ${action.hook}`}`,
    scheduleToCloseTimeout: action.timeoutMs + aftermathSlackMs,
    heartbeatTimeout: '10 seconds',
    retry: { maximumAttempts: 2 },
  } as const;
  const input = {
    plan: state.plan,
    arms: armsOf(state),
    action,
    epoch,
    cause: state.cause?.reason ?? '',
    actionId: `${workflowId}/${runId}/${effect.key}`,
  };
  try {
    await long.act.executeWithOptions(options, [input]);
    return null;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return reasonOf(error);
  }
}

/** For a worker that dies in the middle, and the next one that takes over. */
const aftermathSlackMs = 15_000;

export async function verify(state: RolloutState): Promise<VerifyResult> {
  const { plan } = state;
  const options = {
    summary: `${plan.service}: is ${state.arms?.stableVersion} well?`,
    scheduleToCloseTimeout: (plan.rollback.verify?.timeoutMs ?? 0) + aftermathSlackMs,
    heartbeatTimeout: '10 seconds',
  } as const;
  try {
    return await long.verify.executeWithOptions(options, [{ plan, arms: armsOf(state) }]);
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { result: 'timed-out', reason: reasonOf(error), looks: 0 };
  }
}

/** Waits for a person's word, or for a time. */
export async function rest(untilMs: number | null): Promise<RolloutEvent | null> {
  if (untilMs === null) {
    await condition(() => false);
    return null;
  }
  await sleep(Math.max(1, untilMs - Date.now()), { summary: 'cooldown' });
  return { kind: 'rested' };
}

/** Tried for ever, while the ladder is climbed: whoever gives up here leaves users on a bad version. */
export async function restore(state: RolloutState, epoch: number, report: Report): Promise<RolloutEvent> {
  const { plan, arms, fallbackCold } = state;
  const ladder = new CancellationScope({ cancellable: true });
  const climbed = ladder
    .run(() => climb(state, report))
    .catch((error) => {
      if (!isCancellation(error)) throw error;
    });
  const options = {
    summary: `${plan.service}: all traffic back to stable`,
    heartbeatTimeout: '3 seconds',
    retry: { initialInterval: '1s', backoffCoefficient: 1 },
  } as const;
  const startedMs = Date.now();
  try {
    const result = await traffic.restore.executeWithOptions(options, [{ plan, arms, epoch, fallbackCold }]);
    // The activity knows its last attempt only; the workflow's clock knows them all.
    const tookMs = Math.max(result.tookMs, Date.now() - startedMs);
    return { kind: 'restored', attempts: result.attempts, tookMs };
  } finally {
    ladder.cancel();
    await climbed;
  }
}

/** The share of `rollback.timeout` that belongs to the data plane alone. */
const firstShare = 0.5;

/** What happens while the data plane does not obey: the second means at half of the time, the alarm at its end. */
async function climb(state: RolloutState, report: Report): Promise<void> {
  const { plan, arms, promotedAtMs, ramp: ramped, cause } = state;
  // It was climbed to its end before, perhaps by an earlier run.
  if (state.restoreLate && patched('ladder-climbed-once')) return;
  const { secondMeans } = plan.rollback;
  const startedMs = Date.now();
  // A ramp has used up its part of the time, which counts from the decision.
  const usedMs = ramped?.endedAtMs != null && cause ? ramped.endedAtMs - cause.atMs : 0;
  const timeoutMs = Math.max(1_000, plan.rollback.timeoutMs - usedMs);
  // After a promotion the new version is the stable one: cutting it off would be an outage.
  const asked = arms !== null && promotedAtMs === null && secondMeans.length > 0;
  if (asked && (mayCutOff(state) || !patched('tried-promotion-is-not-cut-off'))) {
    await sleep(timeoutMs * firstShare, { summary: 'second means' });
    for (const means of secondMeans) report({ kind: 'cut-off', means, ...(await cutOff(plan, arms, means)) });
  }
  await sleep(Math.max(1, startedMs + timeoutMs - Date.now()), { summary: 'rollback.timeout' });
  const reason = `severity 1: the canary could not be read at 0 % within ${plan.rollback.timeoutMs} ms; still trying`;
  report({ kind: 'restore-late', reason });
}

async function cutOff(plan: Plan, arms: Arms, means: SecondMeans): Promise<{ problem: string | null }> {
  try {
    const options = { summary: `${plan.service}: ${means}`, retry: { maximumAttempts: 2 } } as const;
    await traffic.cutOff.executeWithOptions(options, [{ plan, arms, means }]);
    return { problem: null };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { problem: reasonOf(error) };
  }
}
