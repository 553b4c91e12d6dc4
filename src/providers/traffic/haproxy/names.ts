/** Names in HAProxy's configuration that follow from a target, and what may stand in its maps and commands. */
import { SluiceError } from '../../../domain/errors.ts';
import type { TargetId } from '../../../domain/plan/types.ts';
import type { Slot } from '../../../domain/rollout/types.ts';
import { checkShare } from '../common/bounds.ts';
import type { TrafficTarget } from '../types.ts';

export const defaultMatchHeader = 'x-sluice-canary';

export const backendPattern = /^[A-Za-z0-9_.:-]{1,200}$/;
export const headerPattern = /^[A-Za-z][A-Za-z0-9_-]{0,99}$/;
/** Quotes, variables and comments of the configuration, and what the runtime socket takes for commands. */
export const pathPattern = /^[^\p{Cc}'"\\;<>#$%]+$/u;

/** `demo/shop`, `green` -> `demo_shop_green`, unless the plan names its backends. */
export function backendOf(target: TrafficTarget, slot: Slot): string {
  const named = target.options.backends;
  if (typeof named === 'object' && named !== null && slot in named) {
    return checked(backendPattern, String((named as Record<Slot, unknown>)[slot]), 'backend');
  }
  return defaultBackend(checkTargetId(target.id), slot);
}

export function defaultBackend(id: TargetId, slot: Slot): string {
  return `${id.replaceAll(/[^A-Za-z0-9_.-]/g, '_')}_${slot}`;
}

export function checkTargetId(id: TargetId): TargetId {
  if (id.length <= 200 && /^[a-z0-9][a-z0-9._-]*\/[a-z0-9][a-z0-9._-]*$/.test(id)) return id;
  throw new SluiceError(
    'request-invalid',
    'A target is environment/service, of lower-case letters, digits, dot, dash and underscore.',
  );
}

export function checkMatchValue(value: string): string {
  if (/^[A-Za-z0-9._~:-]{1,100}$/.test(value)) return value;
  throw new SluiceError(
    'traffic-unready',
    'HAProxy matches header values of 1 to 100 letters, digits and . _ ~ : - only.',
  );
}

/** Parts of 10,000. */
export function weightOf(weightPercent: number): number {
  return Math.round(checkShare(weightPercent) * 100);
}

/** Errors: `provider-config` for names that would break the configuration. */
export function checked(pattern: RegExp, text: string, what: string): string {
  if (pattern.test(text)) return text;
  throw new SluiceError('provider-config', `HAProxy cannot take ${JSON.stringify(text)} as a ${what}.`);
}
