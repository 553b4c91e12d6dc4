/** What the demo's teams have in the cluster, and the plans that they roll out by. */
import { deployment, service } from '../manifests.ts';

export const services = ['shop', 'cart', 'search'] as const;

export function namespaces(): object[] {
  return ['demo', 'sluice'].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
}

export function objects(): object[] {
  const namespace = 'demo';
  return services.flatMap((name) => [
    deployment({ namespace, name, image: `registry.test/${name}:v1`, replicas: 3 }),
    service(namespace, name),
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { namespace, name },
      spec: {
        parentRefs: [{ name: 'edge' }],
        hostnames: [`${name}.test`],
        rules: [{ backendRefs: [{ name, port: 80 }] }],
      },
    },
  ]);
}

export interface DemoPlan {
  readonly service: string;
  readonly text: string;
}

/** Short soaks, since nobody wants to wait in a demo. */
export function planOf(name: (typeof services)[number], version: string): DemoPlan {
  const text = `service: ${name}
environment: demo
version: ${version}
traffic: gateway-api
metrics: users
workload: kubernetes
checks: [success-rate]
stages:
  - { weight: 10, soak: 10s }
  - { weight: 50, soak: 10s }
analysis: { interval: 2s, window: 8s }
lease: { ttl: 10s }
watchAfter: 5s
`;
  return { service: name, text };
}
