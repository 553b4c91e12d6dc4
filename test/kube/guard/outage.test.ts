/** A guard whose API server goes away, crashed or hanging: no lease is taken for lapsed that could not be renewed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrafficTarget } from '../../../src/providers/traffic/types.ts';
import { type KubeCluster, startCluster } from '../../support/kube/cluster.ts';
import { type RunningGuard, startGuard } from '../../support/kube/guard.ts';
import { type Guarded, guardedTargets, targetNamed } from '../../support/kube/guarded.ts';

const poll = { timeout: 30_000, interval: 100 };
const leaseMs = 4_000;
/** Longer than the leases live. */
const awayMs = 2 * leaseMs;

let cluster: KubeCluster;
let guarded: Guarded;
let guard: RunningGuard;
beforeAll(async () => {
  cluster = await startCluster({ gatewayApi: 'standard' });
});
afterAll(async () => {
  await cluster?.stop();
});

/** Renews as a watch does: again and again, whatever comes of it. */
function renewing(target: TrafficTarget, epoch: number): () => void {
  const once = () => {
    const limit = AbortSignal.timeout(1_000);
    void guarded.provider.renew(target, epoch, Date.now() + leaseMs, limit).catch(() => {});
  };
  const timer = setInterval(once, leaseMs / 4);
  return () => clearInterval(timer);
}

describe.each([
  {
    how: 'crashes',
    begin: () => cluster.killApi(),
    end: () => cluster.restartApi(),
  },
  {
    how: 'hangs',
    begin: async () => cluster.suspendApi(),
    end: async () => cluster.resumeApi(),
  },
])('an API server that $how for longer than a lease', ({ how, begin, end }) => {
  it('ends no canary that is renewed again, and saves none that is not', async () => {
    const [held, orphan] = [targetNamed(`held-${how}`), targetNamed(`orphan-${how}`)];
    guarded = await guardedTargets(cluster, [held, orphan]);
    guard = startGuard(guarded.settings);
    await guard.leads();
    const stop = renewing(held, await guarded.canary(held, leaseMs));
    await guarded.canary(orphan, leaseMs);
    await begin();
    await sleep(awayMs);
    expect(guard.state()).toMatchObject({ inTouch: false, ready: false });
    await end();
    await expect.poll(() => guarded.shareOf(orphan), poll).toBe(0);
    // Its time began anew when the server was back, so it is over for whoever was not renewed since.
    await sleep(leaseMs);
    expect(await guarded.shareOf(held)).toBe(50);
    expect(guard.of('away')).toHaveLength(1);
    expect(guard.of('back')).toHaveLength(1);
    await expect.poll(() => guard.of('restored'), poll).toMatchObject([{ target: orphan.id, why: 'lapsed' }]);
    stop();
    await guard.stop();
    await guarded.provider.close();
  });
});
