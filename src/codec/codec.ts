/** Temporal's payload codec: whatever workflows, activities and callers write is sealed on the way to the server. */
import type { Payload, PayloadCodec } from '@temporalio/common';
import { SluiceError } from '../domain/errors.ts';
import type { KeyRing } from './keys.ts';
import { seal, sealedWith, unseal } from './seal.ts';

/** Of a ring only what opens. */
type Opening = Pick<KeyRing, 'byId'>;

export const noKeys: Opening = { byId: new Map() };

/**
 * For whoever seals nothing: what others sealed is refused by its own error, not as some payload of a strange encoding.
 */
export const plainCodec: PayloadCodec = {
  encode: async (payloads) => payloads,
  decode: async (payloads) => payloads.map((payload) => opened(payload, noKeys)),
};

export function createCodec(ring: KeyRing): PayloadCodec {
  return {
    encode: async (payloads) => payloads.map((payload) => seal(payload, ring.current)),
    decode: async (payloads) => payloads.map((payload) => opened(payload, ring)),
  };
}

/**
 * What is not sealed stays as it is: signals from Temporal's own UI and CLI, and histories from before. So does what
 * was tampered with: a workflow refuses it like any other payload that it cannot read, and goes on. Throws
 * `payload-key-missing`: work that waits for a key must wait, for its own state may be sealed with it.
 */
export function opened(payload: Payload, ring: Opening): Payload {
  const id = sealedWith(payload);
  if (id === null) return payload;
  const key = ring.byId.get(id);
  if (key === undefined) throw new KeyMissing(id);
  return unseal(payload, key) ?? payload;
}

/** A class that is called as the code is: by the name of its class Temporal calls the failure of an activity. */
const { 'payload-key-missing': KeyMissing } = {
  'payload-key-missing': class extends SluiceError {
    constructor(id: string) {
      const named = JSON.stringify(id.slice(0, 64));
      super(
        'payload-key-missing',
        `A payload in Temporal is encrypted with the key ${named}, which is not among temporal.encryption.keys.`,
      );
    }
  },
};
