/** A guard whose API server goes away, crashed or hanging: no lease is taken for lapsed that could not be renewed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { KubeClient } from '../../../src/providers/kube/client.ts';
import { connect } from '../../../src/providers/kube/connection.ts';
import type { TrafficTarget } from '../../../src/providers/traffic/types.ts';
import { type KubeCluster, startCluster } from '../../support/kube/cluster.ts';
import { type RunningGuard, startGuard } from '../../support/kube/guard.ts';
import { type Guarded, guardedTargets, targetNamed } from '../../support/kube/guarded.ts';

const poll = { interval: 100 };
/** Long enough that the API server, hardly started, may keep some renewals waiting. */
const leaseMs = 8_000;
/** Longer than the leases live. */
const awayMs = leaseMs + 2_000;

let cluster: KubeCluster;
let guarded: Guarded;
let guard: RunningGuard;
let stopRenewing = () => {};
beforeAll(async () => {
  cluster = await startCluster({ gatewayApi: 'standard' });
});
afterEach(async () => {
  stopRenewing();
  await guard?.stop();
  await guarded?.provider.close();
});
afterAll(async () => {
  await cluster?.stop();
});

/** Renews as a watch does: again and again, whatever comes of it. */
function renewing(target: TrafficTarget, epoch: number): () => void {
  const once = () => {
    const limit = AbortSignal.timeout(leaseMs / 2);
    void guarded.provider.renew(target, epoch, Date.now() + leaseMs, limit).catch(() => {});
  };
  const timer = setInterval(once, leaseMs / 8);
  return () => clearInterval(timer);
}

/** In order: when the guard said that the API server is away, and when that it is back. */
const breaks = () =>
  guard.reports.map(({ kind }) => kind).filter((kind) => kind === 'away' || kind === 'back');

// The crash comes last: controllers that were refused come back when they please, and no namespace is whole before.
describe.each([
  {
    how: 'hangs',
    begin: () => cluster.suspendApi(),
    end: async () => cluster.resumeApi(),
  },
  {
    how: 'crashes',
    begin: () => cluster.killApi(),
    end: () => cluster.restartApi(),
  },
])('an API server that $how for longer than a lease', ({ how, begin, end }) => {
  it('ends no canary that is renewed again, and saves none that is not', async () => {
    const [held, orphan] = [targetNamed(`held-${how}`), targetNamed(`orphan-${how}`)];
    guarded = await guardedTargets(cluster, [held, orphan]);
    guard = startGuard(guarded.settings, new KubeClient(connect(guarded.settings), 5_000));
    await guard.leads();
    stopRenewing = renewing(held, await guarded.canary(held, leaseMs));
    await guarded.canary(orphan, leaseMs);
    await begin();
    const before = breaks();
    await sleep(awayMs);
    expect(guard.state()).toMatchObject({ inTouch: false, ready: false });
    expect(breaks()).toEqual([...before, 'away']);
    await end();
    await expect.poll(() => breaks().slice(0, before.length + 2), poll).toEqual([...before, 'away', 'back']);
    await expect.poll(() => guarded.shareOf(orphan), poll).toBe(0);
    // Its time began anew when the server was back, so it is over for whoever was not renewed since.
    await sleep(leaseMs / 4);
    expect(await guarded.shareOf(held)).toBe(50);
    await expect.poll(() => guard.of('restored'), poll).toMatchObject([{ target: orphan.id, why: 'lapsed' }]);
  });
});
