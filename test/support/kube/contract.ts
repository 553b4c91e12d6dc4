/** What the traffic contract suite needs of a kind of Kubernetes route: its objects, a provider, and a guard. */
import { type KubeRouteType, kubeTrafficType } from '../../../src/providers/traffic/kube/provider.ts';
import { suiteTargets, type TrafficFixture } from '../../contract/traffic/suite.ts';
import { routeSettings } from './access.ts';
import { startGuard } from './guard.ts';
import { sharedCluster } from './shared.ts';

export async function kubeFixture(
  type: KubeRouteType,
  objects: (namespace: string, target: string) => readonly object[],
): Promise<TrafficFixture> {
  const cluster = sharedCluster();
  const namespace = await cluster.makeNamespace(type.type);
  await cluster.apply(...suiteTargets.flatMap((target) => objects(namespace, target)));
  const settings = routeSettings(cluster, namespace);
  const provider = kubeTrafficType(type).create(settings);
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
}
