import { gatewayApi } from '../../../src/providers/traffic/gateway-api.ts';
import { kubeTrafficType } from '../../../src/providers/traffic/kube/provider.ts';
import { suiteTargets, trafficContract } from '../../contract/traffic/suite.ts';
import { startGuard } from '../../support/kube/guard.ts';
import { httpRouteFor } from '../../support/kube/routes.ts';
import { sharedCluster } from '../../support/kube/shared.ts';

trafficContract('gateway-api', async () => {
  const cluster = sharedCluster();
  const namespace = await cluster.makeNamespace('gateway');
  await cluster.apply(...suiteTargets.map((target) => httpRouteFor(namespace, target)));
  const settings = { kubeconfig: cluster.kubeconfigPath, namespace, leaseNamespace: namespace };
  const provider = kubeTrafficType(gatewayApi).create(settings);
  const guard = startGuard(settings);
  return {
    provider,
    matchHeader: 'x-tester',
    guarded: true,
    close: async () => {
      await guard.stop();
      await provider.close();
    },
  };
});
