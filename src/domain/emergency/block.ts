/** The refusal of a rollout that an open emergency forbids to begin. */
import { SluiceError } from '../errors.ts';
import type { TargetId } from '../plan/types.ts';

export interface Blocking {
  readonly id: string;
  readonly actor: string;
  readonly reason: string;
}

export function emergencyOpen(target: TargetId, { id, actor, reason }: Blocking): SluiceError {
  const what = `No rollout of ${target} can begin while the emergency "${id}" is open (${actor}: ${reason}).`;
  return new SluiceError('emergency-open', what, { details: { emergency: id, actor, reason } });
}
