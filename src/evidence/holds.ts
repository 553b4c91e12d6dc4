/** Legal holds: whoever sets or lifts one leaves a step of it behind, and no step goes away. */
import { SluiceError } from '../domain/errors.ts';
import { holdKey } from '../domain/evidence/layout.ts';
import type { HoldStep, Manifest } from '../domain/evidence/types.ts';
import { type Archive, holdsOf, tombstoneOf } from './archive.ts';
import { seal } from './seal.ts';

const maxRaces = 20;

/** Does nothing when it is as asked already. Errors: `evidence-pruned`, `evidence-unavailable`, `evidence-key`. */
export async function setHold(
  archive: Archive,
  { target, runId, position }: Pick<Manifest, 'target' | 'runId' | 'position'>,
  step: Pick<HoldStep, 'action' | 'actor' | 'reason' | 'atMs'>,
): Promise<void> {
  const pruned = await tombstoneOf(archive, { target, position });
  if (pruned !== null) {
    const when = new Date(pruned.atMs).toISOString();
    throw new SluiceError(
      'evidence-pruned',
      `The files of bundle ${position} of ${target} were deleted at ${when}.`,
    );
  }
  const sealed = seal({ ...step, target, runId }, await archive.signer());
  for (let race = 0; race < maxRaces; race++) {
    const steps = await holdsOf(archive, { target, runId });
    if ((steps.at(-1)?.action ?? 'release') === step.action) return;
    if (await archive.store.put(holdKey(target, runId, steps.length + 1), sealed)) return;
  }
  throw new SluiceError(
    'evidence-unavailable',
    `Others were quicker ${maxRaces} times with the hold of ${target}.`,
  );
}
