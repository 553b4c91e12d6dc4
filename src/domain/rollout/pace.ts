/** How often `watch` looks at the data plane, and the time-outs that follow from it. */
import type { Plan, Stage } from '../plan/types.ts';

const longestPulseMs = 2_000;
const shortestPulseMs = 200;

/** Time between two pulses of `watch` (heartbeat, read-back, renewal when due): well inside lease and interval. */
export function pulseMs(plan: Plan): number {
  const wanted = Math.min(plan.analysis.intervalMs, plan.lease.ttlMs / 5, longestPulseMs);
  return Math.max(shortestPulseMs, Math.floor(wanted));
}

/** A long lease leaves time for fewer heartbeats, of which a thousand rollouts would send too many. */
const heartbeatShare = 0.25;
const longestHeartbeatMs = 12_000;

/** Without a heartbeat for this long, Temporal gives the `watch` to another worker; well before its lease runs out. */
export function heartbeatTimeoutMs(plan: Plan): number {
  const byLease = Math.min(longestHeartbeatMs, Math.floor(plan.lease.ttlMs * heartbeatShare));
  return Math.max(4_000, 2 * pulseMs(plan) + 1_000, byLease);
}

/** Watched time that ends the stage: warm-up and soak, and the soak once more when it was extended. */
export function plannedMs(stage: Stage, extended: boolean): number {
  return stage.warmUpMs + stage.soakMs * (extended ? 2 : 1);
}
