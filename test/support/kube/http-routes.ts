/** HTTPRoutes as tests make them, and what they say. */
import { z } from 'zod';

const route = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    rules: z.array(z.object({ backendRefs: z.array(z.object({ name: z.string(), weight: z.number() })) })),
  }),
});

/** The canary's share, percent. */
export function shareIn(object: unknown): number {
  const { metadata, spec } = route.parse(object);
  const refs = spec.rules.flatMap(({ backendRefs }) => backendRefs);
  const all = refs.reduce((sum, { weight }) => sum + weight, 0);
  const canary = refs.find(({ name }) => name === `${metadata.name}-canary`)?.weight ?? 0;
  return all === 0 ? 0 : (canary / all) * 100;
}

export const backend = (name: string, weight: number) => ({ name, port: 80, weight });

/** All traffic to the Service of that name; a share to its canary, if any is given. */
export function httpRoute(namespace: string, service: string, canaryPercent = 0): object {
  const canary = canaryPercent === 0 ? [] : [backend(`${service}-canary`, canaryPercent)];
  const backendRefs = [backend(service, 100 - canaryPercent), ...canary];
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { namespace, name: service },
    spec: { parentRefs: [{ name: 'gateway' }], rules: [{ backendRefs }] },
  };
}
