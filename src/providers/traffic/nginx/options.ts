/** What a plan may say of its Ingress. */
import { z } from 'zod';
import { ingress } from '../../kube/kinds.ts';
import { objectName } from '../../kube/settings.ts';
import type { KubeRef } from '../../kube/types.ts';
import type { RoutePlace } from '../kube/route.ts';
import { serviceOptions } from '../kube/services.ts';

export const nginxOptions = z.strictObject({
  ingress: objectName.optional().describe('Name of the stable Ingress. Default: the name of the service.'),
  canaryIngress: objectName
    .optional()
    .describe('Name of the Ingress that Sluice makes. Default: that of the stable one with `-canary`.'),
  annotationPrefix: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'is no annotation prefix')
    .default('nginx.ingress.kubernetes.io')
    .describe("The controller's `--annotations-prefix`."),
  ...serviceOptions,
});

interface IngressRefs {
  readonly stable: KubeRef;
  readonly canary: KubeRef;
}

export function ingressRefs({ service, namespace, options }: RoutePlace): IngressRefs {
  const { ingress: stable = service, canaryIngress = `${stable}-canary` } = nginxOptions.parse(options);
  const named = (name: string): KubeRef => ({ kind: ingress, namespace, name });
  return { stable: named(stable), canary: named(canaryIngress) };
}

/** The names of the controller's annotations. */
export function annotationsOf({ options }: RoutePlace) {
  const { annotationPrefix } = nginxOptions.parse(options);
  const name = (rest: string) => `${annotationPrefix}/${rest}`;
  return {
    canary: name('canary'),
    weight: name('canary-weight'),
    total: name('canary-weight-total'),
    header: name('canary-by-header'),
    value: name('canary-by-header-value'),
    affinity: name('affinity'),
    /** What the controller heeds on a canary Ingress too. */
    heeded: [name('load-balance'), name('upstream-hash-by'), 'kubernetes.io/ingress.class'],
  };
}
