/** Starts and stops that come about late change nothing, whatever they meant to do. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sharedCluster } from '../../support/kube/shared.ts';
import { contentsOf, holdsAgain, openShop, type Shop } from '../../support/kube/shop.ts';

const cluster = sharedCluster();
const signal = new AbortController().signal;
const fenced = { code: 'workload-fenced' };
let shop: Shop;
beforeEach(async () => {
  shop = await openShop(cluster);
});
afterEach(() => shop.close());

const start = (slot: 'blue' | 'green', version: string, epoch: number) =>
  shop.provider.start(shop.target, slot, version, signal, () => {}, epoch);
const image = async () => (await shop.deployment())?.spec.template.spec.containers[0]?.image;

describe('a late start', () => {
  it('is refused when the canary is gone and nothing of it is left but the record', async () => {
    const before = await contentsOf(cluster, shop.namespace);
    await start('green', 'v2', 5);
    await shop.provider.stop(shop.target, 'green', signal, 7);
    await holdsAgain(cluster, shop.namespace, before);
    await expect(start('green', 'v2', 6)).rejects.toMatchObject(fenced);
    expect(await shop.deployment('shop-canary')).toBeNull();
  });

  it('of the promotion is refused after the way back, even if that had nothing to do', async () => {
    await start('green', 'v2', 1);
    await start('blue', 'v1', 3);
    await expect(start('blue', 'v2', 2)).rejects.toMatchObject(fenced);
    expect(await image()).toBe('registry.test/shop:v1');
  });

  it('that waits for pods ends when a newer owner has taken over', async () => {
    const waits = start('green', 'unready-2', 5).catch((error: unknown) => error);
    await expect.poll(() => shop.deployment('shop-canary')).not.toBeNull();
    await start('green', 'v3', 8);
    expect(await waits).toMatchObject({ code: expect.stringMatching(/workload-(fenced|unready)/) });
    expect(await shop.provider.versionIn(shop.target, 'green')).toBe('v3');
  });

  it('and a stop at the same time end in what the newer one wants', async () => {
    for (let epoch = 1; epoch < 10; epoch += 2) {
      const started = start('green', 'v2', epoch).catch((error: unknown) => error);
      const stopped = shop.provider.stop(shop.target, 'green', signal, epoch + 1);
      await Promise.all([started, stopped]);
      await started;
      expect(await shop.deployment('shop-canary')).toBeNull();
    }
  });
});

describe('slots and targets', () => {
  it('have epochs of their own', async () => {
    await start('blue', 'v1', 9);
    await start('green', 'v2', 1);
    expect(await shop.provider.versionIn(shop.target, 'green')).toBe('v2');
  });

  it('are on record where kubectl finds them', async () => {
    await start('green', 'v2', 4);
    const args = [
      'get',
      'leases',
      '-n',
      shop.leaseNamespace,
      '-l',
      'sluice.dev/workload=test.shop',
      '-o',
      'json',
    ];
    const { items } = JSON.parse(await cluster.kubectl(args)) as { items: { metadata: object }[] };
    expect(items).toMatchObject([{ metadata: { annotations: { 'sluice.dev/workload-epoch.green': '4' } } }]);
  });
});
