/** How often `watch` looks at the data plane, and the time-outs that follow from it. */
import type { Plan, Stage } from '../plan/types.ts';

const longestPulseMs = 2_000;
const shortestPulseMs = 200;

/** Time between two pulses of `watch` (heartbeat, read-back, renewal when due): well inside lease and interval. */
export function pulseMs(plan: Plan): number {
  const wanted = Math.min(plan.analysis.intervalMs, plan.lease.ttlMs / 5, longestPulseMs);
  return Math.max(shortestPulseMs, Math.floor(wanted));
}

/** Without a heartbeat for this long, Temporal gives the `watch` to another worker. */
export function heartbeatTimeoutMs(plan: Plan): number {
  return Math.max(4_000, 2 * pulseMs(plan) + 1_000);
}

/** Watched time that ends the stage: warm-up and soak, and the soak once more when it was extended. */
export function plannedMs(stage: Stage, extended: boolean): number {
  return stage.warmUpMs + stage.soakMs * (extended ? 2 : 1);
}
