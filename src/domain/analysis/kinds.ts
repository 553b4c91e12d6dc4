/** What sets the kinds of checks apart: where they look, whether a pass says anything, and what a failure does. */

import type { CompositeCheck } from './further-checks.ts';
import { placeholdersIn } from './template.ts';
import type { CheckConfig, MetricCheck, ProbeCheck } from './types.ts';

/** Whether the check asks an instance of its own (health, alerts) rather than the plan's metrics source. */
export function isProbe(config: CheckConfig): config is ProbeCheck {
  return config.kind === 'health' || config.kind === 'alert';
}

/** The checks that ask the plan's metrics source: the check itself, or the parts of a composite one. */
export function metricChecksOf(config: CheckConfig): readonly MetricCheck[] {
  if (config.kind === 'composite') return config.parts.map(({ check }) => check);
  return isProbe(config) || config.kind === 'counts' ? [] : [config];
}

/** The check with its window cut to `reachMs`, so that it looks at nothing older; what it knows of the past stays. */
export function withinReach<C extends MetricCheck | CompositeCheck>(config: C, reachMs: number): C {
  if (config.kind === 'composite') {
    const parts = config.parts.map((part) => ({ ...part, check: withinReach(part.check, reachMs) }));
    return { ...config, parts };
  }
  return { ...config, windowMs: Math.min(config.windowMs, reachMs) };
}

/**
 * Whether a pass is evidence for the canary. That a shared dependency is up, or that no alert fires, is as true without
 * any canary, so it can hold a rollout back and never carry it forward. The same holds for the error budget of a whole
 * service, as long as its query does not ask for the canary.
 */
export function isEvidence(config: CheckConfig): boolean {
  if (config.kind === 'errorBudget') {
    const asked = placeholdersIn(config.query.value);
    return asked.includes('version') || asked.includes('canary');
  }
  if (config.kind === 'composite') return config.parts.some(({ check }) => isEvidence(check));
  return config.kind !== 'alert' && !(config.kind === 'health' && config.scope === 'shared');
}

/** Whether a failure holds the stage instead of taking the canary back. */
export function holdsOnFailure(config: CheckConfig): boolean {
  return 'onFail' in config && config.onFail === 'hold';
}
