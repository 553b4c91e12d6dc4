/** What a watch costs the API server: requests are counted, since a thousand watches make them every two seconds. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KubeClient } from '../../../src/providers/kube/client.ts';
import { connect } from '../../../src/providers/kube/connection.ts';
import { gatewayApi } from '../../../src/providers/traffic/gateway-api.ts';
import { KubeTraffic } from '../../../src/providers/traffic/kube/kube-traffic.ts';
import { leaseName } from '../../../src/providers/traffic/kube/lease-state.ts';
import { LeaseStore } from '../../../src/providers/traffic/kube/lease-store.ts';
import { type Guarded, guardedTargets, targetNamed } from '../../support/kube/guarded.ts';
import { sharedCluster } from '../../support/kube/shared.ts';

const cluster = sharedCluster();
const targets = ['counted', 'stopped', 'taken', 'forgotten', 'swapped'].map(targetNamed);
const soon = () => Date.now() + 60_000;

let guarded: Guarded;
let traffic: KubeTraffic;
let requests = 0;
beforeAll(async () => {
  guarded = await guardedTargets(cluster, targets);
  const connection = connect(guarded.settings);
  const counted = {
    ...connection,
    options: (...how: Parameters<typeof connection.options>) => {
      requests += 1;
      return connection.options(...how);
    },
  };
  const client = new KubeClient(counted, 30_000);
  traffic = new KubeTraffic({
    ...{ type: 'gateway-api', client, matchHeader: '*', namespace: guarded.namespace },
    store: new LeaseStore(client, guarded.namespace),
    route: gatewayApi.routeOf(client),
  });
});
afterAll(async () => {
  await traffic?.close();
  await guarded?.provider.close();
});

async function costOf(work: () => Promise<unknown>): Promise<number> {
  const before = requests;
  await work();
  return requests - before;
}

describe('a restore', () => {
  it('that is tried again writes nothing to the Lease, and gets on to the route', async () => {
    const [target = targetNamed('none')] = targets;
    const epoch = await guarded.canary(target, 60_000);
    await traffic.restore(target, epoch);
    // The Lease, and the route that bears the mark of its stop.
    expect(await costOf(() => traffic.restore(target, epoch))).toBe(2);
  });
});

describe('a promotion', () => {
  it('is refused while the canary is stopped, and the way home is not', async () => {
    const [target = targetNamed('none')] = targets;
    const epoch = await guarded.canary(target, 60_000);
    await traffic.stop(target);
    const refused = { code: 'traffic-unavailable' };
    await expect(traffic.setStable(target, 'green', epoch)).rejects.toMatchObject(refused);
    expect(await traffic.read(target)).toMatchObject({ stableSlot: 'blue', stopped: true });
    await traffic.restore(target, epoch);
    await traffic.setStable(target, 'blue', epoch);
    const next = await guarded.canary(target, 60_000);
    await traffic.stopAll('test');
    await expect(traffic.setStable(target, 'green', next)).rejects.toMatchObject(refused);
    await traffic.release('test');
    await traffic.setStable(target, 'green', next);
    await traffic.stop(target);
    await traffic.restore(target, next);
    await traffic.setStable(target, 'blue', next);
    expect(await traffic.read(target)).toMatchObject({ stableSlot: 'blue', stopped: true });
  });

  it('is known by the route when somebody has deleted the Lease', async () => {
    const target = targetNamed('forgotten');
    const epoch = await guarded.canary(target, 60_000);
    await traffic.setStable(target, 'green', epoch);
    await cluster.kubectl(['delete', 'lease', '-n', guarded.namespace, leaseName(target.id)]);
    expect(await traffic.read(target)).toMatchObject({ stableSlot: 'green', epoch: 0, weightPercent: 0 });
    expect(await traffic.prepare(target, epoch)).toMatchObject({ stableSlot: 'green', weightPercent: 0 });
    expect(await guarded.shareOf(target)).toBe(100);
  });
});

describe('a Lease that was made anew under a canary', () => {
  it('takes for stable what the route had as stable', async () => {
    const target = targetNamed('swapped');
    const before = await guarded.canary(target, 60_000);
    await traffic.setStable(target, 'green', before);
    const epoch = await guarded.canary(target, 60_000);
    expect(await guarded.shareOf(target)).toBe(50);
    const forget = () => cluster.kubectl(['delete', 'lease', '-n', guarded.namespace, leaseName(target.id)]);
    await forget();
    await traffic.setRoute(target, { weightPercent: 20, match: null }, epoch);
    await traffic.renew(target, epoch, soon());
    expect(await traffic.read(target)).toMatchObject({ stableSlot: 'green', weightPercent: 20 });
    expect(await guarded.shareOf(target)).toBe(80);
    await forget();
    await traffic.stop(target);
    await traffic.restore(target, epoch);
    expect(await traffic.read(target)).toMatchObject({
      stableSlot: 'green',
      weightPercent: 0,
      stopped: true,
    });
    expect(await guarded.shareOf(target)).toBe(100);
  });
});

describe('a pulse of a watch', () => {
  it('reads Lease and route, and renews by one patch', async () => {
    const [target = targetNamed('none')] = targets;
    const epoch = await guarded.canary(target, 60_000);
    expect(await costOf(() => traffic.read(target))).toBeLessThanOrEqual(3);
    // It goes by what was read no more than a second ago, which a busy machine may take for it.
    const costOfRenewal = async () => {
      await traffic.read(target);
      return await costOf(() => traffic.renew(target, epoch, soon()));
    };
    await expect.poll(costOfRenewal).toBe(1);
    // The stop of everything is read once for all targets that are looked at together.
    const cost = await costOf(() => Promise.all(targets.map((one) => traffic.read(one))));
    expect(cost).toBeLessThanOrEqual(2 * targets.length + 1);
    expect(await traffic.read(target)).toMatchObject({ weightPercent: 50, stopped: false });
  });

  it('renews no share up after a stop that came since it looked', async () => {
    const [, target = targetNamed('none')] = targets;
    const epoch = await guarded.canary(target, 60_000);
    await traffic.read(target);
    await guarded.provider.stop(target);
    await traffic.renew(target, epoch, soon());
    expect(await traffic.read(target)).toMatchObject({ stopped: true });
    expect(await guarded.shareOf(target)).toBe(0);
  });

  it('renews nothing for an owner that was fenced off since it looked', async () => {
    const [, , target = targetNamed('none')] = targets;
    const epoch = await guarded.canary(target, 60_000);
    await traffic.read(target);
    await guarded.provider.setRoute(target, { weightPercent: 20, match: null }, epoch + 1);
    await expect(traffic.renew(target, epoch, soon())).rejects.toMatchObject({ code: 'traffic-fenced' });
  });
});
