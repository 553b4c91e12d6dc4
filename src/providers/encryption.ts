/** `temporal.encryption` of the operator's configuration: the keys that workflow payloads are encrypted with. */
import { z } from 'zod';
import { secretSource } from './secret.ts';

const keyId = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, underscores and dashes');

export const encryptionSection = z.strictObject({
  /** The first one encrypts; all of them decrypt, so that a key is rotated by putting a new one in front. */
  keys: z
    .array(z.strictObject({ id: keyId, key: secretSource }))
    .min(1)
    .max(20)
    .refine((keys) => new Set(keys.map(({ id }) => id)).size === keys.length, 'two keys have the same id'),
});
export type EncryptionConfig = z.infer<typeof encryptionSection>;
