/** Watches that find themselves stopped together: they end a few at a time, and none takes its canary up again. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import type { ActivityDeps } from '../../../src/activities/deps.ts';
import type { WatchInput } from '../../../src/activities/types.ts';
import { createWatch } from '../../../src/activities/watch/watch.ts';
import type { WatchResult } from '../../../src/domain/rollout/types.ts';
import { createMemoryMetrics } from '../../../src/providers/metrics/memory.ts';
import { createMemoryTraffic } from '../../../src/providers/traffic/memory.ts';
import type { TrafficProvider } from '../../../src/providers/traffic/types.ts';
import { emptyDirectory } from '../../support/directory.ts';
import { createFakeWorkload } from '../../support/fake-workload.ts';
import { planFixture, stageFixture } from '../../support/plan.ts';

const arms = { stableSlot: 'blue', stableVersion: 'v1', canaryVersion: 'v2' } as const;
const plan = planFixture({ stages: [stageFixture({ checks: [] })] });
const target = { id: `${plan.environment}/${plan.service}`, options: {} };
const input: WatchInput = {
  ...{ plan, arms, stage: 0, epoch: 10, mode: 'soak', tolerateDrift: false, awaitsRecovery: false },
  carry: { watchedMs: 0, extended: false, checks: [], reasserted: 0, looks: 0, canaryRequests: null },
};
const many = 30;

/** Time that goes on only when a test says so; pauses end then too. */
function handClock() {
  let nowMs = 1_000_000;
  let pauses: (() => void)[] = [];
  return {
    now: () => nowMs,
    sleep: (_ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        if (signal.aborted) return resolve();
        pauses.push(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      }),
    paused: () => pauses.length,
    advance(ms: number) {
      nowMs += ms;
      const ended = pauses;
      pauses = [];
      for (const end of ended) end();
    },
  };
}

async function stoppedTogether() {
  const calls: string[] = [];
  const memory = createMemoryTraffic();
  const traffic: TrafficProvider = {
    ...memory,
    read: (...args) => {
      calls.push('read');
      return memory.read(...args);
    },
    renew: (...args) => {
      calls.push('renew');
      return memory.renew(...args);
    },
    setRoute: (...args) => {
      calls.push('setRoute');
      return memory.setRoute(...args);
    },
  };
  const unasked = () => {
    throw new Error('nothing is judged here');
  };
  const judging = { metrics: createMemoryMetrics, health: unasked, alerts: unasked, hook: unasked };
  const clock = handClock();
  const deps: ActivityDeps = {
    providers: { traffic: () => traffic, workload: () => createFakeWorkload(), ...judging },
    gates: { find: unasked, keep: unasked },
    clock,
    liveness: { isRunning: async () => true, cooldown: async () => null },
    directory: emptyDirectory(),
  };
  await memory.prepare(target, 1);
  await memory.stop(target);
  const watch = createWatch(deps);
  const environments = Array.from({ length: many }, () => new MockActivityEnvironment());
  const troubles: unknown[] = [];
  const endings: string[] = [];
  const runs = environments.map(async (environment) => {
    environment.on('heartbeat', ({ trouble }: { trouble: string | null }) => troubles.push(trouble));
    const { ending } = await environment.run<[WatchInput], WatchResult, typeof watch>(watch, input);
    endings.push(ending.kind);
  });
  await expect.poll(() => [endings.length, clock.paused()]).toEqual([10, 20]);
  return { calls, memory, clock, endings, troubles, environments, all: Promise.all(runs) };
}

describe('watches that are stopped together', () => {
  it('end in turn, and a release meanwhile gives no canary its users back', async () => {
    const { calls, memory, clock, endings, troubles, all } = await stoppedTogether();
    expect(calls).toEqual(Array.from({ length: many }, () => 'read'));
    // Whoever releases the stop makes the target a new one's.
    await memory.prepare(target, 2);
    expect((await memory.read(target)).stopped).toBe(false);
    clock.advance(100);
    await expect.poll(() => [endings.length, clock.paused()]).toEqual([15, 15]);
    for (let turn = 0; turn < 2; turn++) clock.advance(1_000);
    await expect.poll(() => endings.length + clock.paused()).toBe(many);
    clock.advance(1_000);
    await all;
    expect(endings).toEqual(Array.from({ length: many }, () => 'stopped'));
    expect(calls).toHaveLength(many);
    expect(troubles).toContainEqual(expect.stringContaining('waits for its turn'));
  });

  it('end as stopped too when they are cancelled before their turn', async () => {
    const { calls, endings, environments, all } = await stoppedTogether();
    for (const environment of environments) environment.cancel('WORKER_SHUTDOWN');
    await all;
    expect(endings).toEqual(Array.from({ length: many }, () => 'stopped'));
    expect(calls).toHaveLength(many);
  });
});
