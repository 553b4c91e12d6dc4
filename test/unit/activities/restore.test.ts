/** The restore activity's body over a data plane in memory. */
import { describe, expect, it } from 'vitest';
import { type ActivityDeps, systemClock } from '../../../src/activities/deps.ts';
import { restoreUntil } from '../../../src/activities/restore.ts';
import { createMemoryTraffic } from '../../../src/providers/traffic/memory.ts';
import type { TrafficProvider } from '../../../src/providers/traffic/types.ts';
import { emptyDirectory } from '../../support/directory.ts';
import { createFakeWorkload } from '../../support/fake-workload.ts';
import { planFixture } from '../../support/plan.ts';

const arms = { stableSlot: 'blue', stableVersion: 'v1', canaryVersion: 'v2' } as const;

function depsOver(traffic: TrafficProvider): ActivityDeps {
  const unasked = () => {
    throw new Error('a restore asks no metrics, no probes, no gates and no hooks');
  };
  const judging = { metrics: unasked, health: unasked, alerts: unasked, hook: unasked };
  const providers = { traffic: () => traffic, workload: () => createFakeWorkload(), ...judging };
  return {
    providers,
    gates: { find: unasked, keep: unasked },
    clock: systemClock,
    liveness: { isRunning: async () => true, cooldown: async () => null },
    directory: emptyDirectory(),
  };
}

function planWith(proof: 'read' | 'count') {
  const { rollback } = planFixture();
  return planFixture({ rollback: { ...rollback, proof } });
}

describe('proof of a restore', () => {
  it('is the read-back unless the plan asks for more', async () => {
    const traffic = { ...createMemoryTraffic(), counts: () => Promise.reject(new Error('not asked for')) };
    const result = await restoreUntil(
      depsOver(traffic),
      { plan: planWith('read'), arms, epoch: 1, fallbackCold: false },
      1,
    );
    expect(result.attempts).toBe(1);
  });

  it('waits, where asked, until the canary’s request counter stands still', async () => {
    const seen = [10, 14, 14, 15, 15, 15];
    const none = { blue: 0, green: 0 };
    const counts = async () => ({ requests: { blue: 100, green: seen.shift() ?? 15 }, current: none });
    const traffic = { ...createMemoryTraffic(), counts };
    const result = await restoreUntil(
      depsOver(traffic),
      { plan: planWith('count'), arms, epoch: 1, fallbackCold: false },
      1,
    );
    expect(result.attempts).toBe(3);
  });

  it('is the read-back where the data plane does not count', async () => {
    const result = await restoreUntil(
      depsOver(createMemoryTraffic()),
      { plan: planWith('count'), arms, epoch: 1, fallbackCold: false },
      1,
    );
    expect(result.attempts).toBe(1);
  });
});
