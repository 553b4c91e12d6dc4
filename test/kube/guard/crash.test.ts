/** Worker and Temporal killed under a canary, as processes: the guard, which knows neither, ends it in time. */
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workflowIdOf } from '../../../src/domain/plan/types.ts';
import { type RolloutInput, taskQueues, workflowType } from '../../../src/domain/rollout/names.ts';
import { leaseName, readLease, untilOf } from '../../../src/providers/traffic/kube/lease-state.ts';
import { type Guarded, guardedTargets, targetNamed } from '../../support/kube/guarded.ts';
import { sharedCluster } from '../../support/kube/shared.ts';
import { type SluiceParts, startSluiceParts } from '../../support/kube/sluice-parts.ts';
import { planFixture, stageFixture } from '../../support/plan.ts';
import { waitFor } from '../../support/wait-for.ts';

const cluster = sharedCluster();
const target = targetNamed('orphan');
/** Long enough that a worker on a busy machine renews in time. */
const leaseTtlMs = 8_000;
/** A guard that the API server kept waiting gives the lease its time once more. */
const homeWithinMs = 3 * leaseTtlMs;

let guarded: Guarded;
let parts: SluiceParts;
beforeAll(async () => {
  guarded = await guardedTargets(cluster, [target]);
  parts = await startSluiceParts(['temporal', 'worker', 'guard'], {
    traffic: { 'gateway-api': guarded.settings },
    metrics: { memory: {} },
  });
});
afterAll(async () => {
  await parts?.stop();
  await guarded?.provider.close();
});

async function startRollout(): Promise<void> {
  const plan = planFixture({
    service: 'orphan',
    traffic: { name: 'gateway-api', options: {} },
    stages: [stageFixture({ weightPercent: 50, soakMs: 3_600_000 })],
    analysis: { intervalMs: 600_000, onInconclusive: 'hold' },
    lease: { ttlMs: leaseTtlMs, orphanGraceMs: leaseTtlMs },
  });
  const input: RolloutInput = { plan, actor: 'test', reason: '' };
  const connection = await Connection.connect({ address: parts.temporalAddress });
  await new Client({ connection }).workflow.start(workflowType, {
    workflowId: workflowIdOf(target.id),
    taskQueue: taskQueues.rollouts,
    args: [input],
  });
  await connection.close();
}

/** By the Lease itself: when it was renewed last, and for how long. */
async function leaseEndMs(): Promise<number> {
  const args = ['get', 'lease', '-n', guarded.namespace, leaseName(target.id), '-o', 'json'];
  return untilOf(readLease(JSON.parse(await cluster.kubectl(args))));
}

const isHome = async () => (await guarded.shareOf(target)) === 0;

describe('worker and Temporal, killed at 50 %', () => {
  it('leave a canary that is gone when its lease is over, and not before', async () => {
    await startRollout();
    await waitFor('half of the traffic', async () => (await guarded.shareOf(target)) === 50);
    const first = await leaseEndMs();
    await waitFor('a renewal', async () => (await leaseEndMs()) > first);
    await parts.kill('worker', 'temporal');
    const endMs = await leaseEndMs();
    await waitFor('the route to be home', isHome, { everyMs: 20, timeoutMs: homeWithinMs });
    // The guard counts from when it saw the renewal, which is never before it was made.
    expect(Date.now()).toBeGreaterThan(endMs);
    const told = /"event":"restored","target":"test\/orphan",.*"why":"lapsed"/;
    await expect.poll(() => parts.lastLogs()).toMatch(told);
  });
});
