/**
 * Bringing a promoted version home: where one slot is the lasting one (the stable Deployment of a cluster), it gets the
 * new version, and when it is ready traffic moves there. Users are served by the other slot meanwhile.
 */
import { heartbeat } from '@temporalio/activity';
import type { Plan } from '../domain/plan/types.ts';
import { within } from '../providers/limit.ts';
import type { Slot } from '../providers/traffic/types.ts';
import { bringUp } from './bring-up.ts';
import type { ActivityDeps } from './deps.ts';
import { readBack } from './read-back.ts';
import { trafficOf, workloadOf } from './targets.ts';

/** Below the time limit of the activities that do it. */
const settleLimitMs = 8 * 60_000;
const callLimitMs = 5_000;

/** The slot that users are on afterwards. `version` is the one that runs in `slot`. */
export async function settle(
  deps: ActivityDeps,
  plan: Plan,
  { slot, version, epoch }: { readonly slot: Slot; readonly version: string; readonly epoch: number },
  signal: AbortSignal,
): Promise<Slot> {
  const { providers } = deps;
  const { home } = workloadOf(providers, plan).provider;
  if (home === undefined || home === slot) return slot;
  const wanted = { slot: home, version, epoch, action: 'promote' } as const;
  await within(settleLimitMs, (limit) => bringUp(deps, plan, wanted, limit, heartbeat), signal);
  const traffic = trafficOf(providers, plan);
  const call = <T>(work: (limit: AbortSignal) => Promise<T>) => within(callLimitMs, work, signal);
  await call((limit) => traffic.provider.setStable(traffic.target, home, epoch, limit));
  await readBack(deps, traffic, ({ stableSlot }) => stableSlot === home);
  return home;
}
