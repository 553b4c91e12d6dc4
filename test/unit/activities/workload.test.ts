/** What is refused before a rollout, and in which order things end after one, over a data plane in memory. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { type ActivityDeps, systemClock } from '../../../src/activities/deps.ts';
import type { CleanInput } from '../../../src/activities/types.ts';
import { createWorkloadActivities } from '../../../src/activities/workload.ts';
import { createMemoryTraffic } from '../../../src/providers/traffic/memory.ts';
import type { TrafficProvider } from '../../../src/providers/traffic/types.ts';
import { emptyDirectory } from '../../support/directory.ts';
import { createFakeWorkload, type FakeWorkload } from '../../support/fake-workload.ts';
import { planFixture } from '../../support/plan.ts';
import { waitFor } from '../../support/wait-for.ts';

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

describe('a second attempt to prepare', () => {
  const preparing = async (attempt: number, stop: boolean) => {
    const traffic = createMemoryTraffic();
    const { prepare } = activitiesOver(traffic, createFakeWorkload());
    // What the first attempt had taken before its worker died.
    await traffic.prepare(target, 10 * 100 + 1);
    if (stop) await traffic.stop(target);
    const failure = await new MockActivityEnvironment({ attempt })
      .run(prepare, { plan, epoch: 10 })
      .then(() => '', String);
    return { failure, stopped: (await traffic.read(target)).stopped };
  };

  it('leaves a stop that came meanwhile, and does not go on', async () => {
    const { failure, stopped } = await preparing(2, true);
    expect(failure).toMatch(/A stop was found in the data plane while this was being prepared/);
    expect(stopped).toBe(true);
  });

  it('goes on where nobody stopped anything, and a first attempt clears what an earlier rollout left', async () => {
    expect((await preparing(2, false)).failure).not.toContain('stop');
    expect(await preparing(1, true)).toMatchObject({ stopped: false });
  });
});

describe('a route that sends to the canary’s place', () => {
  it('where nothing runs that is known is told, and no version is made up for stable', async () => {
    const workload = createFakeWorkload();
    const traffic = createMemoryTraffic();
    await traffic.setStable(target, 'green', 1);
    const home = Object.assign(Object.create(workload) as FakeWorkload, { home: 'blue' as const });
    const { prepare } = activitiesOver(traffic, home);
    const failure = await new MockActivityEnvironment()
      .run(prepare, { plan, epoch: 10 })
      .then(() => '', String);
    expect(failure).toMatch(/where no version is known to run; bring one up there/);
    expect(workload.log).toEqual([]);
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

describe('a clean-up after a promotion that was cut off when users had moved home', () => {
  const cleanedTwice = async (home: string) => {
    const left: string[] = [];
    const memory = createMemoryTraffic();
    const traffic: TrafficProvider = { ...memory, leave: async ({ id }) => void left.push(id) };
    const workload = { ...createFakeWorkload(traffic), home: 'blue' as const };
    await workload.start(target, 'green', 'v2', new AbortController().signal, () => {});
    await memory.prepare(target, 1_001);
    await memory.setStable(target, 'green', 1_001);
    const { clean } = activitiesOver(traffic, workload);
    const cleaning = (env: MockActivityEnvironment, epoch: number) => {
      const input: CleanInput = { plan, arms, leaving: 'old', fallbackCold: false, epoch };
      return env.run(clean, input);
    };
    workload.stubborn.add(target.id);
    const first = new MockActivityEnvironment();
    const cutOff = cleaning(first, 11).catch((error: Error) => error.name);
    const asked = async () => workload.log.includes(`stop ${target.id} green`) || null;
    await waitFor('v2 to be told to stop in green', asked);
    first.cancel();
    expect(await cutOff).toBe('CancelledFailure');
    workload.stubborn.delete(target.id);
    left.length = 0;
    if (home !== 'v2') await workload.start(target, 'blue', home, new AbortController().signal, () => {});
    const result = await cleaning(new MockActivityEnvironment(), 12);
    return { result, left, inGreen: await workload.versionIn(target, 'green') };
  };

  it('goes on: what is left of the canary is stopped, and the route is left', async () => {
    expect(await cleanedTwice('v2')).toEqual({
      result: { unsafe: null, problem: null },
      left: [target.id],
      inGreen: null,
    });
  });

  it('stops nothing where another version runs at home by now', async () => {
    const { result, left, inGreen } = await cleanedTwice('v1');
    expect(result).toMatchObject({ unsafe: 'stable blue, canary 0 %' });
    expect([left, inGreen]).toEqual([[], 'v2']);
  });
});
