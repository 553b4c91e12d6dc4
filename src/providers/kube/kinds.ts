/** The kinds of objects that Sluice reads or writes. */
import type { KubeKind } from './types.ts';

export const lease = kind('coordination.k8s.io', 'v1', 'Lease', 'leases');
export const event = kind('', 'v1', 'Event', 'events');
export const service = kind('', 'v1', 'Service', 'services');
export const pod = kind('', 'v1', 'Pod', 'pods');
export const deployment = kind('apps', 'v1', 'Deployment', 'deployments');
export const httpRoute = kind('gateway.networking.k8s.io', 'v1', 'HTTPRoute', 'httproutes');
export const grpcRoute = kind('gateway.networking.k8s.io', 'v1', 'GRPCRoute', 'grpcroutes');

function kind(group: string, version: string, name: string, resource: string): KubeKind {
  return { group, version, kind: name, resource };
}
