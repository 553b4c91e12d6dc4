/** Reads the objects of a shared Service from what the API server answers. */
import { z } from 'zod';
import { SluiceError } from '../../../domain/errors.ts';
import type { Slot } from '../../../domain/rollout/types.ts';
import type { KubeObject } from '../../kube/types.ts';
import type { Labels, Pods } from './state.ts';

const labels = z.record(z.string(), z.string());
const deploymentObject = z.object({
  spec: z.object({
    replicas: z.number().default(1),
    selector: z.object({ matchLabels: labels.default({}) }),
    template: z.object({ metadata: z.object({ labels: labels.default({}) }) }),
  }),
  status: z
    .object({ replicas: z.number().default(0), readyReplicas: z.number().default(0) })
    .default({ replicas: 0, readyReplicas: 0 }),
});
const serviceObject = z.object({ spec: z.object({ selector: labels.default({}) }) });
const sliceObject = z.object({
  endpoints: z
    .array(
      z.object({
        conditions: z.object({ ready: z.boolean().optional() }).optional(),
        targetRef: z.object({ name: z.string() }).optional(),
      }),
    )
    .nullish(),
});
const autoscalerObject = z.object({
  spec: z.object({ scaleTargetRef: z.object({ kind: z.string(), name: z.string() }) }),
});
const revision = 'deployment.kubernetes.io/revision';

export function selectorIn(service: KubeObject): Labels {
  return read(serviceObject, service).spec.selector;
}

export function podsIn(deployment: KubeObject, replicaSets: readonly KubeObject[]): Pods {
  const { spec, status } = read(deploymentObject, deployment);
  const now = deployment.metadata.annotations?.[revision];
  const present = ownedBy(deployment, replicaSets).find(
    ({ metadata }) => metadata.annotations?.[revision] === now,
  );
  return {
    matchLabels: spec.selector.matchLabels,
    labels: spec.template.metadata.labels,
    hash: present?.metadata.labels?.['pod-template-hash'] ?? null,
    replicas: spec.replicas,
    running: status.replicas,
    ready: status.readyReplicas,
  };
}

export function ownedBy(owner: KubeObject, objects: readonly KubeObject[]): readonly KubeObject[] {
  return objects.filter(({ metadata }) =>
    (metadata.ownerReferences ?? []).some(({ uid }) => uid === owner.metadata.uid),
  );
}

/** Ready endpoints by slot; a pod is called after its ReplicaSet. */
export function endpointsIn(
  slices: readonly KubeObject[],
  replicaSets: Readonly<Record<Slot, readonly KubeObject[]>>,
): Readonly<Record<Slot, number>> {
  const ready = slices
    .flatMap((slice) => read(sliceObject, slice).endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false)
    .map(({ targetRef }) => targetRef?.name ?? '');
  const count = (slot: Slot) =>
    ready.filter((name) => replicaSets[slot].some(({ metadata }) => name.startsWith(`${metadata.name}-`)))
      .length;
  return { blue: count('blue'), green: count('green') };
}

export function scales(autoscaler: KubeObject, deployment: string): boolean {
  const { kind, name } = read(autoscalerObject, autoscaler).spec.scaleTargetRef;
  return kind === 'Deployment' && name === deployment;
}

function read<T>(schema: z.ZodType<T>, object: KubeObject): T {
  const { data } = schema.safeParse(object);
  if (data !== undefined) return data;
  throw new SluiceError('traffic-unready', `${object.kind} ${object.metadata.name} cannot be read.`);
}
