/** Routes of the kinds that Sluice shifts, as their owners would have made them. */

const serviceIn = (target: string) => target.slice(target.indexOf('/') + 1);
const metadataOf = (namespace: string, target: string) => ({
  name: serviceIn(target),
  namespace,
  labels: { 'app.kubernetes.io/part-of': 'shop' },
  annotations: { 'example.com/owner': 'team-a' },
});

/**
 * `test/shop` -> an HTTPRoute `shop` with a foreign rule, filters and labels, and two rules that send to the Service
 * `shop`.
 */
export function httpRouteFor(namespace: string, target: string): object {
  const service = serviceIn(target);
  const backend = (name: string) => ({ name, port: 80 });
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: metadataOf(namespace, target),
    spec: {
      parentRefs: [{ name: 'edge' }],
      hostnames: [`${service}.example.com`],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/static' } }],
          backendRefs: [backend('assets')],
        },
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          filters: [
            {
              type: 'RequestHeaderModifier',
              requestHeaderModifier: { set: [{ name: 'x-team', value: 'a' }] },
            },
            { type: 'RequestMirror', requestMirror: { backendRef: backend('shadow') } },
          ],
          sessionPersistence: { type: 'Cookie', cookie: { name: 'sticky' } },
          backendRefs: [backend(service)],
        },
        {
          matches: [{ path: { type: 'PathPrefix', value: '/api' } }],
          backendRefs: [{ ...backend(service), weight: 7 }],
        },
      ],
    },
  };
}

/** A GRPCRoute with a rule for one method that is shared, and one that is not. */
export function grpcRouteFor(namespace: string, target: string): object {
  const service = serviceIn(target);
  const method = (name: string) => [{ method: { service: 'shop.Cart', method: name } }];
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'GRPCRoute',
    metadata: metadataOf(namespace, target),
    spec: {
      parentRefs: [{ name: 'edge' }],
      rules: [
        { matches: method('Get'), backendRefs: [{ name: service, port: 80 }] },
        { matches: method('List'), backendRefs: [{ name: 'lists', port: 80 }] },
      ],
    },
  };
}

/** A VirtualService with a redirect, two named routes to the Service, one of them mirrored, and a foreign route. */
export function virtualServiceFor(namespace: string, target: string): object {
  const service = serviceIn(target);
  const to = (host: string) => ({ destination: { host, port: { number: 80 } } });
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: metadataOf(namespace, target),
    spec: {
      hosts: [service, `${service}.example.com`],
      http: [
        { name: 'old', match: [{ uri: { exact: '/old' } }], redirect: { uri: '/' } },
        {
          name: 'api',
          match: [{ uri: { prefix: '/api' } }],
          route: [{ ...to(`${service}.${namespace}.svc.cluster.local`), weight: 100 }],
          mirror: { host: 'shadow' },
          retries: { attempts: 2 },
        },
        { match: [{ uri: { prefix: '/static' } }], route: [to('assets')] },
        { name: 'all', route: [to(service)], timeout: '3s' },
      ],
    },
  };
}

/** The same with one host for both versions, whose pods have a label `track`. */
export function destinationRuleFor(namespace: string, target: string): object {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: metadataOf(namespace, target),
    spec: {
      host: `${serviceIn(target)}.${namespace}.svc.cluster.local`,
      trafficPolicy: { loadBalancer: { simple: 'LEAST_REQUEST' } },
      subsets: [{ name: 'eu', labels: { zone: 'eu' } }],
    },
  };
}

export const bySubset = {
  subsets: { stable: { labels: { track: 'stable' } }, canary: { labels: { track: 'canary' } } },
};

/** An Ingress with TLS, a class, a path of the Service's and one that is not. */
export function ingressFor(namespace: string, target: string): object {
  const service = serviceIn(target);
  const path = (at: string, name: string) => ({
    path: at,
    pathType: 'Prefix',
    backend: { service: { name, port: { number: 80 } } },
  });
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: metadataOf(namespace, target),
    spec: {
      ingressClassName: 'nginx',
      tls: [{ hosts: [`${service}.example.com`], secretName: 'tls' }],
      rules: [
        {
          host: `${service}.example.com`,
          http: { paths: [path('/', service), path('/static', 'assets'), path('/api', service)] },
        },
      ],
    },
  };
}

/** Two Deployments whose pods one Service selects, as many of each. */
export function sharedPodsFor(namespace: string, target: string, replicas: number): readonly object[] {
  const service = serviceIn(target);
  const deployment = (name: string, track: string) => {
    const labels = { app: service, track };
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { ...metadataOf(namespace, target), name },
      spec: {
        replicas,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [{ name: 'app', image: `registry.test/app:${track}` }] },
        },
      },
    };
  };
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadataOf(namespace, target),
      spec: { clusterIP: 'None', selector: { app: service }, ports: [{ name: 'http', port: 80 }] },
    },
    deployment(service, 'stable'),
    deployment(`${service}-canary`, 'canary'),
  ];
}
