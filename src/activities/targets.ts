/** Finds the providers and targets that a plan speaks of, and the epoch of an attempt. */
import { type Plan, targetOf } from '../domain/plan/types.ts';
import type { TrafficProvider, TrafficTarget } from '../providers/traffic/types.ts';
import type { WorkloadProvider, WorkloadTarget } from '../providers/workload/types.ts';
import type { Providers } from './deps.ts';

export interface TrafficSide {
  readonly provider: TrafficProvider;
  readonly target: TrafficTarget;
}

export function trafficOf(providers: Providers, plan: Plan): TrafficSide {
  const target = { id: targetOf(plan), options: plan.traffic.options };
  return { provider: providers.traffic(plan.traffic.name), target };
}

export interface WorkloadSide {
  readonly provider: WorkloadProvider;
  readonly target: WorkloadTarget;
}

export function workloadOf(providers: Providers, plan: Plan): WorkloadSide {
  const target = { id: targetOf(plan), options: plan.workload.options };
  return { provider: providers.workload(plan.workload.name), target };
}

const attemptsPerEpoch = 100;

/** Each attempt of an activity writes under an epoch of its own, so that a retry fences off the attempt before it. */
export function attemptEpoch(epoch: number, attempt: number): number {
  return epoch * attemptsPerEpoch + Math.min(attempt, attemptsPerEpoch - 1);
}

/** Whether an epoch may be that of an attempt before `attempt`. */
export function isOfEarlierAttempt(epoch: number, attempt: number): boolean {
  const of = epoch % attemptsPerEpoch;
  return of >= 1 && of < attempt;
}

/** The workflow's epoch that is safely above one seen in the data plane. */
export function epochAbove(seen: number): number {
  return Math.floor(seen / attemptsPerEpoch) + 1;
}
