/**
 * `gate`: asks the gates of a place while no traffic depends on it. Before later stages `watch` asks them, beside its
 * own work.
 */
import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { gatesOf } from '../../domain/gates/state.ts';
import { type Plan, targetOf } from '../../domain/plan/types.ts';
import type { ActivityDeps } from '../deps.ts';
import { translated } from '../failures.ts';
import type { Asked, GateInput, GateProgress, GateResult } from '../types.ts';
import { GateLooks } from './looks.ts';

const pulseMs = 500;

export function createGate(deps: ActivityDeps): (input: GateInput) => Promise<GateResult> {
  return (input) => translated(() => gate(deps, input));
}

async function gate(deps: ActivityDeps, input: GateInput): Promise<GateResult> {
  const { clock } = deps;
  const looks = gateLooks(deps, input.plan, input.asked, null);
  try {
    for (;;) {
      looks.tick();
      const progress: GateProgress = { gates: looks.reports, atMs: clock.now() };
      heartbeat(progress);
      if (looks.open || looks.refused.length > 0) return { reports: looks.reports };
      await clock.sleep(pulseMs, cancellationSignal());
      cancellationSignal().throwIfAborted();
    }
  } finally {
    looks.stop();
  }
}

export function gateLooks(
  deps: ActivityDeps,
  plan: Plan,
  { place, author, approvals, sinceMs, digests = {}, override }: Asked,
  stableVersion: string | null,
): GateLooks {
  const { runId = '' } = activityInfo().workflowExecution ?? {};
  const target = targetOf(plan);
  return new GateLooks({
    gates: gatesOf({ plan }, place),
    place,
    clock: deps.clock,
    find: (name) => deps.gates.find(name),
    runId,
    keep: (config, report) => deps.gates.keep({ target, runId, place, gate: config.name }, report),
    question: {
      target,
      service: plan.service,
      environment: plan.environment,
      version: plan.version,
      stableVersion,
      artifact: plan.artifact ?? {},
      place,
      author,
      approvals,
      sinceMs,
      digests,
      override: override ?? null,
    },
  });
}
