/** What a watch tells of the instances: bounded, seldom, and never in anybody's way. */
import { expect, it } from 'vitest';
import { InstancesSeen } from '../../../src/activities/watch/instances.ts';
import { armInstancesOf } from '../../../src/domain/rollout/instances.ts';
import type { WorkloadProvider } from '../../../src/providers/workload/types.ts';
import { createFakeWorkload } from '../../support/fake-workload.ts';
import { waitFor } from '../../support/wait-for.ts';

const target = { id: 'test/shop', options: {} } as const;
const settled = () => new Promise((resolve) => setImmediate(resolve));

function seenBy(instancesIn?: WorkloadProvider['instancesIn']) {
  let nowMs = 0;
  const provider = { ...createFakeWorkload(), ...(instancesIn ? { instancesIn } : {}) };
  const clock = { now: () => nowMs, sleep: async () => {} };
  const seen = new InstancesSeen(() => ({ provider, target }), 'blue', clock);
  return { seen, pass: (ms: number) => (nowMs += ms) };
}

it('shows those that are not ready first, and no more than ten of them', () => {
  const instances = Array.from({ length: 12 }, (_, at) => ({
    name: `pod-${at}`,
    version: 'v2',
    ready: at !== 11,
    note: at === 11 ? 'x'.repeat(1_000) : null,
  }));
  const arm = armInstancesOf({ wanted: 12, instances });
  expect(arm).toMatchObject({ wanted: 12, total: 12, ready: 11 });
  expect(arm.shown).toHaveLength(10);
  expect(arm.shown[0]).toMatchObject({ name: 'pod-11', ready: false });
  expect(arm.shown[0]?.note).toHaveLength(201);
});

it('counts all of them, however few a heartbeat names', async () => {
  const instances = ['a', 'b', 'c'].map((name) => ({ name, version: 'v2', ready: true, note: null }));
  const { seen } = seenBy(async () => ({ wanted: 3, instances }));
  expect(seen.told(2)).toEqual({});
  seen.look(0);
  await waitFor('the first look', () => seen.latest !== undefined);
  expect(seen.told(2).instances).toMatchObject({
    canary: { total: 3, shown: [{ name: 'a' }, { name: 'b' }] },
  });
});

it('knows the two versions apart, and does not look again too soon', async () => {
  const slots: string[] = [];
  const { seen, pass } = seenBy(async (_, slot) => {
    slots.push(slot);
    return { wanted: slot === 'green' ? 1 : 3, instances: [] };
  });
  seen.look(10_000);
  await waitFor('the first look', () => seen.latest !== undefined);
  expect(seen.latest).toMatchObject({ canary: { wanted: 1 }, stable: { wanted: 3 } });
  await settled();
  pass(9_999);
  seen.look(10_000);
  expect(slots).toEqual(['green', 'blue']);
  pass(1);
  seen.look(10_000);
  expect(slots).toHaveLength(4);
});

it('says that a provider does not tell, and keeps what was seen when one cannot be asked', async () => {
  const silent = seenBy();
  silent.seen.look(0);
  await settled();
  expect(silent.seen.latest).toBeNull();
  let isAway = false;
  const { seen } = seenBy(async () => {
    if (isAway) throw new Error('no cluster');
    return { wanted: 1, instances: [] };
  });
  seen.look(0);
  await waitFor('the first look', () => seen.latest !== undefined);
  const { latest } = seen;
  isAway = true;
  await settled();
  seen.look(0);
  await settled();
  expect(seen.latest).toBe(latest);
});
