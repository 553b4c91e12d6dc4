/** The traffic providers that an import can name, and which object given beside could be the route. */
import { isMapping, ownValue } from '../plan/document/read.ts';
import type { PlanDraft, ProviderDraft } from './draft.ts';
import type { Findings } from './finding.ts';
import type { KubeObject } from './objects.ts';

export type RouteType = 'gateway-api' | 'istio' | 'nginx' | 'service';

export interface Services {
  readonly stable: string;
  readonly canary: string;
}

/** Prefix of the presets whose metrics the data plane itself counts. */
export const dialectOf: Readonly<Record<RouteType, string>> = {
  'gateway-api': '',
  istio: 'istio/',
  nginx: 'nginx/',
  service: '',
};

/** A canary's pods have names of their own in their labels, by which Istio would count them as another service. */
export function podLabelsFor({ provider }: ProviderDraft, service: string): object | undefined {
  return provider === 'istio' ? { 'service.istio.io/canonical-name': service } : undefined;
}

/** Options that say no more than the defaults are left out. */
export function traffic(
  type: RouteType,
  service: string,
  { stable, canary }: Services,
  route: Readonly<Record<string, unknown>>,
  from: string,
): ProviderDraft {
  const options = {
    ...route,
    stable: stable === service ? undefined : stable,
    // One Service has the pods of both where no route shares them.
    canary: type === 'service' || canary === `${stable}-canary` ? undefined : canary,
  };
  return { provider: type, options, from };
}

export interface Route {
  readonly type: RouteType;
  readonly kind: string;
  readonly name: string;
}

/** Of the objects given beside, a route that sends to the Service. */
export function routeTo(
  service: string,
  namespace: string | null,
  objects: readonly KubeObject[],
): Route | undefined {
  for (const object of objects) {
    const type = routeKinds[object.kind];
    const near = namespace === null || object.namespace === null || object.namespace === namespace;
    if (type !== undefined && near && names(ownValue(object.fields, 'spec'), service, 0)) {
      return { type, name: object.name, kind: object.kind };
    }
  }
  return undefined;
}

const routeKinds: Readonly<Record<string, RouteType>> = {
  HTTPRoute: 'gateway-api',
  GRPCRoute: 'gateway-api',
  VirtualService: 'istio',
  Ingress: 'nginx',
};

/** Whether the Service is named as a backend anywhere inside; routes are shallow. */
function names(value: unknown, service: string, depth: number): boolean {
  if (depth > 12) return false;
  if (Array.isArray(value)) return value.some((one) => names(one, service, depth + 1));
  if (!isMapping(value)) return false;
  return Object.entries(value).some(([key, inner]) => {
    const host = typeof inner === 'string' ? (inner.split('.')[0] ?? '') : '';
    return (['name', 'host'].includes(key) && host === service) || names(inner, service, depth + 1);
  });
}

/** A data plane of which Sluice knows nothing: whether it serves the Gateway API decides what can be done. */
export function unknownPlane(
  path: string,
  what: string,
  service: string,
  services: Services,
  findings: Findings,
): ProviderDraft {
  const why = `Sluice does not write ${what}`;
  findings.lost(
    path,
    why,
    'let an HTTPRoute of its name share the traffic, if its controller serves the Gateway API',
  );
  return traffic('gateway-api', service, services, {}, 'a route that is still to be made');
}

/** Where numbers of pods share, one Service has the pods of both versions, and few of them give few shares. */
export function matched(
  shared: ProviderDraft,
  workload: ProviderDraft,
): Pick<PlanDraft, 'traffic' | 'workload'> {
  if (shared.provider !== 'service') return { traffic: shared, workload };
  const { deployment } = workload.options;
  return {
    traffic: { ...shared, options: { ...shared.options, deployment, rounding: 'nearest' } },
    workload: { ...workload, options: { ...workload.options, canaryService: undefined, labels: 'shared' } },
  };
}
