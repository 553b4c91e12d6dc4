/** Brings the version that an emergency asks for back to a target whose last rollout has ended. */

import type { FoundRollout, TargetLook } from '../domain/emergency/sweep.ts';
import { stableAfter, switchPlan, wantedVersion } from '../domain/emergency/switch-plan.ts';
import type { Arms, Outcome } from '../domain/rollout/types.ts';
import type { LocatedSubject, SweepContext } from './emergency-targets.ts';

/** Between two tries for one target. */
const retryAfterMs = 30_000;

interface Ended {
  readonly arms: Arms;
  readonly outcome: Outcome;
  readonly byEmergency: boolean;
}

export async function bringBack(
  context: SweepContext,
  { found, record }: LocatedSubject,
): Promise<Partial<TargetLook>> {
  const { deps, planes, order, released } = context;
  const last = await lastPrepared(context, found);
  if (last === null) {
    return { left: true, done: true, reason: 'no rollout of it says which version is stable' };
  }
  const stable = stableAfter(last.arms, last.outcome);
  const wanted = wantedVersion(order.to ?? 'previous', last.arms, last.outcome, last.byEmergency);
  const { name, options } = found.traffic;
  if (wanted === stable.version) {
    const reason = await planes.bringHome(name, { id: found.target, options }, stable.slot);
    return { good: reason === null, done: true, reason, version: stable.version };
  }
  const behind = `${stable.version} is stable, ${wanted} is wanted`;
  if (order.stoppedAll.includes(name) && !released.includes(name)) {
    return {
      reason: `${behind}; waits until every canary behind "${name}" is gone`,
      version: stable.version,
    };
  }
  const failed = found.emergency === order.id ? await failureOf(context, found) : '';
  const lastTryMs = record?.switchedAtMs ?? null;
  if (lastTryMs !== null && deps.clock.now() - lastTryMs < retryAfterMs) {
    return { reason: `${behind}${failed}; tried again soon`, version: stable.version };
  }
  const plan = await deps.directory.planOf(found);
  if (plan === null) return { left: true, done: true, reason: 'its last rollout began with no plan' };
  const reason = `emergency: ${order.reason}`;
  const input = { plan: switchPlan(plan, wanted), actor: order.actor, reason, force: 'all' } as const;
  const switched = await deps.directory.start(input, order.id);
  return { reason: `${behind}${failed}; a rollout to it begins`, version: stable.version, switched };
}

/**
 * The target's last rollout that came as far as to know its versions; one that was refused at its start says nothing.
 */
async function lastPrepared({ deps }: SweepContext, found: FoundRollout): Promise<Ended | null> {
  const { directory } = deps;
  const own = await endOf(directory.resultOf, found);
  if (own !== null) return own;
  for (const run of await directory.runs(found.target)) {
    if (run.runId === found.runId || run.running) continue;
    const end = await endOf(directory.resultOf, run);
    if (end !== null) return end;
  }
  return null;
}

async function endOf(
  resultOf: SweepContext['deps']['directory']['resultOf'],
  run: FoundRollout,
): Promise<Ended | null> {
  const status = await resultOf(run);
  if (!status?.arms || !status.outcome) return null;
  return { arms: status.arms, outcome: status.outcome, byEmergency: run.emergency !== null };
}

async function failureOf({ deps }: SweepContext, found: FoundRollout): Promise<string> {
  const status = await deps.directory.resultOf(found);
  return status?.cause ? `; the last try failed: ${status.cause.reason}` : '';
}
