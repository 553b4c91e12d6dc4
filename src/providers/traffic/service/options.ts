/** What a plan may say of a Service that selects the pods of both versions. */
import { z } from 'zod';
import type { Slot } from '../../../domain/rollout/types.ts';
import { deployment, service } from '../../kube/kinds.ts';
import { namespaceName, objectName } from '../../kube/settings.ts';
import type { KubeRef } from '../../kube/types.ts';
import type { RoutePlace } from '../kube/route.ts';

export const roundings = ['refuse', 'nearest'] as const;

export const podShareOptions = z.strictObject({
  stable: objectName
    .optional()
    .describe('The Service that selects the pods of both versions. Default: the name of the service.'),
  deployment: objectName.optional().describe('The stable Deployment. Default: the name of the service.'),
  canary: objectName.optional().describe("The canary's Deployment. Default: that of stable with `-canary`."),
  rounding: z
    .enum(roundings)
    .default('refuse')
    .describe('What becomes of a share that no number of pods gives: refused, or the nearest one taken.'),
  namespace: namespaceName.optional().describe("Namespace of both. Default: the operator's."),
});

interface PodShareRefs {
  readonly service: KubeRef;
  readonly deployments: Readonly<Record<Slot, KubeRef>>;
}

export function podShareRefs({ service: target, namespace, options }: RoutePlace): PodShareRefs {
  const {
    stable: name = target,
    deployment: stable = target,
    canary = `${stable}-canary`,
  } = podShareOptions.parse(options);
  const named = (of: string): KubeRef => ({ kind: deployment, namespace, name: of });
  return {
    service: { kind: service, namespace, name },
    deployments: { blue: named(stable), green: named(canary) },
  };
}
