/**
 * What a target has on its cluster, read and understood. Errors of every call: `KubeError`, and `workload-config` for
 * what is not as it must be.
 */
import type { KubeClient } from '../../kube/client.ts';
import { isProblem } from '../../kube/errors.ts';
import {
  autoscaler,
  daemonSet,
  disruptionBudget,
  endpointSlice,
  pod,
  replicaSet,
  statefulSet,
} from '../../kube/kinds.ts';
import { type KubeObject, type KubeRef, nameOf } from '../../kube/types.ts';
import { selects } from './labels.ts';
import type { Place } from './options.ts';
import { misfit } from './refusals.ts';
import {
  type Autoscaler,
  autoscalerIn,
  type Deployment,
  deploymentIn,
  type Pod,
  podIn,
  type ReplicaSet,
  readyEndpointsIn,
  replicaSetIn,
  type Service,
  serviceIn,
} from './shapes.ts';

export class Cluster {
  readonly client: KubeClient;

  constructor(client: KubeClient) {
    this.client = client;
  }

  async deployment(ref: KubeRef, signal?: AbortSignal): Promise<Deployment | null> {
    const object = await this.client.find(ref, signal);
    return object === null ? null : deploymentIn(object);
  }

  /** Errors: `workload-config` if there is none, and what there is instead. */
  async stable({ stable }: Place, signal?: AbortSignal): Promise<Deployment> {
    const found = await this.deployment(stable, signal);
    if (found !== null) return found;
    const what = `There is no ${nameOf(stable)}`;
    for (const kind of [statefulSet, daemonSet]) {
      if (await this.isThere({ ...stable, kind }, signal)) {
        throw misfit(
          `${what}; ${stable.name} is a ${kind.kind}, and Sluice rolls out Deployments only: pods of a ${kind.kind} cannot run twice beside each other.`,
        );
      }
    }
    throw misfit(`${what}; set workload.deployment and workload.namespace.`);
  }

  async service(ref: KubeRef, signal?: AbortSignal): Promise<Service | null> {
    const object = await this.client.find(ref, signal);
    return object === null ? null : serviceIn(object);
  }

  /** The one that scales a Deployment; null: none does. */
  async autoscalerOf({ kind, namespace, name }: KubeRef, signal?: AbortSignal): Promise<Autoscaler | null> {
    const { items } = await this.client.list(autoscaler, inNamespace(namespace), signal);
    const all = items.map(autoscalerIn);
    const scales = ({ spec: { scaleTargetRef: its } }: Autoscaler) =>
      its.kind === kind.kind && its.name === name;
    return all.find(scales) ?? null;
  }

  /** The name of a budget that protects the Deployment's pods; null: there is none. */
  async budgetOf({ spec, object }: Deployment, signal?: AbortSignal): Promise<string | null> {
    const { items } = await this.client.list(
      disruptionBudget,
      inNamespace(object.metadata.namespace),
      signal,
    );
    const labels = spec.template.metadata.labels ?? {};
    const found = items.find((one) => {
      const { selector } = (one.spec ?? {}) as { selector?: { matchLabels?: Record<string, string> } };
      return selects(selector?.matchLabels ?? {}, labels);
    });
    return found?.metadata.name ?? null;
  }

  /** Newest first. */
  async replicaSetsOf(deployment: Deployment, signal?: AbortSignal): Promise<ReplicaSet[]> {
    const { items } = await this.client.list(replicaSet, this.of(deployment), signal);
    const { uid } = deployment.object.metadata;
    return items
      .filter(({ metadata }) => (metadata.ownerReferences ?? []).some((owner) => owner.uid === uid))
      .map(replicaSetIn)
      .toSorted((a, b) => b.revision - a.revision);
  }

  async podsOf({ object }: ReplicaSet, deployment: Deployment, signal?: AbortSignal): Promise<Pod[]> {
    const { items } = await this.client.list(pod, this.of(deployment), signal);
    const { uid } = object.metadata;
    return items
      .filter(({ metadata }) => (metadata.ownerReferences ?? []).some((owner) => owner.uid === uid))
      .map(podIn);
  }

  /** Of the present template and of those before it. */
  async allPodsOf(deployment: Deployment, signal?: AbortSignal): Promise<Pod[]> {
    const { items } = await this.client.list(pod, this.of(deployment), signal);
    const { name } = deployment.object.metadata;
    // Another Deployment's pods may have all of these labels and more.
    const isOwn = ({ metadata: { labels = {}, ownerReferences = [] } }: KubeObject) =>
      ownerReferences.some((owner) => owner.name === `${name}-${labels['pod-template-hash']}`);
    return items.filter(isOwn).map(podIn);
  }

  async readyEndpoints({ namespace, name }: KubeRef, signal?: AbortSignal): Promise<number> {
    const labelSelector = `kubernetes.io/service-name=${name}`;
    const { items } = await this.client.list(
      endpointSlice,
      { ...inNamespace(namespace), labelSelector },
      signal,
    );
    return items.map(readyEndpointsIn).reduce((sum, ready) => sum + ready, 0);
  }

  private of({ spec, object }: Deployment): { namespace?: string; labelSelector: string } {
    const labels = Object.entries(spec.selector.matchLabels).map(([key, value]) => `${key}=${value}`);
    return { ...inNamespace(object.metadata.namespace), labelSelector: labels.join(',') };
  }

  /** Only for a better message, so that a missing right to look is no error. */
  private async isThere(ref: KubeRef, signal?: AbortSignal): Promise<boolean> {
    const found = await this.client.find(ref, signal).catch((error: unknown) => {
      if (isProblem(error, 'forbidden')) return null;
      throw error;
    });
    return found !== null;
  }
}

function inNamespace(namespace: string | undefined): { namespace?: string } {
  return namespace === undefined ? {} : { namespace };
}
