/**
 * Brings a version up in a slot; where that takes a hook of the operator's, such as a commit, the hook is called first.
 */
import { activityInfo } from '@temporalio/activity';
import { type Plan, targetOf } from '../domain/plan/types.ts';
import type { Slot } from '../providers/traffic/types.ts';
import type { ActivityDeps } from './deps.ts';
import { workloadOf } from './targets.ts';

interface Wanted {
  readonly slot: Slot;
  readonly version: string;
  readonly epoch: number;
  /** Why, for the hook. */
  readonly action: 'promote' | 'roll-back';
}

/** Errors: those of the workload; `hook-failed`. */
export async function bringUp(
  { providers }: ActivityDeps,
  plan: Plan,
  { slot, version, epoch, action }: Wanted,
  signal: AbortSignal,
  progress: (line: string) => void,
): Promise<void> {
  const { provider, target } = workloadOf(providers, plan);
  const hook = provider.hookFor?.(target, slot) ?? null;
  if (hook !== null) {
    const stableVersion = await provider.versionIn(target, slot, signal);
    const { runId = '' } = activityInfo().workflowExecution ?? {};
    const id = `${runId}/${action}/${version}`;
    const call = {
      id,
      target: targetOf(plan),
      action,
      version,
      stableVersion: stableVersion ?? '',
      cause: '',
    };
    if (stableVersion !== version) await providers.hook(hook).call(call, signal);
  }
  await provider.start(target, slot, version, signal, progress, epoch);
}
