/** What a payload in an answer of Temporal holds, where that can be read. */
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { SluiceError } from '../domain/errors.ts';

/** Undefined: there is none, or it is sealed with a key that is not at hand, was tampered with, or is no JSON. */
export function decoded(payload: Payload | null | undefined): unknown {
  if (!payload) return undefined;
  try {
    return defaultPayloadConverter.fromPayload(payload);
  } catch {
    return undefined;
  }
}

export function isKeyMissing(error: unknown): boolean {
  return error instanceof SluiceError && error.code === 'payload-key-missing';
}
