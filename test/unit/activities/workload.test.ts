/** What is refused before a rollout, and in which order things end after one, over a data plane in memory. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { type ActivityDeps, systemClock } from '../../../src/activities/deps.ts';
import { createWorkloadActivities } from '../../../src/activities/workload.ts';
import { createMemoryTraffic } from '../../../src/providers/traffic/memory.ts';
import type { TrafficProvider } from '../../../src/providers/traffic/types.ts';
import { emptyDirectory } from '../../support/directory.ts';
import { createFakeWorkload, type FakeWorkload } from '../../support/fake-workload.ts';
import { planFixture } from '../../support/plan.ts';

const arms = { stableSlot: 'blue', stableVersion: 'v1', canaryVersion: 'v2' } as const;
const plan = planFixture();
const target = { id: `${plan.environment}/${plan.service}`, options: {} };

function activitiesOver(traffic: TrafficProvider, workload: FakeWorkload) {
  const unasked = () => {
    throw new Error('nothing is judged here');
  };
  const judging = { metrics: unasked, health: unasked, alerts: unasked, hook: unasked };
  const deps: ActivityDeps = {
    providers: { traffic: () => traffic, workload: () => workload, ...judging },
    gates: { find: unasked, keep: unasked },
    clock: systemClock,
    liveness: { isRunning: async () => true, cooldown: async () => null },
    directory: emptyDirectory(),
  };
  return createWorkloadActivities(deps);
}

describe('before a rollout', () => {
  const preparing = async (more: Partial<TrafficProvider>) => {
    const workload = createFakeWorkload();
    const traffic = { ...createMemoryTraffic(), ...more };
    const { prepare } = activitiesOver(traffic, workload);
    const failure = await new MockActivityEnvironment()
      .run(prepare, { plan, epoch: 10 })
      .then(() => '', String);
    return { failure, started: workload.log };
  };

  it('a share that the data plane cannot give is refused, with those that it can, and nothing starts', async () => {
    const { failure, started } = await preparing({ shares: async () => [0, 100 / 3, 200 / 3, 100] });
    expect(failure).toMatch(/Stage ".+" asks for .+ %; this data plane can give .+ 0, 33.33, 66.67, 100 %/);
    expect(started).toEqual([]);
  });

  it('shares that it can give are not refused', async () => {
    const shares = async () => plan.stages.map(({ weightPercent }) => weightPercent + 0.3);
    expect((await preparing({ shares })).failure).not.toContain('this data plane can give');
    expect((await preparing({ shares: async () => null })).failure).not.toContain('can give');
  });
});

describe('after a rollout', () => {
  it.each([
    [false, ['leave', 'stop']],
    [true, ['stop', 'leave']],
  ])('the route is left after the pods when it would reach them again: %s', async (last, order) => {
    const done: string[] = [];
    const workload = createFakeWorkload();
    const memory = createMemoryTraffic();
    const traffic: TrafficProvider = {
      ...memory,
      leavesLast: () => last,
      leave: async () => void done.push('leave'),
    };
    const stopping: FakeWorkload = {
      ...workload,
      stop: async (...args) => {
        done.push('stop');
        await workload.stop(...args);
      },
    };
    await memory.prepare(target, 10);
    await memory.restore(target, 10);
    const { clean } = activitiesOver(traffic, stopping);
    const input = { plan, arms, leaving: 'canary', fallbackCold: false, epoch: 10 } as const;
    expect(await new MockActivityEnvironment().run(clean, input)).toEqual({ unsafe: null, problem: null });
    expect(done).toEqual(order);
  });
});
