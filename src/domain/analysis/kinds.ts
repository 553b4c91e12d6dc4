/** What sets the kinds of checks apart: where they look, whether a pass says anything, and what a failure does. */
import type { CheckConfig, ProbeCheck } from './types.ts';

/** Whether the check asks an instance of its own (health, alerts) rather than the plan's metrics source. */
export function isProbe(config: CheckConfig): config is ProbeCheck {
  return config.kind === 'health' || config.kind === 'alert';
}

/**
 * Whether a pass is evidence for the canary. That a shared dependency is up, or that no alert fires, is as true without
 * any canary, so it can hold a rollout back and never carry it forward.
 */
export function isEvidence(config: CheckConfig): boolean {
  return config.kind !== 'alert' && !(config.kind === 'health' && config.scope === 'shared');
}

/** Whether a failure holds the stage instead of taking the canary back. */
export function holdsOnFailure(config: CheckConfig): boolean {
  return isProbe(config) && config.onFail === 'hold';
}
