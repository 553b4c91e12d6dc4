/** What the gates that ask a registry answer alike: to a plan without an image, and when the registry says nothing. */
import { type ImageReference, parseImage } from '../../../domain/gates/image-reference.ts';
import { OutgoingError } from '../../outgoing.ts';
import type { GateQuestion, GateVerdict } from '../types.ts';
import { NotAsked, Unanswered } from './client.ts';

/** Null: the plan names none that can be asked about; `noImage` is the answer then. */
export function imageOf({ artifact }: GateQuestion): ImageReference | null {
  return artifact.image === undefined ? null : parseImage(artifact.image);
}

export const noImage: GateVerdict = {
  answer: 'refuse',
  reason:
    'the plan must name artifact.image as registry/repository:tag or with @sha256:…; add it and start again',
};

/** Throws what is no matter of the registry. */
export function unanswered(error: unknown): GateVerdict {
  if (!(error instanceof Unanswered || error instanceof OutgoingError)) throw error;
  return { answer: error instanceof NotAsked ? 'refuse' : 'hold', reason: error.message };
}
