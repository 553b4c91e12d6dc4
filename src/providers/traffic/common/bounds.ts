/** What every traffic provider demands of a write, and how it refuses one. */
import { SluiceError } from '../../../domain/errors.ts';
import type { TargetId } from '../../../domain/plan/types.ts';

/** Owners count from 1; 0 is nobody. */
export function checkEpoch(epoch: number): number {
  if (Number.isSafeInteger(epoch) && epoch > 0) return epoch;
  throw new SluiceError('request-invalid', `An epoch is a positive whole number, not ${epoch}.`);
}

export function checkShare(weightPercent: number): number {
  if (weightPercent >= 0 && weightPercent <= 100) return weightPercent;
  throw new SluiceError('request-invalid', `A share is 0 to 100 percent, not ${weightPercent}.`);
}

export function fenced(
  target: TargetId,
  epoch: number,
  owner: number,
  nobody = 'nobody owns it',
): SluiceError {
  const who = owner === 0 ? nobody : `epoch ${owner} owns it`;
  return new SluiceError('traffic-fenced', `Epoch ${epoch} may not write to ${target}: ${who}.`);
}
