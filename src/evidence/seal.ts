/**
 * A sealed document: canonical JSON that holds a body, the body's hash and its signature. No byte of it can change
 * unnoticed.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { messageOf } from '../domain/errors.ts';
import { canonicalJson } from '../domain/evidence/canonical.ts';
import { fingerprintOf, isSignedBy, type Signer } from './keys.ts';

const envelopeSchema = z.strictObject({
  body: z.unknown(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  signer: z.strictObject({ keyId: z.string(), publicKey: z.string() }).nullable(),
  signature: z
    .string()
    .regex(/^[0-9a-f]{128}$/)
    .nullable(),
});

export interface Unsealed<T> {
  readonly body: T;
  readonly sha256: string;
  /** Id of the key whose signature fits; null: there is none. */
  readonly signedBy: string | null;
  /** The whole hash of that key, by which it is trusted or not. */
  readonly fingerprint: string | null;
}

export function sha256Of(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

export function seal(body: unknown, signer: Signer | null): Buffer {
  const text = canonicalJson(body);
  const named = signer && { keyId: signer.keyId, publicKey: signer.publicKey };
  const signature = signer === null ? null : signer.sign(Buffer.from(text));
  // Parsed again, so that what no encoding can hold has given way before it is written.
  const envelope = { body: JSON.parse(text), sha256: sha256Of(text), signer: named, signature };
  return Buffer.from(canonicalJson(envelope));
}

/** A problem in words if anything about it is not as `seal` made it. Whose key it was is for the caller to judge. */
export function unseal<T>(
  content: Uint8Array,
  schema: z.ZodType<T>,
): Unsealed<T> | { readonly problem: string } {
  try {
    const bytes = Buffer.from(content);
    const raw: unknown = JSON.parse(bytes.toString('utf8'));
    if (!bytes.equals(Buffer.from(canonicalJson(raw)))) return { problem: 'is not in its canonical form' };
    const { body, sha256, signer, signature } = envelopeSchema.parse(raw);
    const text = canonicalJson(body);
    if (sha256Of(text) !== sha256) return { problem: 'does not have the hash that it names' };
    if ((signer === null) !== (signature === null))
      return { problem: 'has a signature or a signer without the other' };
    if (signer !== null && signature !== null && !isSignedBy(signer, Buffer.from(text), signature))
      return { problem: `has a signature that does not fit its key ${signer.keyId}` };
    const fingerprint = signer && fingerprintOf(signer.publicKey);
    return { body: schema.parse(body), sha256, signedBy: signer?.keyId ?? null, fingerprint };
  } catch (error) {
    return { problem: `cannot be read: ${shortened(wordsOf(error))}` };
  }
}

function wordsOf(error: unknown): string {
  if (!(error instanceof z.ZodError)) return messageOf(error);
  return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
}

function shortened(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, 200);
}
