/** One sweep of an emergency over a data plane that answers for some targets and not for others. */
import { describe, expect, it } from 'vitest';
import { type ActivityDeps, systemClock } from '../../../src/activities/deps.ts';
import { EmergencyPlanes } from '../../../src/activities/emergency-planes.ts';
import { SluiceError } from '../../../src/domain/errors.ts';
import { createMemoryTraffic } from '../../../src/providers/traffic/memory.ts';
import type { TrafficProvider } from '../../../src/providers/traffic/types.ts';
import { emptyDirectory } from '../../support/directory.ts';

const refused = new SluiceError('traffic-unready', 'routes is forbidden in namespace "closed"');
const away = new SluiceError('traffic-unavailable', 'no route to host');

/** Reads of `ids`, so many at a time; what each target was told, and which were asked at all. */
async function sweepOf(ids: readonly string[], failing: (id: string) => Error | null, more = {}, atOnce = 1) {
  const asked: string[] = [];
  const inner = createMemoryTraffic();
  const traffic: TrafficProvider = {
    ...inner,
    read: async (target, signal) => {
      asked.push(target.id);
      const error = failing(target.id);
      if (error) throw error;
      return await inner.read(target, signal);
    },
    ...more,
  };
  const unasked = () => {
    throw new Error('not asked for here');
  };
  const deps: ActivityDeps = {
    providers: {
      traffic: () => traffic,
      workload: unasked,
      metrics: unasked,
      health: unasked,
      alerts: unasked,
      hook: unasked,
    },
    gates: { find: unasked, keep: unasked },
    clock: systemClock,
    liveness: { isRunning: async () => true, cooldown: async () => null },
    directory: emptyDirectory(),
  };
  const planes = new EmergencyPlanes(deps);
  const told: (string | null)[] = [];
  const bringHome = (id: string) => planes.bringHome('edge', { id, options: {} }, null);
  for (let from = 0; from < ids.length; from += atOnce)
    told.push(...(await Promise.all(ids.slice(from, from + atOnce).map(bringHome))));
  return { told, asked };
}

describe('a data plane in a sweep', () => {
  it('that refuses one target is asked for the others', async () => {
    const { told } = await sweepOf(['closed/a', 'open/a', 'open/b'], (id) =>
      id.startsWith('closed') ? refused : null,
    );
    expect(told).toEqual([expect.stringContaining('forbidden in namespace "closed"'), null, null]);
  });

  it('that has answered is asked again after a call of another target got no answer', async () => {
    const { told } = await sweepOf(['a', 'slow', 'b'], (id) => (id === 'slow' ? away : null));
    expect(told).toEqual([null, expect.stringContaining('no route to host'), null]);
  });

  it('that reads well is asked for all others, however many stops of targets hang', async () => {
    const inner = createMemoryTraffic();
    const ids = Array.from({ length: 8 }, (_, index) => `stuck-${index}`);
    for (const id of ids) {
      const target = { id, options: {} };
      await inner.prepare(target, 1);
      await inner.setRoute(target, { weightPercent: 50, match: null }, 1);
      await inner.renew(target, 1, Date.now() + 60_000);
    }
    const more = { read: inner.read, stop: () => Promise.reject(away) };
    const { told } = await sweepOf([...ids, 'a', 'b'], () => null, more, ids.length);
    expect(told.slice(0, 8)).toEqual(ids.map(() => expect.stringContaining('no route to host')));
    expect(told.slice(8)).toEqual([null, null]);
  });

  it('that does not answer at all costs one call, however many targets are behind it', async () => {
    const { told, asked } = await sweepOf(['a', 'b', 'c'], () => away);
    expect(told).toEqual(Array.from({ length: 3 }, () => 'data plane "edge": no route to host'));
    expect(asked).toEqual(['a']);
  });

  it('that goes away in the middle costs a few calls', async () => {
    const ids = ['up', ...Array.from({ length: 20 }, (_, index) => `down-${index}`)];
    const { asked } = await sweepOf(ids, (id) => (id === 'up' ? null : away));
    expect(asked).toEqual(ids.slice(0, 6));
  });

  it('that says how long it may take is given that time', async () => {
    const inner = createMemoryTraffic();
    const read: TrafficProvider['read'] = async (target, signal) => {
      await systemClock.sleep(1_100, signal ?? new AbortController().signal);
      return await inner.read(target, signal);
    };
    expect((await sweepOf(['a'], () => null, { read })).told[0]).toContain('no answer within 1000 ms');
    expect((await sweepOf(['a'], () => null, { read, restoreLimitMs: 10_000 })).told).toEqual([null]);
  });
});
