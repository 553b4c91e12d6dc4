/**
 * One payload, sealed with AES-256-GCM: a version byte, 12 random bytes of nonce, the ciphertext, 16 bytes of tag. What
 * is sealed is the whole payload, its metadata too; the id of the key stands outside and is authenticated.
 * Random nonces are safe for 2^32 payloads a key (NIST SP 800-38D, 8.3).
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload } from '@temporalio/common';
// A CommonJS module whose names Node cannot see before it runs.
import protos from '@temporalio/proto';
import { sealedEncoding } from '../domain/sealed-encoding.ts';
import type { Key } from './keys.ts';

const keyField = 'encryption-key-id';

const proto = protos.temporal.api.common.v1.Payload;
const cipher = 'aes-256-gcm';
const version = 1;
const nonceBytes = 12;
const tagBytes = 16;
const headBytes = 1 + nonceBytes;

export function seal(payload: Payload, { id, bytes }: Key): Payload {
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, bytes, nonce).setAAD(outside(id));
  const sealed = [sealing.update(proto.encode(payload).finish()), sealing.final()];
  return {
    metadata: { encoding: Buffer.from(sealedEncoding), [keyField]: Buffer.from(id) },
    data: Buffer.concat([Buffer.from([version]), nonce, ...sealed, sealing.getAuthTag()]),
  };
}

/** Null: it was changed, or sealed with another key of that name. */
export function unseal({ data }: Payload, { id, bytes }: Key): Payload | null {
  const sealed = Buffer.from(data ?? []);
  if (sealed.length < headBytes + tagBytes || sealed[0] !== version) return null;
  const opening = createDecipheriv(cipher, bytes, sealed.subarray(1, headBytes), { authTagLength: tagBytes })
    .setAAD(outside(id))
    .setAuthTag(sealed.subarray(-tagBytes));
  try {
    const plain = [opening.update(sealed.subarray(headBytes, -tagBytes)), opening.final()];
    return proto.decode(Buffer.concat(plain));
  } catch {
    return null;
  }
}

/** The id of the key that a payload is sealed with; null: it is not sealed, or not by Sluice, which names its key. */
export function sealedWith({ metadata }: Payload): string | null {
  const encoding = metadata?.encoding;
  if (encoding === undefined || Buffer.from(encoding).toString() !== sealedEncoding) return null;
  return Buffer.from(metadata?.[keyField] ?? []).toString() || null;
}

function outside(id: string): Buffer {
  return Buffer.from(`sluice payload ${version} ${id}`);
}
