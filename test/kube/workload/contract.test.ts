import { workloadContract } from '../../contract/workload/suite.ts';
import { sharedCluster } from '../../support/kube/shared.ts';
import { openShop } from '../../support/kube/shop.ts';

workloadContract('kubernetes', async () => {
  const shop = await openShop(sharedCluster());
  return {
    provider: shop.provider,
    target: shop.target,
    stopIsForeign: null,
    hopeless: { version: 'image-name', code: 'workload-unready' },
    close: async () => {},
  };
});
