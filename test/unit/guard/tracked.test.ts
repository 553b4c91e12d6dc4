import { describe, expect, it } from 'vitest';
import { done, dueOf, reprieved, seen, type Tracked } from '../../../src/guard/tracked.ts';
import { type LeaseState, noLease } from '../../../src/providers/traffic/kube/lease-state.ts';

const route = { type: 'gateway-api', service: 'shop', namespace: 'shop', options: {} };
const canary: LeaseState = {
  ...noLease,
  epoch: 7,
  weightPercent: 50,
  renewedAtMs: 1_700_000_000_000,
  forMs: 10_000,
  route,
};
const tracked = (lease: Partial<LeaseState> = {}): Tracked => seen(undefined, { ...canary, ...lease }, 1_000);

describe('a lease that is tracked', () => {
  it('ends so long after its renewal was seen, whatever time the renewal bears', () => {
    for (const renewedAtMs of [1, 1_700_000_000_000, 9e15]) {
      expect(dueOf(tracked({ renewedAtMs }), false, 1_000)).toEqual({ inMs: 10_000 });
      expect(dueOf(tracked({ renewedAtMs }), false, 11_000)).toEqual({ why: 'lapsed' });
    }
  });

  it('gets its time anew by a renewal, and by nothing else', () => {
    const first = tracked();
    const renewed = seen(first, { ...canary, renewedAtMs: canary.renewedAtMs + 1 }, 5_000);
    expect(dueOf(renewed, false, 5_000)).toEqual({ inMs: 10_000 });
    const shifted = seen(first, { ...canary, weightPercent: 75 }, 5_000);
    expect(dueOf(shifted, false, 5_000)).toEqual({ inMs: 6_000 });
  });

  it('that was not given yet is waited for', () => {
    expect(dueOf(tracked({ forMs: 0, renewedAtMs: 0 }), false, 2_000)).toEqual({ inMs: 9_000 });
  });

  it('gets its time anew when the API server was away', () => {
    expect(dueOf(reprieved(tracked(), 50_000, 60_000), false, 61_000)).toEqual({ inMs: 9_000 });
  });

  it('ends though the API server goes away again and again', () => {
    let nowMs = 1_000;
    let own = tracked();
    let heardMs = 0;
    while ('inMs' in (dueOf(own, false, nowMs) ?? {})) {
      nowMs += 1_000;
      heardMs += 1_000;
      if (heardMs % 4_000 > 0) continue;
      nowMs += 5_000;
      own = reprieved(own, 5_000, nowMs);
    }
    // Its own time, and once more.
    expect(heardMs).toBe(20_000);
    const renewed = seen(own, { ...canary, renewedAtMs: canary.renewedAtMs + 1 }, nowMs);
    expect(dueOf(reprieved(renewed, 5_000, nowMs + 9_000), false, nowMs + 9_000)).toEqual({ inMs: 10_000 });
  });

  it('is deleted, and keeps what it said, when somebody who knew nothing of it makes it anew', () => {
    const stop = '2026-01-01T00:00:00.000Z';
    const anew = seen({ ...tracked(), deleted: true }, { ...noLease, stop }, 2_000);
    expect(anew).toMatchObject({ lease: { ...canary, stop }, deleted: true });
    expect(dueOf(anew, false, 2_000)).toEqual({ why: 'deleted' });
    const next = { ...canary, epoch: 8 };
    expect(seen(anew, next, 3_000)).toMatchObject({ lease: next, deleted: false });
    const idle = { ...tracked({ weightPercent: 0 }), deleted: true };
    expect(seen(idle, { ...noLease, stop }, 2_000)).toMatchObject({ lease: { epoch: 0, stop } });
  });

  it('asks for nothing once its route is home, until it changes', () => {
    const home = done(tracked(), false);
    expect(dueOf(home, false, 99_000)).toBeNull();
    expect(dueOf(seen(home, canary, 99_000), false, 99_000)).toBeNull();
    const stopped = seen(home, { ...canary, stop: '2026-01-01T00:00:00.000Z' }, 99_000);
    expect(dueOf(stopped, false, 99_000)).toEqual({ why: 'stopped' });
    const renewed = seen(home, { ...canary, renewedAtMs: canary.renewedAtMs + 1 }, 99_000);
    expect(dueOf(renewed, false, 200_000)).toEqual({ why: 'lapsed' });
  });
});

describe('a stop', () => {
  it('is due at once, however fresh the lease is', () => {
    expect(dueOf(tracked({ stop: 'now' }), false, 1_000)).toEqual({ why: 'stopped' });
    expect(dueOf(tracked(), true, 1_000)).toEqual({ why: 'stopped' });
  });

  it('of everything that is released leaves a live lease alive', () => {
    const home = done(tracked(), true);
    expect(dueOf(home, true, 2_000)).toBeNull();
    expect(dueOf(home, false, 2_000)).toEqual({ inMs: 9_000 });
  });
});

describe('a Lease', () => {
  it('without a route asks for nothing', () => {
    expect(dueOf(tracked({ route: null }), true, 99_000)).toBeNull();
  });

  it('that gives nothing has its route looked at once all the same', () => {
    const silent = { weightPercent: 0, forMs: 0, renewedAtMs: 0 };
    const restored = tracked({ ...silent, stop: '2026-01-01T00:00:00.000Z' });
    expect(dueOf(restored, false, 1_000)).toEqual({ why: 'stopped' });
    expect(dueOf(done(restored, false), false, 99_000)).toBeNull();
    const moved = tracked({ ...silent, stableSlot: 'green' });
    expect(dueOf(moved, false, 1_000)).toEqual({ inMs: 10_000 });
    expect(dueOf(moved, false, 11_000)).toEqual({ why: 'lapsed' });
    expect(dueOf(done(moved, false), false, 99_000)).toBeNull();
  });

  it('that was restored while the guard acts upon a stop does not let it off', () => {
    const stopped = tracked({ stop: '2026-01-01T00:00:00.000Z' });
    const { lease } = stopped;
    const restored = seen(stopped, { ...lease, weightPercent: 0, forMs: 0, renewedAtMs: 0 }, 1_500);
    expect(dueOf(restored, false, 1_500)).toEqual({ why: 'stopped' });
  });

  it('with a header gives something', () => {
    const match = { header: 'x-beta', value: 'yes' };
    expect(dueOf(tracked({ weightPercent: 0, match }), false, 99_000)).toEqual({ why: 'lapsed' });
  });

  it('that was deleted under a canary is due at once, until it is there again', () => {
    const gone = { ...tracked(), deleted: true };
    expect(dueOf(gone, false, 1_500)).toEqual({ why: 'deleted' });
    expect(dueOf(seen(gone, canary, 2_000), false, 2_000)).toEqual({ inMs: 10_000 });
  });
});
