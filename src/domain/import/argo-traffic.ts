/** Argo's traffic routing as a traffic provider and its options. */
import type { AnalysisContext } from './argo-args.ts';
import type { ProviderDraft } from './draft.ts';
import { objectRefOf } from './names.ts';
import type { Part } from './part.ts';
import { type Route, routeTo, type Services, traffic, unknownPlane } from './routing.ts';

const others: Readonly<Record<string, string>> = {
  alb: 'the annotations of AWS load balancers',
  smi: 'TrafficSplits',
  ambassador: 'Ambassador mappings',
  appMesh: 'App Mesh virtual routers',
  traefik: 'TraefikServices',
  apisix: 'ApisixRoutes',
};

export function trafficOf(strategy: Part, context: AnalysisContext): ProviderDraft {
  const { service, services, rollout } = context;
  const routing = strategy.part('trafficRouting');
  if (routing === undefined || routing.keys().length === 0) return withoutRouting(strategy, context);
  routing.skip('managedRoutes', 'maxTrafficWeight');
  const foreign = Object.entries(others).map(([key, what]) => {
    const path = routing.at(key);
    const set = routing.part(key) !== undefined;
    return set ? unknownPlane(path, what, service, services, routing.findings) : undefined;
  });
  const found = [
    istioOf(routing, service, services),
    nginxOf(routing, service, services),
    gatewayOf(routing, service, services, rollout.namespace),
    ...foreign,
  ].filter((one) => one !== undefined);
  routing.done();
  const [first, ...more] = found;
  if (more.length > 0) {
    routing.findings.lost(routing.path, 'shares traffic in several data planes', 'make a plan for each');
  }
  return first ?? withoutRouting(strategy, context);
}

/** Argo shares by numbers of pods then; a route that is given beside does it better. */
function withoutRouting(
  strategy: Part,
  { service, services, rollout, objects }: AnalysisContext,
): ProviderDraft {
  const { findings } = strategy;
  const path = strategy.at('trafficRouting');
  const route = routeTo(services.stable, rollout.namespace, objects);
  if (route === undefined) {
    const instead = 'so does the provider service, which says before the start which shares it can reach';
    findings.changed(path, 'is missing, so numbers of pods alone share traffic', instead);
    return traffic('service', service, services, {}, 'no trafficRouting');
  }
  const why = `is missing, and ${route.kind} ${route.name} sends to ${services.stable}`;
  findings.changed(path, why, 'the plan shares traffic there instead of by numbers of pods');
  return traffic(route.type, service, services, optionsFor(route, service), `${route.kind} ${route.name}`);
}

function optionsFor({ type, kind, name }: Route, service: string): Readonly<Record<string, unknown>> {
  const named = objectRefOf(name, service);
  if (type === 'istio') return { virtualService: named };
  if (type === 'nginx') return { ingress: named };
  return { kind: kind === 'GRPCRoute' ? kind : undefined, route: named };
}

function istioOf(routing: Part, service: string, services: Services): ProviderDraft | undefined {
  const istio = routing.part('istio');
  if (istio === undefined) return undefined;
  const single = istio.part('virtualService');
  const [first, ...more] = [...(single === undefined ? [] : [single]), ...istio.parts('virtualServices')];
  for (const other of more) {
    istio.findings.lost(
      other.path,
      'a plan shares the traffic of one VirtualService',
      'delegate from it, or make two plans',
    );
  }
  const rule = istio.part('destinationRule');
  if (rule !== undefined) {
    const instead = `take them out, and the plan shares between ${services.stable} and ${services.canary}; or name labels in traffic.subsets`;
    rule.findings.changed(rule.path, 'tells subsets apart by a label that Argo sets', instead);
    rule.skip('name', 'canarySubsetName', 'stableSubsetName');
  }
  const routes = first?.texts('routes') ?? [];
  const options = {
    virtualService: objectRefOf(first?.text('name'), service),
    routes: routes.length === 0 ? undefined : routes,
  };
  first?.lose({
    tlsRoutes: ['TLS routes are not shared', 'share HTTP routes'],
    tcpRoutes: ['TCP routes are not shared', 'share HTTP routes'],
  });
  rule?.done();
  first?.done();
  istio.done();
  return traffic('istio', service, services, options, routing.at('istio'));
}

function nginxOf(routing: Part, service: string, services: Services): ProviderDraft | undefined {
  const nginx = routing.part('nginx');
  if (nginx === undefined) return undefined;
  const single = nginx.text('stableIngress');
  const [first, ...more] = [...(single === undefined ? [] : [single]), ...nginx.texts('stableIngresses')];
  if (more.length > 0) {
    nginx.findings.lost(
      nginx.at('stableIngresses'),
      'a plan shares the traffic of one Ingress',
      'make a plan for each',
    );
  }
  const annotationPrefix = objectRefOf(nginx.text('annotationPrefix'), 'nginx.ingress.kubernetes.io');
  nginx.lose({
    additionalIngressAnnotations: [
      'the canary Ingress gets the annotations that a stage needs',
      'match a header in a stage',
    ],
    canaryIngressAnnotations: [
      'the canary Ingress gets the annotations that a stage needs',
      'set them on the stable Ingress',
    ],
  });
  nginx.done();
  return traffic(
    'nginx',
    service,
    services,
    { ingress: objectRefOf(first, service), annotationPrefix },
    routing.at('nginx'),
  );
}

const gatewayKeys = ['argoproj-labs/gatewayAPI', 'argoproj-labs/gatewayapi'];

function gatewayOf(
  routing: Part,
  service: string,
  services: Services,
  namespace: string | null,
): ProviderDraft | undefined {
  const plugins = routing.part('plugins');
  if (plugins === undefined) return undefined;
  const key = gatewayKeys.find((one) => plugins.has(one));
  const plugin = key === undefined ? undefined : plugins.part(key);
  const unknown = plugins.keys().filter((one) => one !== key);
  plugins.skip(...unknown);
  if (plugin === undefined) {
    return unknownPlane(
      plugins.path,
      `through the plugin ${unknown.join(', ')}`,
      service,
      services,
      routing.findings,
    );
  }
  const http = [plugin.text('httpRoute'), ...plugin.parts('httpRoutes').map(routeName)].filter(
    (one) => one !== undefined,
  );
  const grpc = [plugin.text('grpcRoute'), ...plugin.parts('grpcRoutes').map(routeName)].filter(
    (one) => one !== undefined,
  );
  const [route, ...more] = [...http, ...grpc];
  if (more.length > 0)
    plugin.findings.lost(plugin.path, 'a plan shares the traffic of one route', 'make a plan for each');
  const elsewhere = plugin.text('namespace');
  if (elsewhere !== undefined && namespace !== null && elsewhere !== namespace) {
    plugin.findings.changed(
      plugin.at('namespace'),
      'is not the namespace of the rollout',
      'see that workload.namespace is right',
    );
  }
  plugin.lose({
    tcpRoute: ['TCP routes are not shared', 'share an HTTPRoute or GRPCRoute'],
    tcpRoutes: ['TCP routes are not shared', 'share an HTTPRoute or GRPCRoute'],
    tlsRoutes: ['TLS routes are not shared', 'share an HTTPRoute or GRPCRoute'],
  });
  plugin.skip('configMap', 'disableInProgressLabel');
  plugin.done();
  const kind = http.length === 0 && grpc.length > 0 ? 'GRPCRoute' : undefined;
  return traffic('gateway-api', service, services, { kind, route: objectRefOf(route, service) }, plugin.path);
}

function routeName(route: Part): string | undefined {
  const name = route.text('name');
  route.skip('useHeaderRoutes');
  route.done();
  return name;
}
