import { expect, it } from 'vitest';
import { Lease } from '../../../src/activities/watch/lease.ts';
import { createMemoryTraffic } from '../../../src/providers/traffic/memory.ts';

const ttlMs = 30_000;

/** When a lease that was given at 0 is renewed for the first time, looked at every 100 ms. */
async function renewedAtMs(): Promise<number> {
  let nowMs = 0;
  const provider = { ...createMemoryTraffic(), renew: async () => {} };
  const lease = new Lease({
    config: { ttlMs, orphanGraceMs: ttlMs },
    clock: { now: () => nowMs, sleep: async () => {} },
    liveness: { isRunning: async () => true, cooldown: async () => null },
    side: { provider, target: { id: 'test/shop', options: {} } },
    ...{ workflowId: 'rollout/test/shop', runId: 'run' },
  });
  await lease.renew(1, 'now');
  do nowMs += 100;
  while ((await lease.renew(1)) === 'not-due');
  return nowMs;
}

it('renews leases that were given together when a third of them is gone, but not in step', async () => {
  const times = await Promise.all(Array.from({ length: 50 }, renewedAtMs));
  expect(Math.max(...times)).toBeLessThanOrEqual(ttlMs / 3);
  expect(Math.min(...times)).toBeGreaterThan(ttlMs / 3 - ttlMs / 10 - 100);
  expect(new Set(times).size).toBeGreaterThan(10);
});
