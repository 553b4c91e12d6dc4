/** The last write on an object that was ours for a while: its fields are their owners' again, and our name is gone. */
import type { KubeClient } from '../../kube/client.ts';
import { isProblem } from '../../kube/errors.ts';
import type { KubeObject, KubeRef } from '../../kube/types.ts';
import { unchanged } from './notes.ts';
import { withoutUs } from './owners.ts';

const maxRounds = 8;

/**
 * `owners` as noted before our first write; a write that leaves only its name behind would show as ours for ever.
 * `last`: the object as it was just written or read.
 */
export async function giveBack(
  client: KubeClient,
  ref: KubeRef,
  owners: string | undefined,
  signal?: AbortSignal,
  last?: KubeObject,
): Promise<void> {
  for (let round = 1; ; round++) {
    const object = (round === 1 ? last : undefined) ?? (await client.find(ref, signal));
    const kept = object === null ? null : withoutUs(object, owners);
    if (object === null || kept === null) return;
    // An empty list would be no change; one with an empty entry is how to say that nobody owns anything.
    const value = kept.length > 0 ? kept : [{}];
    const steps = [unchanged(object), { op: 'replace', path: '/metadata/managedFields', value } as const];
    try {
      await client.patch(ref, steps, signal);
      return;
    } catch (error) {
      if (!isProblem(error, 'conflict', 'not-found') || round === maxRounds) throw error;
    }
  }
}
