/** Evidence where no store is configured: each question is answered with what to do. */
import { SluiceError } from '../../domain/errors.ts';
import type { EvidenceService } from '../service.ts';

export const noEvidence: EvidenceService = {
  list: unconfigured,
  show: unconfigured,
  archive: unconfigured,
  verify: unconfigured,
  collect: unconfigured,
  hold: unconfigured,
  prune: unconfigured,
  state: async () => ({ state: 'off' }),
};

async function unconfigured(): Promise<never> {
  throw new SluiceError('evidence-unconfigured', 'No store of evidence is configured.');
}
