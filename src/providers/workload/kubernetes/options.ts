/** What a plan may say of its Deployments, and where they are when it says nothing. */
import { z } from 'zod';
import { durationPattern, parseDuration } from '../../../domain/duration.ts';
import { SluiceError } from '../../../domain/errors.ts';
import { deployment, service } from '../../kube/kinds.ts';
import { kubeSettings, namespaceName, objectName } from '../../kube/settings.ts';
import type { KubeRef } from '../../kube/types.ts';
import type { WorkloadTarget } from '../types.ts';

/** What one call of `stop` may wait, beside what it has to do. */
const longestDrainMs = 12_000;

const text = z.string().max(4_096);
const texts = z.record(z.string().min(1).max(317), text);
const quantities = z.record(z.string(), z.union([z.string(), z.number()]));

const promotion = z.strictObject({
  hook: z
    .string()
    .min(1)
    .max(63)
    .optional()
    .describe("Name of one of the operator's hooks, called to bring the version into the stable Deployment."),
});

export const kubernetesOptions = z.strictObject({
  namespace: namespaceName.optional().describe("Namespace of the Deployments. Default: the operator's."),
  deployment: objectName.optional().describe('The stable Deployment. Default: the name of the service.'),
  canary: objectName
    .max(63)
    .optional()
    .describe('The Deployment of the canary. Default: that of stable with `-canary`.'),
  service: objectName.optional().describe('The stable Service. Default: the name of the service.'),
  canaryService: objectName
    .max(63)
    .optional()
    .describe('The Service of the canary. Default: that of stable with `-canary`.'),
  container: z
    .string()
    .min(1)
    .max(63)
    .optional()
    .describe(
      'The container that gets the version. Default: the only one, else the one named like the Deployment.',
    ),
  image: z
    .string()
    .max(512)
    .refine((image) => image.split('{{version}}').length === 2, 'must hold {{version}} once')
    .optional()
    .describe(
      "Image of a version, such as `registry/shop:{{version}}`. Default: stable's, with the version as its tag.",
    ),
  env: texts.optional().describe('Variables of the container, added to those that it has.'),
  podLabels: texts.optional().describe('Labels of the pods, added to those that they have.'),
  podAnnotations: texts.optional().describe('Annotations of the pods, added to those that they have.'),
  resources: z
    .strictObject({ requests: quantities.optional(), limits: quantities.optional() })
    .optional()
    .describe('Requests and limits of the container, in place of those that it has.'),
  replicas: z
    .union([z.int().min(1).max(10_000), z.string().regex(/^([1-9]\d?|100)%$/, 'must be 1% to 100%')])
    .default('100%')
    .describe(
      "Pods that the canary begins with: a number, or a share of stable's. It grows with its share of traffic.",
    ),
  labels: z
    .enum(['separate', 'shared'])
    .default('separate')
    .describe('`shared`: the canary keeps the labels of the stable pods, so that one Service selects both.'),
  drain: z
    .string()
    .regex(durationPattern, 'must be a duration such as 5s')
    .refine((written) => durationOf(written) <= longestDrainMs, 'must be at most 12s')
    .default('5s')
    .describe('Time between the last traffic of the canary and its end.'),
  userManaged: z
    .boolean()
    .default(false)
    .describe('You bring the canary Deployment; Sluice waits for the version in it, and scales it.'),
  promotion: z
    .union([z.enum(['patch', 'gitops']), promotion])
    .default('patch')
    .describe(
      'How the stable Deployment gets the version: `patch`, or by you (`gitops`), or by a hook of the operator.',
    ),
});

export const kubernetesSettings = z.strictObject({
  ...kubeSettings,
  leaseNamespace: namespaceName
    .default('sluice')
    .describe('Namespace of the records that order starts and stops; best that of the Leases of routes.'),
});

export type KubernetesSettings = z.output<typeof kubernetesSettings>;
export type KubernetesOptions = z.output<typeof kubernetesOptions>;

/** A target's objects by name, and what the plan says of them. */
export interface Place {
  readonly target: string;
  readonly namespace: string;
  readonly stable: KubeRef;
  readonly canary: KubeRef;
  readonly service: KubeRef;
  readonly canaryService: KubeRef;
  readonly options: KubernetesOptions;
  readonly drainMs: number;
  /** Stable gets its version by somebody else; nothing of it is written. */
  readonly gitops: boolean;
}

/** Errors: `workload-config`. */
export function placeOf({ id, options: given }: WorkloadTarget, ownNamespace: string): Place {
  const parsed = kubernetesOptions.safeParse(given);
  if (!parsed.success)
    throw new SluiceError('workload-config', 'The workload options of the plan cannot be read.');
  const options = parsed.data;
  const named = id.slice(id.indexOf('/') + 1);
  const { namespace = ownNamespace, deployment: stable = named, canary = `${stable}-canary` } = options;
  const { service: serves = named, canaryService = `${serves}-canary` } = options;
  if (canary === stable || canaryService === serves) {
    throw new SluiceError('workload-config', 'The canary needs a Deployment and a Service of its own name.');
  }
  return {
    target: id,
    namespace,
    stable: { kind: deployment, namespace, name: stable },
    canary: { kind: deployment, namespace, name: canary },
    service: { kind: service, namespace, name: serves },
    canaryService: { kind: service, namespace, name: canaryService },
    options,
    drainMs: durationOf(options.drain),
    gitops: options.promotion !== 'patch',
  };
}

function durationOf(written: string): number {
  const read = parseDuration(written);
  return read.ok ? read.ms : Number.POSITIVE_INFINITY;
}
