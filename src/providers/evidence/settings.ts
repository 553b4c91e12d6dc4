/** The operator's `evidence` section: where bundles are kept and for how long, and what they are signed with. */
import { z } from 'zod';
import { secretSource } from '../secret.ts';
import { createDirectoryStore } from './directory.ts';
import { createS3Store } from './s3.ts';
import { s3Settings } from './s3-settings.ts';
import type { EvidenceStore } from './types.ts';

const directory = z.strictObject({
  type: z.literal('directory'),
  path: z.string().min(1).describe('Absolute, or from where worker and API are started.'),
});

export const evidenceSection = z
  .strictObject({
    store: z.discriminatedUnion('type', [directory, s3Settings]),
    signingKey: secretSource
      .nullable()
      .default(null)
      .describe('An Ed25519 private key as PEM. Default: bundles are not signed.'),
    trustedKeys: z
      .array(secretSource)
      .max(20)
      .default([])
      .describe('Public keys as PEM that signatures may be of, beside that of signingKey: former ones.'),
    retentionDays: z.int().min(1).max(36_500).default(90).describe('From the end of a rollout.'),
  })
  .nullable()
  .default(null);

export type EvidenceConfig = NonNullable<z.output<typeof evidenceSection>>;

export function createEvidenceStore({ store }: Pick<EvidenceConfig, 'store'>): EvidenceStore {
  return store.type === 's3' ? createS3Store(store) : createDirectoryStore(store.path);
}
