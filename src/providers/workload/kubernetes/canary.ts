/**
 * The canary's Deployment and Service, made from stable's: pure, so that they can be looked at before anything is
 * written.
 */
import { createHash } from 'node:crypto';
import { canaryLabels, type Labels, retargeted } from './labels.ts';
import type { Place } from './options.ts';
import type { Deployment, Service } from './shapes.ts';
import { templateFor } from './template.ts';
import { labelFor, versionLabel } from './versions.ts';

export const notes = {
  /** The target that an object was made for: it is ours, and goes when the canary goes. */
  madeFor: 'sluice.dev/made-for',
  version: 'sluice.dev/version',
  epoch: 'sluice.dev/workload-epoch',
  /** Of all that the canary should be, but for its size. */
  hash: 'sluice.dev/made-from',
  /** Pods that all of the traffic takes. */
  full: 'sluice.dev/full-replicas',
};

export interface CanaryWanted {
  readonly deployment: {
    readonly metadata: { readonly labels: Labels; readonly annotations: Labels };
    readonly spec: { readonly replicas: number; readonly [field: string]: unknown };
  };
  /** Null: there is one already, or none to make it from. */
  readonly service: object | null;
}

/** Errors: `workload-config`. */
export function canaryFor(
  stable: Deployment,
  services: { readonly stable: Service | null; readonly canary: Service | null },
  place: Place,
  version: string,
): CanaryWanted {
  const template = templateFor(stable.spec.template, place, version);
  const { pods, matchLabels, service } = canaryLabels(stable, services, place, template, version);
  const stablePods = stable.spec.template.metadata.labels ?? {};
  const { affinity, topologySpreadConstraints } = template.spec;
  const spec = {
    ...stable.spec,
    paused: false,
    selector: { ...stable.spec.selector, matchLabels },
    template: {
      ...template,
      metadata: { ...template.metadata, labels: pods },
      spec: {
        ...template.spec,
        ...(affinity === undefined ? {} : { affinity: retargeted(affinity, stablePods, pods) }),
        ...(topologySpreadConstraints === undefined
          ? {}
          : { topologySpreadConstraints: retargeted(topologySpreadConstraints, stablePods, pods) }),
      },
    },
  };
  const { labels, annotations } = stable.object.metadata;
  const full = stable.spec.replicas;
  return {
    deployment: {
      metadata: {
        labels: { ...unclaimed(labels), ...ownLabels, ...versionLabels(version) },
        annotations: {
          ...unclaimed(annotations),
          [notes.madeFor]: place.target,
          [notes.version]: version,
          [notes.full]: String(full),
          [notes.hash]: hashOf({ ...spec, replicas: null }),
        },
      },
      spec: { ...spec, replicas: firstReplicas(place.options.replicas, full) },
    },
    service:
      services.stable !== null && services.canary === null
        ? serviceLike(services.stable, service, place)
        : null,
  };
}

/** How many pods a share of traffic takes; never none. */
export function replicasFor(sharePercent: number, full: number): number {
  return Math.max(1, Math.ceil((full * sharePercent) / 100));
}

function firstReplicas(wanted: number | string, full: number): number {
  return typeof wanted === 'number' ? wanted : replicasFor(Number.parseInt(wanted, 10), full);
}

const ownLabels = { 'app.kubernetes.io/managed-by': 'sluice', 'sluice.dev/slot': 'canary' };

function versionLabels(version: string): Labels {
  const label = labelFor(version);
  return label === null ? {} : { [versionLabel]: label };
}

function serviceLike({ spec, object }: Service, selector: Labels, { target }: Place): object {
  const { clusterIP, clusterIPs: _ips, type: _type, ports, ...others } = spec;
  const internal = Object.entries(others).filter(([field]) => !outward.includes(field));
  const { labels, annotations } = object.metadata;
  return {
    metadata: {
      labels: { ...unclaimed(labels), ...ownLabels },
      annotations: { ...unclaimed(annotations), [notes.madeFor]: target },
    },
    spec: {
      ...Object.fromEntries(internal),
      ...(clusterIP === 'None' ? { clusterIP } : {}),
      selector,
      ports: ports.map(({ nodePort: _node, ...port }) => port),
    },
  };
}

/** What makes a Service reachable from outside stays stable's alone. */
const outward = [
  'allocateLoadBalancerNodePorts',
  'externalIPs',
  'externalName',
  'externalTrafficPolicy',
  'healthCheckNodePort',
  'loadBalancerClass',
  'loadBalancerIP',
  'loadBalancerSourceRanges',
];

/** By these some other tool would take a copy for its own, delete it, or give it a name or an address of its own. */
const claims = [
  'app.kubernetes.io/instance',
  'app.kubernetes.io/managed-by',
  'argocd.argoproj.io/',
  'deployment.kubernetes.io/',
  'external-dns.alpha.kubernetes.io/',
  'helm.sh/',
  'helm.toolkit.fluxcd.io/',
  'kubectl.kubernetes.io/last-applied-configuration',
  'kustomize.toolkit.fluxcd.io/',
  'meta.helm.sh/',
  'service.beta.kubernetes.io/',
  'sluice.dev/',
];

function unclaimed(texts: Labels | undefined): Labels {
  const own = ([key]: [string, string]) => !claims.some((claim) => key.startsWith(claim));
  return Object.fromEntries(Object.entries(texts ?? {}).filter(own));
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
