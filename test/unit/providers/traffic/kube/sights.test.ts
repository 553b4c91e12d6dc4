import { describe, expect, it, vi } from 'vitest';
import { noLease } from '../../../../../src/providers/traffic/kube/lease-state.ts';
import { Sights } from '../../../../../src/providers/traffic/kube/sights.ts';

const id = 'test/shop';
const route = { shares: { blue: 50, green: 50 }, match: null, mark: null, before: null };
const followed = {
  lease: { ...noLease, epoch: 7, stoppedAll: false },
  seen: { ...route, observed: true, otherWriter: null },
};
const look = async () => followed;

describe('what was seen of a target', () => {
  it('is believed for a moment, and for longer while changes are told', async () => {
    const now = vi.spyOn(performance, 'now').mockReturnValue(0);
    const sights = new Sights();
    expect(sights.fresh(id)).toBeNull();
    await sights.look(id, look);
    now.mockReturnValue(900);
    expect(sights.fresh(id)).toMatchObject(followed);
    now.mockReturnValue(5_000);
    expect(sights.fresh(id)).toBeNull();
    let live = true;
    const end = sights.follow(id, () => live);
    expect(sights.fresh(id)).toMatchObject(followed);
    live = false;
    expect(sights.fresh(id)).toBeNull();
    live = true;
    now.mockReturnValue(9_000);
    expect(sights.fresh(id)).toBeNull();
    end();
    now.mockRestore();
  });

  it('is believed for longer where many are followed', async () => {
    const now = vi.spyOn(performance, 'now').mockReturnValue(0);
    const sights = new Sights();
    for (let other = 0; other < 150; other++) sights.follow(`test/other-${other}`, () => true);
    sights.follow(id, () => true);
    await sights.look(id, look);
    now.mockReturnValue(14_000);
    expect(sights.fresh(id)).toMatchObject(followed);
    now.mockReturnValue(16_000);
    expect(sights.fresh(id)).toBeNull();
    now.mockRestore();
  });

  it('is forgotten at a change, also at one that came while it was looked at', async () => {
    const sights = new Sights();
    await sights.look(id, look);
    sights.forget(id);
    expect(sights.fresh(id)).toBeNull();
    await sights.look(id, async () => {
      sights.forget(id);
      return followed;
    });
    expect(sights.fresh(id)).toBeNull();
  });

  it('is not kept while a stop is in force, so that its release is seen', async () => {
    const sights = new Sights();
    await sights.look(id, async () => ({ ...followed, lease: { ...followed.lease, stoppedAll: true } }));
    expect(sights.fresh(id)).toBeNull();
    await sights.look(id, look);
    sights.wrote(id, { ...noLease, stop: 'now' });
    expect(sights.fresh(id)).toBeNull();
  });

  it('keeps up with what we write on the Lease ourselves', async () => {
    const sights = new Sights();
    await sights.look(id, look);
    sights.wrote(id, { ...noLease, epoch: 7, forMs: 9_000 });
    expect(sights.fresh(id)?.lease).toMatchObject({ forMs: 9_000, stoppedAll: false });
  });
});
