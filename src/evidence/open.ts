/** Opens the operator's archive of evidence by the configuration. */
import { createEvidenceStore, type EvidenceConfig } from '../providers/evidence/settings.ts';
import type { Archive } from './archive.ts';
import { readFingerprint, readSigner } from './keys.ts';

export function openArchive(config: EvidenceConfig): Archive {
  const { signingKey, trustedKeys, retentionDays } = config;
  return {
    store: createEvidenceStore(config),
    retentionDays,
    signer: async () => (signingKey === null ? null : await readSigner(signingKey)),
    trusted: async () => {
      const sources = signingKey === null ? trustedKeys : [signingKey, ...trustedKeys];
      return new Set(await Promise.all(sources.map(readFingerprint)));
    },
  };
}
