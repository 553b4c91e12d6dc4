/** What worker, API and keeper need to speak with a Temporal whose payloads are encrypted, or are not. */
import type { ConnectionLike } from '@temporalio/client';
import type { DataConverter, Payload } from '@temporalio/common';
import type { EncryptionConfig } from '../providers/encryption.ts';
import { readableConnection } from './answers.ts';
import { createCodec, noKeys, plainCodec } from './codec.ts';
import { readKeyRing } from './keys.ts';

export interface Encryption {
  /** For clients and workers. */
  readonly dataConverter: DataConverter;
  /** A connection whose raw answers can be read too. */
  readable<C extends ConnectionLike>(connection: C): C;
  /** For people at Temporal's UI and CLI; null: nothing is encrypted. */
  readonly remote: RemoteCodec | null;
}

export interface RemoteCodec {
  encode(payloads: Payload[]): Promise<Payload[]>;
  decode(payloads: Payload[]): Promise<Payload[]>;
}

export const noEncryption: Encryption = {
  dataConverter: { payloadCodecs: [plainCodec] },
  readable: (connection) => readableConnection(connection, noKeys),
  remote: null,
};

/** Null: payloads stay as they are. Throws `config-invalid`. */
export async function openEncryption(config: EncryptionConfig | null): Promise<Encryption> {
  if (config === null) return noEncryption;
  const ring = await readKeyRing(config);
  const codec = createCodec(ring);
  return {
    dataConverter: { payloadCodecs: [codec] },
    readable: (connection) => readableConnection(connection, ring),
    remote: codec,
  };
}
