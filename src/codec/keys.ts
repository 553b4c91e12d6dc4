/** The keys of payload encryption: 32 random bytes each, as base64 or hex, read once at the start. */
import { SluiceError } from '../domain/errors.ts';
import type { EncryptionConfig } from '../providers/encryption.ts';
import { placeOf, readSecret } from '../providers/secret.ts';

export interface Key {
  readonly id: string;
  readonly bytes: Buffer;
}

export interface KeyRing {
  /** Encrypts whatever is written from now on. */
  readonly current: Key;
  readonly byId: ReadonlyMap<string, Key>;
}

const keyBytes = 32;

/** Throws `config-invalid`, naming the place of a key that is missing or no key, never what stands there. */
export async function readKeyRing({ keys }: EncryptionConfig): Promise<KeyRing> {
  const read = await Promise.all(
    keys.map(async ({ id, key }, index): Promise<Key> => {
      const bytes = bytesOf((await readSecret(key)) ?? '');
      if (bytes !== null) return { id, bytes };
      const path = `temporal.encryption.keys[${index}].key`;
      const message = `${placeOf(key)} must hold ${keyBytes} random bytes as base64 or hex (openssl rand -base64 ${keyBytes})`;
      throw new SluiceError('config-invalid', `The configuration is not valid: ${path}: ${message}`, {
        problems: [{ path, message }],
      });
    }),
  );
  const [current] = read;
  if (current === undefined) throw new SluiceError('config-invalid', 'There is no key to encrypt with.');
  return { current, byId: new Map(read.map((key) => [key.id, key])) };
}

function bytesOf(text: string): Buffer | null {
  const isHex = /^[0-9a-fA-F]{64}$/.test(text);
  if (!isHex && !/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return null;
  const bytes = Buffer.from(text, isHex ? 'hex' : 'base64');
  return bytes.length === keyBytes ? bytes : null;
}
