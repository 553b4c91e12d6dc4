/** Temporal's payload codec: whatever workflows, activities and callers write is sealed on the way to the server. */
import type { Payload, PayloadCodec } from '@temporalio/common';
import { SluiceError } from '../domain/errors.ts';
import type { KeyRing } from './keys.ts';
import { seal, sealedWith, unseal } from './seal.ts';

export function createCodec(ring: KeyRing): PayloadCodec {
  return {
    encode: async (payloads) => payloads.map((payload) => seal(payload, ring.current)),
    decode: async (payloads) => payloads.map((payload) => opened(payload, ring)),
  };
}

/**
 * What is not sealed stays as it is: signals from Temporal's own UI and CLI, and histories from before. So does what was
 * tampered with: a workflow refuses it like any other payload that it cannot read, and goes on. Throws `payload-key-missing`:
 * work that waits for a key must wait, for its own state may be sealed with it.
 */
export function opened(payload: Payload, ring: KeyRing): Payload {
  const id = sealedWith(payload);
  if (id === null) return payload;
  const key = ring.byId.get(id);
  if (key === undefined)
    throw new SluiceError(
      'payload-key-missing',
      `A payload in Temporal is encrypted with the key ${JSON.stringify(id.slice(0, 64))}, which is not among temporal.encryption.keys.`,
    );
  return unseal(payload, key) ?? payload;
}
