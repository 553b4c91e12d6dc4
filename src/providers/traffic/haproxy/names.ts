/** Names in HAProxy's configuration that follow from a target, and what may stand in its maps. */
import { SluiceError } from '../../../domain/errors.ts';
import type { TargetId } from '../../../domain/plan/types.ts';
import type { Slot } from '../../../domain/rollout/types.ts';
import type { TrafficTarget } from '../types.ts';

export const defaultMatchHeader = 'x-sluice-canary';

/** `demo/shop`, `green` -> `demo_shop_green`, unless the plan names its backends. */
export function backendOf(target: TrafficTarget, slot: Slot): string {
  const named = target.options.backends;
  if (typeof named === 'object' && named !== null && slot in named) {
    return String((named as Record<Slot, unknown>)[slot]);
  }
  return defaultBackend(target.id, slot);
}

export function defaultBackend(id: TargetId, slot: Slot): string {
  return `${id.replaceAll(/[^A-Za-z0-9_.-]/g, '_')}_${slot}`;
}

export function checkTargetId(id: TargetId): TargetId {
  if (/^[a-z0-9][a-z0-9._-]*\/[a-z0-9][a-z0-9._-]*$/.test(id)) return id;
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
