import { gatewayApi } from '../../../src/providers/traffic/gateway-api.ts';
import { trafficContract } from '../../contract/traffic/suite.ts';
import { kubeFixture } from '../../support/kube/contract.ts';
import { grpcRouteFor, httpRouteFor } from '../../support/kube/routes.ts';
import { foreignSuite } from './foreign-suite.ts';

trafficContract('gateway-api', () =>
  kubeFixture(gatewayApi, (namespace, target) => [httpRouteFor(namespace, target)]),
);

foreignSuite('HTTPRoute', {
  type: gatewayApi,
  objects: (namespace, target) => [httpRouteFor(namespace, target)],
  kinds: ['httproute'],
  route: 'httproute/shop',
  drift: {
    object: 'httproute/shop',
    patch: [{ op: 'replace', path: '/spec/rules/1/backendRefs/1/weight', value: 400 }],
  },
});

foreignSuite('GRPCRoute', {
  type: gatewayApi,
  options: { kind: 'GRPCRoute' },
  objects: (namespace, target) => [grpcRouteFor(namespace, target)],
  kinds: ['grpcroute'],
  route: 'grpcroute/shop',
  drift: {
    object: 'grpcroute/shop',
    patch: [{ op: 'replace', path: '/spec/rules/0/backendRefs/1/weight', value: 400 }],
  },
});
