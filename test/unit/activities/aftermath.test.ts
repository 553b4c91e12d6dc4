/** Actions after a restore, over a data plane in memory. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, it } from 'vitest';
import { createAftermathActivities } from '../../../src/activities/aftermath.ts';
import type { ActivityDeps } from '../../../src/activities/deps.ts';
import type { ActInput } from '../../../src/activities/types.ts';
import { createMemoryTraffic } from '../../../src/providers/traffic/memory.ts';
import type { TrafficCounts } from '../../../src/providers/traffic/types.ts';
import { emptyDirectory } from '../../support/directory.ts';
import { createFakeWorkload } from '../../support/fake-workload.ts';
import { planFixture } from '../../support/plan.ts';

/** How long a drain of a minute takes when its canary has so many requests under way after so long. */
async function drainMs(currentAt: ((elapsedMs: number) => number | null) | null): Promise<number> {
  let nowMs = 0;
  const counts = async (): Promise<TrafficCounts> => ({
    requests: { blue: 500, green: 7 },
    current: { blue: 3, green: currentAt === null ? 0 : currentAt(nowMs) },
  });
  const traffic = { ...createMemoryTraffic(), ...(currentAt === null ? {} : { counts }) };
  const unasked = () => {
    throw new Error('not asked for here');
  };
  const deps: ActivityDeps = {
    providers: {
      traffic: () => traffic,
      workload: () => createFakeWorkload(),
      metrics: unasked,
      health: unasked,
      alerts: unasked,
      hook: unasked,
    },
    gates: { find: unasked, keep: unasked },
    clock: {
      now: () => nowMs,
      sleep: async (ms) => {
        nowMs += ms;
      },
    },
    liveness: { isRunning: async () => true, cooldown: async () => null },
    directory: emptyDirectory(),
  };
  const input: ActInput = {
    plan: planFixture(),
    arms: { stableSlot: 'blue', stableVersion: 'v1', canaryVersion: 'v2' },
    action: { action: 'drain', hook: null, timeoutMs: 60_000, onFailure: 'continue' },
    cause: 'it failed',
    actionId: 'drain-1',
    epoch: 1,
  };
  await new MockActivityEnvironment().run(createAftermathActivities(deps).act, input);
  return nowMs;
}

it('a drain lasts as long as a request is under way at the canary, although none begins', async () => {
  expect(await drainMs((elapsedMs) => (elapsedMs < 6_000 ? 1 : 0))).toBe(6_000);
  expect(await drainMs(() => 0)).toBe(0);
});

it('a drain waits its whole time where the data plane does not know the backend of the canary', async () => {
  expect(await drainMs(() => null)).toBe(60_000);
});

it('a drain ends at its time when a request never does, and dwells for all of it where nobody counts', async () => {
  expect(await drainMs(() => 1)).toBe(60_000);
  expect(await drainMs(null)).toBe(60_000);
});
