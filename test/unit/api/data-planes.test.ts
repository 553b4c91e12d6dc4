/** The express lane where asking and following are two things: the API may see Leases, and no routes. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDataPlanes } from '../../../src/api/express/data-planes.ts';
import { SluiceError } from '../../../src/domain/errors.ts';
import { createMemoryTraffic } from '../../../src/providers/traffic/memory.ts';
import type { Asked, TrafficProvider } from '../../../src/providers/traffic/types.ts';

const target = { id: 'prod/shop', options: {} } as const;
const ref = { name: 'routes', target };

/** `read` is refused, as with an account that may not read routes. */
function planesThatTell(asked: Partial<Record<'*' | typeof target.id, Partial<Asked>>>) {
  const nothing = { weightPercent: 0, match: null, leaseUntilMs: 0, stopped: false };
  const provider: TrafficProvider = {
    ...createMemoryTraffic(),
    read: async () => {
      throw new SluiceError('cluster-forbidden', 'The cluster would not read HTTPRoute prod/shop.');
    },
    asked: async (of) => ({ ...nothing, ...asked[of === '*' ? '*' : target.id] }),
  };
  return createDataPlanes({ names: ['routes'], get: () => provider });
}

describe('data planes that tell what was asked for', () => {
  it('tell of a canary by its lease', async () => {
    const leaseUntilMs = Date.now() + 60_000;
    expect(await planesThatTell({ 'prod/shop': { weightPercent: 5, leaseUntilMs } }).hasCanary(ref)).toBe(
      true,
    );
    expect(await planesThatTell({ 'prod/shop': { leaseUntilMs } }).hasCanary(ref)).toBe(false);
    expect(await planesThatTell({ 'prod/shop': { weightPercent: 5, leaseUntilMs: 1 } }).hasCanary(ref)).toBe(
      false,
    );
  });

  it('tell whether everything is stopped, where they answer', async () => {
    const away = createDataPlanes({
      names: ['away'],
      get: () => {
        throw new SluiceError('traffic-unavailable', 'The data plane did not answer.');
      },
    });
    expect(await away.isStopped('away')).toBeNull();
    expect(await planesThatTell({ '*': { stopped: true } }).isStopped('routes')).toBe(true);
    expect(await planesThatTell({ 'prod/shop': { stopped: true } }).isStopped('routes')).toBe(false);
  });
});

describe('a stop', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** A data plane that takes two seconds for each write, and that cannot be asked. */
  const slow = () => {
    const provider: TrafficProvider = {
      ...createMemoryTraffic(),
      asked: async () => {
        throw new SluiceError('traffic-unavailable', 'it does not answer');
      },
      stop: () => new Promise((resolve) => setTimeout(resolve, 2_000)),
    };
    return createDataPlanes({ names: ['routes'], get: () => provider });
  };

  it('that takes too long counts as not written, and in a storm has as much more time as others are before it', async () => {
    const single = slow().stop(ref);
    const planes = slow();
    const storm = Promise.all(Array.from({ length: 200 }, () => planes.stop(ref)));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await single).toMatchObject({ written: false });
    const written = (await storm).map((one) => one.written);
    expect(written[0]).toBe(false);
    expect(new Set(written.slice(60))).toEqual(new Set([true]));
  });
});
