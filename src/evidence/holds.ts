/** Legal holds: whoever sets or lifts one leaves a step of it behind, and no step goes away. */
import { SluiceError } from '../domain/errors.ts';
import { holdFolder, holdKey } from '../domain/evidence/layout.ts';
import type { HoldStep, Manifest } from '../domain/evidence/types.ts';
import { type Archive, holdsOf, tombstoneOf } from './archive.ts';
import { seal } from './seal.ts';

const maxRaces = 20;

type Held = Pick<Manifest, 'target' | 'runId' | 'position' | 'endedAtMs'>;

/**
 * Does nothing when it is as asked already, or when the same request did it once, and answers with the step of then.
 * Errors: `evidence-pruned`, `evidence-unavailable`, `evidence-key`.
 */
export async function setHold(
  archive: Archive,
  bundle: Held,
  step: Pick<HoldStep, 'action' | 'actor' | 'reason' | 'atMs' | 'request'>,
): Promise<HoldStep | null> {
  const { target, runId } = bundle;
  await refusePruned(archive, bundle);
  const sealed = seal({ ...step, target, runId }, await archive.signer());
  for (let race = 0; race < maxRaces; race++) {
    const steps = await holdsOf(archive, { target, runId });
    // Somebody may have undone it since, and a request that is sent again must not undo that.
    const first = steps.find(({ request }) => request !== undefined && request === step.request);
    if (first !== undefined) return first;
    if ((steps.at(-1)?.action ?? 'release') === step.action) return null;
    // Steps that do not count have their numbers all the same.
    const taken = await archive.store.list(holdFolder(target, runId));
    if (!(await archive.store.put(holdKey(target, runId, taken.length + 1), sealed))) continue;
    // Pruning puts its tombstone before it looks for holds, so one of the two sees the other.
    await refusePruned(archive, bundle);
    return null;
  }
  throw new SluiceError(
    'evidence-unavailable',
    `Others were quicker ${maxRaces} times with the hold of ${target}.`,
  );
}

async function refusePruned(archive: Archive, bundle: Held): Promise<void> {
  const pruned = await tombstoneOf(archive, bundle);
  if (pruned === null) return;
  const { target, position, atMs } = pruned;
  const when = new Date(atMs).toISOString();
  throw new SluiceError(
    'evidence-pruned',
    `The files of bundle ${position} of ${target} were deleted at ${when}.`,
  );
}
