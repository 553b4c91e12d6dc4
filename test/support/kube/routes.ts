/** Routes of the kinds that Sluice shifts, as their owners would have made them. */

/** `test/shop` -> an HTTPRoute `shop` with a foreign rule, filters and labels, and one rule that sends to the Service `shop`. */
export function httpRouteFor(namespace: string, target: string): object {
  const service = target.slice(target.indexOf('/') + 1);
  const backend = (name: string) => ({ name, port: 80 });
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: service, namespace, annotations: { 'example.com/owner': 'team-a' } },
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
          ],
          backendRefs: [backend(service)],
        },
      ],
    },
  };
}
