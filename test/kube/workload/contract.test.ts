import { workloadContract } from '../../contract/workload/suite.ts';
import { sharedCluster } from '../../support/kube/shared.ts';
import { openShop } from '../../support/kube/shop.ts';

workloadContract('kubernetes', async () => {
  const shop = await openShop(sharedCluster(), { deadline: 3 });
  return {
    provider: shop.provider,
    target: shop.target,
    stopIsForeign: null,
    hopeless: { version: 'crash-loop', code: 'workload-unready' },
    close: async () => {},
  };
});
