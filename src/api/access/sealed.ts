/** Texts that only replicas of this API can read: encrypted with the operator's keys, for one purpose, until a time. */
import { createHash, hkdfSync } from 'node:crypto';
import { EncryptJWT, type JWTPayload, jwtDecrypt } from 'jose';
import { SluiceError } from '../../domain/errors.ts';
import { placeOf, readSecret, type SecretSource } from '../../providers/secret.ts';

/** What a text is for. One that was made for something else cannot be opened. */
type Purpose = 'session' | 'login';

interface Key {
  /** Names the key without telling anything of it. */
  readonly kid: string;
  readonly bytes: Uint8Array;
}

const algorithm = { alg: 'dir', enc: 'A256GCM' } as const;
/** How long a new key may wait to be seen, and an old one lives on. */
const lookEveryMs = 5_000;
const leastSecretLength = 32;

export class Seal {
  private readonly sources: readonly SecretSource[];
  private keys: Promise<readonly Key[]> | null = null;
  private lookedMs = 0;

  constructor(sources: readonly SecretSource[]) {
    this.sources = sources;
  }

  /** Throws `auth-unavailable` without a key. */
  async close(purpose: Purpose, content: JWTPayload, lifeMs: number): Promise<string> {
    const [first] = await this.ring();
    if (first === undefined) throw unavailable(this.sources);
    const now = Math.floor(Date.now() / 1000);
    return await new EncryptJWT(content)
      .setProtectedHeader({ ...algorithm, kid: first.kid })
      .setAudience(purpose)
      .setIssuedAt(now)
      .setExpirationTime(now + Math.floor(lifeMs / 1000))
      .encrypt(first.bytes);
  }

  /** Null: not of these keys, changed, for something else, or over. Throws `auth-unavailable` without a key. */
  async open(purpose: Purpose, text: string): Promise<JWTPayload | null> {
    const keys = await this.ring();
    if (keys.length === 0) throw unavailable(this.sources);
    const keyOf = ({ kid }: { kid?: string }) => {
      const key = keys.find((one) => one.kid === kid);
      if (key === undefined) throw new Error('sealed with another key');
      return key.bytes;
    };
    const opened = await jwtDecrypt(text, keyOf, {
      audience: purpose,
      keyManagementAlgorithms: [algorithm.alg],
      contentEncryptionAlgorithms: [algorithm.enc],
      requiredClaims: ['exp', 'iat'],
    }).catch(() => null);
    return opened === null ? null : opened.payload;
  }

  private ring(): Promise<readonly Key[]> {
    if (this.keys === null || performance.now() - this.lookedMs >= lookEveryMs) {
      this.lookedMs = performance.now();
      this.keys = Promise.all(this.sources.map(readSecret)).then((secrets) => secrets.flatMap(keyOf));
    }
    return this.keys;
  }
}

/** What is missing or too short is no key. */
function keyOf(secret: string | null): Key[] {
  if (secret === null || secret.length < leastSecretLength) return [];
  const bytes = new Uint8Array(hkdfSync('sha256', secret, '', 'sluice sessions 1', 32));
  return [{ kid: createHash('sha256').update(bytes).digest('base64url').slice(0, 11), bytes }];
}

function unavailable(sources: readonly SecretSource[]): SluiceError {
  const places = sources.map(placeOf).join(', ');
  return new SluiceError(
    'auth-unavailable',
    `No key for sessions can be read: ${places}; a key has ${leastSecretLength} characters or more.`,
  );
}
