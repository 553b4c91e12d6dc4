/** What is read of the objects of a workload; all that is not named here is kept as it is. */
import { z } from 'zod';
import { SluiceError } from '../../../domain/errors.ts';
import { type KubeObject, nameOf } from '../../kube/types.ts';

const texts = z.record(z.string(), z.string());
const env = z.looseObject({ name: z.string() });
const container = z.looseObject({
  name: z.string(),
  image: z.string().default(''),
  env: z.array(env).optional(),
});
const podTemplate = z.looseObject({
  metadata: z.looseObject({ labels: texts.optional(), annotations: texts.optional() }).default({}),
  spec: z.looseObject({ containers: z.array(container).min(1) }),
});
const condition = z.looseObject({
  type: z.string(),
  status: z.string(),
  reason: z.string().default(''),
  message: z.string().default(''),
});
const count = z.number().default(0);

const deploymentBody = z.looseObject({
  spec: z.looseObject({
    replicas: z.number().default(1),
    paused: z.boolean().default(false),
    selector: z.looseObject({ matchLabels: texts.default({}) }),
    strategy: z.looseObject({ type: z.string().default('RollingUpdate') }).default({ type: 'RollingUpdate' }),
    progressDeadlineSeconds: z.number().default(600),
    template: podTemplate,
  }),
  status: z
    .looseObject({
      observedGeneration: count,
      replicas: count,
      updatedReplicas: count,
      availableReplicas: count,
      conditions: z.array(condition).default([]),
    })
    .prefault({}),
});

export type PodTemplate = z.output<typeof podTemplate>;
export type Container = z.output<typeof container>;
export type Deployment = z.output<typeof deploymentBody> & { readonly object: KubeObject };

export function deploymentIn(object: KubeObject): Deployment {
  return { ...read(deploymentBody, object), object };
}

const replicaSetBody = z.looseObject({ spec: z.looseObject({ template: podTemplate }) });
export type ReplicaSet = z.output<typeof replicaSetBody> & {
  readonly object: KubeObject;
  readonly revision: number;
};

const revisionNote = 'deployment.kubernetes.io/revision';

export function replicaSetIn(object: KubeObject): ReplicaSet {
  const revision = Number(object.metadata.annotations?.[revisionNote]) || 0;
  return { ...read(replicaSetBody, object), object, revision };
}

const serviceBody = z.looseObject({
  spec: z.looseObject({
    type: z.string().default('ClusterIP'),
    clusterIP: z.string().optional(),
    selector: texts.default({}),
    ports: z.array(z.looseObject({})).default([]),
  }),
});
export type Service = z.output<typeof serviceBody> & { readonly object: KubeObject };

export function serviceIn(object: KubeObject): Service {
  return { ...read(serviceBody, object), object };
}

const state = z.looseObject({
  waiting: z.looseObject({ reason: z.string().default(''), message: z.string().default('') }).optional(),
  terminated: z.looseObject({ exitCode: count, reason: z.string().default('') }).optional(),
});
const containerStatus = z.looseObject({
  name: z.string(),
  image: z.string().default(''),
  ready: z.boolean().default(false),
  restartCount: count,
  state: state.default({}),
  lastState: state.default({}),
});
const podBody = z.looseObject({
  spec: z.looseObject({ containers: z.array(container), initContainers: z.array(container).default([]) }),
  status: z
    .looseObject({
      phase: z.string().default('Pending'),
      conditions: z.array(condition).default([]),
      containerStatuses: z.array(containerStatus).default([]),
      initContainerStatuses: z.array(containerStatus).default([]),
    })
    .prefault({}),
});
export type Pod = z.output<typeof podBody> & { readonly object: KubeObject };
export type ContainerStatus = z.output<typeof containerStatus>;

export function podIn(object: KubeObject): Pod {
  return { ...read(podBody, object), object };
}

const autoscalerBody = z.looseObject({
  spec: z.looseObject({
    minReplicas: z.number().default(1),
    scaleTargetRef: z.looseObject({ kind: z.string(), name: z.string() }),
  }),
});
export type Autoscaler = z.output<typeof autoscalerBody> & { readonly object: KubeObject };

export function autoscalerIn(object: KubeObject): Autoscaler {
  return { ...read(autoscalerBody, object), object };
}

const sliceBody = z.looseObject({
  endpoints: z
    .array(z.looseObject({ conditions: z.looseObject({ ready: z.boolean().nullish() }).default({}) }))
    .nullish(),
});

/** How many endpoints of a slice take traffic. */
export function readyEndpointsIn(object: KubeObject): number {
  const { endpoints } = read(sliceBody, object);
  return (endpoints ?? []).filter(({ conditions }) => conditions.ready !== false).length;
}

function read<T>(schema: z.ZodType<T>, object: KubeObject): T {
  const parsed = schema.safeParse(object);
  if (parsed.success) return parsed.data;
  const { namespace = '', name } = object.metadata;
  const what = nameOf({ kind: { group: '', version: '', kind: object.kind, resource: '' }, namespace, name });
  throw new SluiceError('workload-config', `${what} cannot be read: ${parsed.error.issues[0]?.message}.`);
}
