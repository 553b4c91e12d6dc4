/** A promotion that the data plane refuses, over a data plane in memory. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { type ActivityDeps, systemClock } from '../../../src/activities/deps.ts';
import { createRestoreActivities } from '../../../src/activities/traffic.ts';
import { SluiceError } from '../../../src/domain/errors.ts';
import { createMemoryTraffic } from '../../../src/providers/traffic/memory.ts';
import { emptyDirectory } from '../../support/directory.ts';
import { createFakeWorkload } from '../../support/fake-workload.ts';
import { planFixture } from '../../support/plan.ts';

const arms = { stableSlot: 'blue', stableVersion: 'v1', canaryVersion: 'v2' } as const;
const plan = planFixture();
const target = { id: `${plan.environment}/${plan.service}`, options: {} };

async function promoting(meanwhile: (traffic: ReturnType<typeof createMemoryTraffic>) => Promise<void>) {
  const memory = createMemoryTraffic();
  const setStable = async () => {
    await meanwhile(memory);
    throw new SluiceError('traffic-unavailable', 'It does not become stable.');
  };
  const unasked = () => {
    throw new Error('a promotion asks nobody');
  };
  const judging = { metrics: unasked, health: unasked, alerts: unasked, hook: unasked };
  const deps: ActivityDeps = {
    providers: {
      traffic: () => ({ ...memory, setStable }),
      workload: () => createFakeWorkload(),
      ...judging,
    },
    gates: { find: unasked, keep: unasked },
    clock: systemClock,
    liveness: { isRunning: async () => true, cooldown: async () => null },
    directory: emptyDirectory(),
  };
  await memory.prepare(target, 1);
  const { promote } = createRestoreActivities(deps);
  return await new MockActivityEnvironment().run(promote, { plan, arms, epoch: 10 });
}

describe('a promotion that the data plane refuses', () => {
  it('because of a stop that came just before is blocked by the stop', async () => {
    expect(await promoting((traffic) => traffic.stop(target))).toMatchObject({ blocked: { cause: 'stop' } });
  });

  it('for another reason is a failure', async () => {
    await expect(promoting(async () => {})).rejects.toThrow('It does not become stable.');
  });
});
