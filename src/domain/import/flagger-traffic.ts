/** Which data plane a Flagger Canary is shared in: what it says, or what its fields give away. */
import type { ProviderDraft } from './draft.ts';
import { objectRefOf } from './names.ts';
import type { KubeObject } from './objects.ts';
import type { Part } from './part.ts';
import { routeTo, type Services, traffic, unknownPlane } from './routing.ts';

export function trafficOf(
  spec: Part,
  served: Part | undefined,
  service: string,
  services: Services,
  canary: KubeObject,
  objects: readonly KubeObject[],
): ProviderDraft {
  const said = spec.text('provider')?.toLowerCase();
  const ingress = spec.part('ingressRef');
  const ingressName = ingress?.text('name');
  ingress?.skip('apiVersion', 'kind');
  ingress?.done();
  const type = said ?? givenAway(spec, served, ingressName, services, canary, objects);
  spec.lose({
    routeRef: ['Sluice does not write ApisixRoutes', 'let an HTTPRoute share the traffic'],
    upstreamRef: ['Sluice does not write Gloo upstreams', 'let an HTTPRoute share the traffic'],
  });
  const from = said === undefined ? 'not said; taken from other fields' : 'spec.provider';
  if (said === undefined) {
    spec.findings.changed(
      'spec.provider',
      'is not said, and the default of your Flagger is not known here',
      `it is ${type ?? 'gatewayapi'} by its other fields`,
    );
  }
  tellOfService(served, services);
  const named = { route: objectRefOf(services.stable, service) };
  if (type === undefined || type.startsWith('gatewayapi'))
    return traffic('gateway-api', service, services, named, from);
  if (type === 'istio')
    return traffic(
      'istio',
      service,
      services,
      { virtualService: objectRefOf(services.stable, service) },
      from,
    );
  if (type === 'nginx')
    return traffic('nginx', service, services, { ingress: objectRefOf(ingressName, service) }, from);
  if (type === 'kubernetes') return traffic('service', service, services, {}, from);
  return {
    ...unknownPlane('spec.provider', `the routes of ${type.slice(0, 60)}`, service, services, spec.findings),
    from,
  };
}

function givenAway(
  spec: Part,
  served: Part | undefined,
  ingress: string | undefined,
  { stable }: Services,
  { namespace }: KubeObject,
  objects: readonly KubeObject[],
): string | undefined {
  if (ingress !== undefined) return 'nginx';
  if (served?.has('gatewayRefs')) return 'gatewayapi';
  if (spec.has('routeRef')) return 'apisix';
  if (spec.has('upstreamRef')) return 'gloo';
  if (served?.has('gateways') || served?.has('trafficPolicy')) return 'istio';
  if (served?.has('meshName') || served?.has('backends')) return 'appmesh';
  const route = routeTo(stable, namespace, objects)?.type;
  return route === 'gateway-api' ? 'gatewayapi' : route;
}

/** Flagger makes the Services and the route, and takes them along when the Canary goes. */
function tellOfService(served: Part | undefined, { stable, canary }: Services): void {
  if (served === undefined) return;
  const made = [
    'gatewayRefs',
    'gateways',
    'hosts',
    'match',
    'rewrite',
    'retries',
    'headers',
    'corsPolicy',
    'timeout',
    'trafficPolicy',
    'mirror',
    'delegation',
  ];
  const set = made.filter((key) => served.has(key));
  const what = set.length === 0 ? '' : `, with ${set.join(', ')}`;
  const instead = `keep the Service ${stable} and its route as files of your own${what}; Sluice makes ${canary} and changes only weights`;
  served.findings.changed(
    served.path,
    'Flagger makes Services and route itself, and deletes them with the Canary',
    instead,
  );
  served.skip('name', 'port', 'portName', 'targetPort', 'appProtocol', 'portDiscovery', ...made);
  served.lose({
    apex: ['Services are yours', 'set labels and annotations in their files'],
    primary: ['there is no -primary Service any more', 'set labels and annotations on the stable Service'],
    canary: [
      'the canary Service is made like the stable one',
      'make it yourself if it needs labels of its own',
    ],
    meshName: ['Sluice does not write App Mesh', 'let an HTTPRoute share the traffic'],
    backends: ['Sluice does not write App Mesh', 'let an HTTPRoute share the traffic'],
    unmanagedMetadata: ['Sluice changes nothing of a Service', 'nothing needs to be done'],
    primaryBackend: ['there is no -primary Service any more', 'set it for the stable Service'],
    canaryBackend: ['the canary Service is made like the stable one', 'set it for the canary Service'],
  });
}
