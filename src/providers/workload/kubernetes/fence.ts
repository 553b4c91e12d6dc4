/**
 * Orders starts and stops of a target's slots by epoch. The highest epoch of each slot stands in an object of its own,
 * beside the Leases of routes: it outlives the canary, and nothing of ours has to stay on the stable Deployment.
 */
import { SluiceError } from '../../../domain/errors.ts';
import type { KubeClient } from '../../kube/client.ts';
import { isProblem } from '../../kube/errors.ts';
import { lease } from '../../kube/kinds.ts';
import type { KubeObject, KubeRef } from '../../kube/types.ts';
import { labelOf, leaseName } from '../../traffic/kube/lease-state.ts';
import type { Slot } from '../../traffic/types.ts';

const names = {
  epoch: 'sluice.dev/workload-epoch',
  found: 'sluice.dev/found-replicas',
  workload: 'sluice.dev/workload',
};
const maxRounds = 8;

export class Fence {
  private readonly client: KubeClient;
  private readonly namespace: string;

  constructor(client: KubeClient, namespace: string) {
    this.client = client;
    this.namespace = namespace;
  }

  /** Takes the slot for `epoch`. Whoever has a lower one is refused from now on. Errors: `workload-fenced`. */
  async claim(target: string, slot: Slot, epoch: number | undefined, signal?: AbortSignal): Promise<void> {
    if (epoch === undefined) return;
    const change = (object: KubeObject | null) => {
      refuseLate(target, slot, epoch, object);
      return { [`${names.epoch}.${slot}`]: String(epoch) };
    };
    await this.change(target, change, signal);
  }

  /** To be asked after what is to be changed was read, and before it is written. Errors: `workload-fenced`. */
  async check(target: string, slot: Slot, epoch: number | undefined, signal?: AbortSignal): Promise<void> {
    if (epoch === undefined) return;
    refuseLate(target, slot, epoch, await this.client.find(this.refOf(target), signal));
  }

  /** The size in which a Deployment of the team's was found; null: it is not on record. */
  async found(target: string, slot: Slot, signal?: AbortSignal): Promise<number | null> {
    const object = await this.client.find(this.refOf(target), signal);
    const text = object?.metadata.annotations?.[`${names.found}.${slot}`];
    return text === undefined ? null : Number(text) || 0;
  }

  /** Only the first size counts until it is forgotten. Null: forgets it. */
  async noteFound(target: string, slot: Slot, replicas: number | null, signal?: AbortSignal): Promise<void> {
    const key = `${names.found}.${slot}`;
    const change = (object: KubeObject | null) => {
      const known = object?.metadata.annotations?.[key];
      if (replicas === null) return known === undefined ? null : { [key]: null };
      return known === undefined ? { [key]: String(replicas) } : null;
    };
    await this.change(target, change, signal);
  }

  private async change(
    target: string,
    change: (object: KubeObject | null) => Readonly<Record<string, string | null>> | null,
    signal?: AbortSignal,
  ): Promise<void> {
    const ref = this.refOf(target);
    for (let round = 1; round <= maxRounds; round++) {
      const object = await this.client.find(ref, signal);
      const annotations = change(object);
      if (annotations === null) return;
      try {
        if (object === null) await this.client.create(ref, objectFor(target, ref, annotations), signal);
        else {
          const { resourceVersion } = object.metadata;
          await this.client.patch(ref, { metadata: { annotations, resourceVersion } }, signal);
        }
        return;
      } catch (error) {
        // Not found when it is made: there is no such namespace.
        const passes = object === null ? 'exists' : 'not-found';
        if (!isProblem(error, 'conflict', passes)) throw error;
      }
    }
    throw new SluiceError('workload-unavailable', `The record of ${target} changed again and again.`);
  }

  /** No Lease of a route has a dot in its name, so the two never meet. */
  private refOf(target: string): KubeRef {
    return { kind: lease, namespace: this.namespace, name: `${leaseName(target)}.workload` };
  }
}

function objectFor(target: string, { name, namespace }: KubeRef, annotations: object): object {
  const labels = { 'app.kubernetes.io/managed-by': 'sluice', [names.workload]: labelOf(target) };
  return {
    metadata: { name, namespace, labels, annotations: { ...annotations, [names.workload]: target } },
    spec: {},
  };
}

function refuseLate(target: string, slot: Slot, epoch: number, object: KubeObject | null): void {
  const highest = Number(object?.metadata.annotations?.[`${names.epoch}.${slot}`]) || 0;
  if (epoch >= highest) return;
  const why = `epoch ${highest} has changed it since`;
  throw new SluiceError(
    'workload-fenced',
    `Epoch ${epoch} may not change slot ${slot} of ${target}: ${why}.`,
  );
}
