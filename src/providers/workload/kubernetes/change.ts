/**
 * Changes a Deployment that is not ours: fenced, tested against what was read, and with no trace of ours at the end.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '../../../domain/errors.ts';
import type { KubeClient } from '../../kube/client.ts';
import { isProblem } from '../../kube/errors.ts';
import {
  fieldManager,
  type JsonPatch,
  type KubeObject,
  type KubeRef,
  nameOf,
  type PatchStep,
  pointer,
} from '../../kube/types.ts';
import type { Slot } from '../../traffic/types.ts';
import { notes } from './canary.ts';
import type { Cluster } from './cluster.ts';
import type { Fence } from './fence.ts';
import type { Place } from './options.ts';
import { misfit } from './refusals.ts';
import type { Deployment } from './shapes.ts';

export interface Context {
  readonly client: KubeClient;
  readonly cluster: Cluster;
  readonly fence: Fence;
}

/** One start or stop. */
export interface Call {
  readonly epoch: number | undefined;
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}

const maxRounds = 8;

/**
 * Reads, asks the fence, and writes if nothing has changed since the reading. With an epoch it writes even if nothing
 * is to be changed: a write of an older epoch that is under way then finds another object than it read, and fails.
 */
export async function change(
  { client, cluster, fence }: Context,
  ref: KubeRef,
  {
    target,
    slot,
    epoch,
  }: { readonly target: string; readonly slot: Slot; readonly epoch: number | undefined },
  steps: (found: Deployment) => JsonPatch,
  signal?: AbortSignal,
): Promise<Deployment> {
  for (let round = 1; round <= maxRounds; round++) {
    const found = await cluster.deployment(ref, signal);
    if (found === null) throw misfit(`There is no ${nameOf(ref)}.`);
    await fence.check(target, slot, epoch, signal);
    const patch = [...steps(found), ...mark(found.object, epoch)];
    if (patch.length === 0) return found;
    try {
      await client.patch(ref, [unchanged(found.object), ...patch], signal);
      return found;
    } catch (error) {
      if (!isProblem(error, 'conflict')) throw error;
    }
  }
  throw new SluiceError('workload-unavailable', `${nameOf(ref)} was changed again and again.`);
}

/** Takes our mark and our entries of `managedFields` off; the change that they were made for stays. */
export async function leaveNoTrace({ client }: Context, ref: KubeRef, signal?: AbortSignal): Promise<void> {
  for (let round = 1; round <= maxRounds; round++) {
    const object = await client.find(ref, signal);
    if (object === null) return;
    try {
      if (object.metadata.labels?.[notes.epoch] !== undefined)
        await client.patch(ref, unmark(object), signal);
      const bare = await client.get(ref, signal);
      const kept = bare.metadata.managedFields?.filter(({ manager }) => manager !== fieldManager);
      if (kept === undefined || kept.length === bare.metadata.managedFields?.length) return;
      const value = kept.length > 0 ? kept : [{}];
      await client.patch(
        ref,
        [unchanged(bare), { op: 'replace', path: '/metadata/managedFields', value }],
        signal,
      );
      return;
    } catch (error) {
      if (!isProblem(error, 'conflict', 'not-found')) throw error;
    }
  }
}

/**
 * Data planes that follow late may still send to pods. Without an epoch it is somebody's emergency, and nothing is
 * waited for.
 */
export async function drained(
  { drainMs }: Place,
  { status }: Deployment,
  epoch: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (epoch !== undefined && status.availableReplicas > 0) await sleep(drainMs, undefined, { signal });
}

export function unchanged({ metadata }: KubeObject): PatchStep {
  return { op: 'test', path: '/metadata/resourceVersion', value: metadata.resourceVersion };
}

/** A label, since the Deployment controller copies annotations to ReplicaSets, where they would stay for ever. */
function mark({ metadata }: KubeObject, epoch: number | undefined): PatchStep[] {
  if (epoch === undefined) return [];
  const add: PatchStep = {
    op: 'add',
    path: pointer('metadata', 'labels', notes.epoch),
    value: String(epoch),
  };
  return metadata.labels === undefined ? [{ op: 'add', path: '/metadata/labels', value: {} }, add] : [add];
}

function unmark(object: KubeObject): JsonPatch {
  const only = Object.keys(object.metadata.labels ?? {}).length === 1;
  const path = only ? '/metadata/labels' : pointer('metadata', 'labels', notes.epoch);
  return [unchanged(object), { op: 'remove', path }];
}
