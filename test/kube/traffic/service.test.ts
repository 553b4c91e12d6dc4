import { service } from '../../../src/providers/traffic/service.ts';
import { trafficContract } from '../../contract/traffic/suite.ts';
import { kubeFixture } from '../../support/kube/contract.ts';
import { sharedPodsFor } from '../../support/kube/routes.ts';
import { sharedCluster } from '../../support/kube/shared.ts';
import { available } from '../../support/kube/shop.ts';
import { foreignSuite } from './foreign-suite.ts';

// One pod of twenty is 5 %.
trafficContract(
  'service',
  async () => ({
    ...(await kubeFixture(service, (namespace, target) => sharedPodsFor(namespace, target, 20))),
    gradual: true,
  }),
  { shares: [0, 5, 50, 95, 100], matches: false },
);

foreignSuite('Service', {
  type: service,
  objects: (namespace, target) => sharedPodsFor(namespace, target, 4),
  whole: (namespace) =>
    Promise.all(['shop', 'shop-canary'].map((name) => available(sharedCluster(), namespace, name))).then(
      () => {},
    ),
  kinds: ['service', 'deployment'],
  route: 'service/shop',
  drift: {
    object: 'service/shop',
    patch: [{ op: 'replace', path: '/spec/selector', value: { app: 'shop', track: 'canary' } }],
  },
  shares: [50, 25],
  matches: false,
  passing: 'shop-canary',
  beside: 'deployment/shop-canary',
  async endCanary(namespace) {
    await sharedCluster().kubectl([
      'delete',
      'deployment',
      '-n',
      namespace,
      'shop-canary',
      '--cascade=foreground',
      '--ignore-not-found',
    ]);
  },
});
