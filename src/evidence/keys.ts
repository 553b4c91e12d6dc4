/** Keys of signatures: Ed25519, named by the operator by reference and read afresh for each use. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { SluiceError } from '../domain/errors.ts';
import { placeOf, readSecret, type SecretSource } from '../providers/secret.ts';

export interface Signer {
  readonly keyId: string;
  /** As DER, in base64. */
  readonly publicKey: string;
  /** In hexadecimal. */
  sign(content: Uint8Array): string;
}

/** SHA-256, whole, of the public keys (DER) whose signatures count: an id of 64 bits can be met by another key. */
export type TrustedKeys = ReadonlySet<string>;

const idLength = 16;

/** As people read it. */
export function shortId(fingerprint: string): string {
  return fingerprint.slice(0, idLength);
}

/** Of a public key as `Signer` has it. */
export function fingerprintOf(publicKey: string): string {
  return createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex');
}

/** Errors: `evidence-key`, which never quotes the key. */
export async function readSigner(source: SecretSource): Promise<Signer> {
  const pem = await readPem(source);
  const key = parsed(source, () => createPrivateKey(pem));
  const { keyId, publicKey } = described(createPublicKey(key));
  return { keyId, publicKey, sign: (content) => sign(null, content, key).toString('hex') };
}

/** Of a public key; of a private one, that of its public part. Errors: `evidence-key`. */
export async function readFingerprint(source: SecretSource): Promise<string> {
  const pem = await readPem(source);
  return fingerprintOf(described(parsed(source, () => createPublicKey(pem))).publicKey);
}

/** Whether a signature fits, and whether the key has the id that it is said to have. */
export function isSignedBy(
  { keyId, publicKey }: Pick<Signer, 'keyId' | 'publicKey'>,
  content: Uint8Array,
  signature: string,
): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
    const known = described(key);
    if (known.keyId !== keyId || known.publicKey !== publicKey) return false;
    return verify(null, content, key, Buffer.from(signature, 'hex'));
  } catch {
    return false;
  }
}

function described(key: KeyObject): { keyId: string; publicKey: string } {
  const publicKey = key.export({ format: 'der', type: 'spki' }).toString('base64');
  return { keyId: shortId(fingerprintOf(publicKey)), publicKey };
}

async function readPem(source: SecretSource): Promise<string> {
  const pem = await readSecret(source);
  if (pem !== null) return pem;
  throw new SluiceError(
    'evidence-key',
    `A key of evidence cannot be read: ${placeOf(source)} is missing or empty.`,
  );
}

function parsed(source: SecretSource, read: () => KeyObject): KeyObject {
  const fault = `A key of evidence cannot be used: ${placeOf(source)} holds no Ed25519 key as PEM.`;
  try {
    const key = read();
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // What the parser says may quote the key.
  }
  throw new SluiceError('evidence-key', fault);
}
