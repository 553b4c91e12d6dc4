/** What every traffic provider must do. An implementation's test starts it and runs this. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SluiceError } from '../../../src/domain/errors.ts';
import {
  effectivePercent,
  type TrafficProvider,
  type TrafficTarget,
} from '../../../src/providers/traffic/types.ts';

export interface TrafficFixture {
  readonly provider: TrafficProvider;
  /** The header that the provider matches on. */
  readonly matchHeader: string;
  /** Sends real requests and counts where they went; left out where there is no real traffic. */
  request?(
    target: string,
    count: number,
    headers?: Record<string, string>,
  ): Promise<{ blue: number; green: number; failed: number }>;
  /** Takes the data plane away and brings it back; left out where it cannot go away. */
  readonly outage?: { begin(): Promise<void>; end(): Promise<void> };
  /**
   * Stops and lapses take effect through a guard, which the fixture runs; left out where the data plane does it itself.
   */
  readonly guarded?: true;
  /**
   * A share comes about in steps, which whoever leads a rollout takes by renewing; left out where one write does all.
   */
  readonly gradual?: true;
  /** Lets the data plane stand still, and go on, and a provider that does not wait long; left out where it cannot. */
  readonly standstill?: { begin(): Promise<void>; end(): void; readonly hasty: TrafficProvider };
  close(): Promise<void>;
}

/** Targets that the fixture must serve. */
export const suiteTargets = ['test/shop', 'test/other', 'test/fresh'] as const;

interface TrafficContractOptions {
  /** Shares that the data plane can give, percent. Default: from half a percent up. */
  readonly shares?: readonly number[];
  /** Whether it can tell requests by a header. Default: it can. */
  readonly matches?: boolean;
}

export function trafficContract(
  name: string,
  start: () => Promise<TrafficFixture>,
  { shares = [0, 0.5, 1, 50, 100], matches = true }: TrafficContractOptions = {},
): void {
  describe(`traffic contract: ${name}`, () => {
    const target: TrafficTarget = { id: 'test/shop', options: {} };
    const other: TrafficTarget = { id: 'test/other', options: {} };
    let fixture: TrafficFixture;
    let provider: TrafficProvider;
    let epoch = 1_000;

    beforeAll(async () => {
      fixture = await start();
      provider = fixture.provider;
    });
    afterAll(() => fixture.close());

    /** Longer than a test takes. */
    const soon = () => Date.now() + 150_000;
    /** A canary of `weightPercent` that takes traffic, under a fresh epoch. */
    async function canary(weightPercent: number, untilMs = soon()): Promise<number> {
      epoch += 10;
      await provider.prepare(target, epoch);
      await provider.setRoute(target, { weightPercent, match: null }, epoch);
      await provider.renew(target, epoch, untilMs);
      return epoch;
    }
    const share = async () => effectivePercent(await provider.read(target), Date.now());
    /** The data plane as it is when whoever has to make it follow has done so. */
    const settled = async (of = target) => {
      if (fixture.guarded) {
        const behind = async () => {
          const { behind: still, epoch: owner, leaseUntilMs } = await provider.read(of);
          if (still && fixture.gradual) await provider.renew(of, owner, leaseUntilMs);
          return still;
        };
        await expect.poll(behind).toBeUndefined();
      }
      return await provider.read(of);
    };
    /** A match on the header, where the data plane takes any. */
    const matchOn = (value: string) => (matches ? { header: fixture.matchHeader, value } : null);
    /** The canary gets nothing: at once, or when the guard has acted. */
    const expectNothing = async () => {
      await settled();
      expect(await share()).toBe(0);
    };
    const codeOf = (work: Promise<unknown>) =>
      work.then(
        () => 'no error',
        (error: unknown) => (error instanceof SluiceError ? error.code : String(error)),
      );
    /** The canary's requests out of `count`, where there is real traffic. */
    async function expectRequests(
      expectation: 'none' | 'all' | 'some',
      headers: Record<string, string> = {},
    ): Promise<void> {
      if (!fixture.request) return;
      const seen = await fixture.request(target.id, 60, headers);
      const { stableSlot } = await provider.read(target);
      const toCanary = seen[stableSlot === 'blue' ? 'green' : 'blue'];
      expect(seen.failed).toBe(0);
      if (expectation === 'none') expect(toCanary).toBe(0);
      if (expectation === 'all') expect(toCanary).toBe(60);
      if (expectation === 'some') expect(toCanary).toBeGreaterThan(0);
    }

    it.each(shares)('reads back %d percent as it was set, also when set twice', async (weightPercent) => {
      const owner = await canary(weightPercent);
      await provider.setRoute(target, { weightPercent, match: null }, owner);
      expect(await provider.read(target)).toMatchObject({
        weightPercent,
        epoch: owner,
        match: null,
        stopped: false,
      });
    });

    it('sends real traffic by the share', async () => {
      await canary(100);
      await expectRequests('all');
      const owner = await canary(30);
      if (fixture.request) {
        const { green, blue } = await fixture.request(target.id, 4_000);
        // Five standard deviations around 30 %.
        expect(Math.abs(green / (green + blue) - 0.3)).toBeLessThan(5 * Math.sqrt((0.3 * 0.7) / 4_000));
      }
      await provider.setRoute(target, { weightPercent: 0, match: null }, owner);
      await expectRequests('none');
    });

    it('gives the canary nothing without a lease, and nothing after it', async () => {
      epoch += 10;
      await provider.prepare(target, epoch);
      await provider.setRoute(target, { weightPercent: 100, match: null }, epoch);
      await expectNothing();
      await expectRequests('none');
      await provider.renew(target, epoch, Date.now() - 1);
      await expectNothing();
      await expectRequests('none');
      await provider.renew(target, epoch, soon());
      await expectRequests('all');
    });

    it('ends the canary when the lease runs out, with nobody doing anything', async () => {
      const owner = await canary(100);
      await expectRequests('all');
      await provider.renew(target, owner, Date.now() + 1_000);
      await expect.poll(share, { interval: 20 }).toBe(0);
      await expectRequests('none');
      expect((await provider.read(target)).weightPercent).toBe(100);
    });

    it('changes nothing when a call is repeated', async () => {
      const owner = await canary(20);
      const until = soon();
      const match = matchOn('tester');
      for (const call of [
        () => provider.setRoute(target, { weightPercent: 25, match }, owner),
        () => provider.renew(target, owner, until),
        () => provider.stop(target),
        () => provider.restore(target, owner),
        () => provider.prepare(target, owner),
        () => provider.setStable(target, 'green', owner),
        () => provider.setStable(target, 'blue', owner),
        () => provider.release('ann'),
      ]) {
        await call();
        const once = await settled();
        await call();
        expect(await settled()).toEqual(once);
      }
    });

    it('fences a lower epoch off, and it changes nothing', async () => {
      const owner = await canary(20);
      const before = await settled();
      for (const work of [
        () => provider.setRoute(target, { weightPercent: 90, match: null }, owner - 1),
        () => provider.renew(target, owner - 1, soon() + 60_000),
        () => provider.renew(target, owner + 1, soon() + 60_000),
        () => provider.prepare(target, owner - 1),
        () => provider.setStable(target, 'green', owner - 1),
      ]) {
        expect(await codeOf(work())).toBe('traffic-fenced');
      }
      expect(await provider.read(target)).toEqual(before);
    });

    it('hands over to a higher epoch with the lease that there is, and never a longer one', async () => {
      const owner = await canary(20);
      const before = await settled();
      await provider.setRoute(target, { weightPercent: 40, match: null }, owner + 1);
      expect(await settled()).toEqual({ ...before, weightPercent: 40, epoch: owner + 1 });
      expect(await codeOf(provider.renew(target, owner, soon()))).toBe('traffic-fenced');
      epoch += 1;
    });

    it('restores from every half-way state, without precondition, and again', async () => {
      const owner = await canary(50);
      for (const at of [owner, owner - 5, owner + 3, owner + 3]) {
        await provider.restore(target, at);
        expect(await provider.read(target)).toMatchObject({
          weightPercent: 0,
          match: null,
          leaseUntilMs: 0,
          stopped: true,
        });
        await expectRequests('none');
      }
      expect((await provider.read(target)).epoch).toBe(owner + 3);
      epoch += 3;
    });

    it('restores a target that nobody has prepared', async () => {
      await provider.restore({ id: 'test/fresh', options: {} }, 7);
      const state = await provider.read({ id: 'test/fresh', options: {} });
      expect(state).toMatchObject({ stableSlot: 'blue', weightPercent: 0, stopped: true, epoch: 7 });
    });

    it.each([0, 1, 2, 3, 4, 5])('restores after %d steps of a rollout', async (steps) => {
      epoch += 10;
      const owner = epoch;
      const match = matchOn('tester');
      const rollout = [
        () => provider.prepare(target, owner),
        () => provider.setRoute(target, { weightPercent: 50, match }, owner),
        () => provider.renew(target, owner, soon()),
        () => provider.setRoute(target, { weightPercent: 100, match: null }, owner + 1),
        () => provider.setStable(target, 'green', owner + 2),
      ];
      for (const step of rollout.slice(0, steps)) await step();
      await provider.restore(target, owner + 3);
      await provider.setStable(target, 'blue', owner + 3);
      epoch += 3;
      expect(await settled()).toEqual({
        stableSlot: 'blue',
        weightPercent: 0,
        match: null,
        epoch: owner + 3,
        leaseUntilMs: 0,
        stopped: true,
      });
      await expectRequests('none');
      await expectRequests('none', { [fixture.matchHeader]: 'tester' });
    });

    it('brings no traffic back by late writes after a restore', async () => {
      const owner = await canary(50);
      await provider.restore(target, owner + 1);
      epoch += 1;
      expect(await codeOf(provider.setRoute(target, { weightPercent: 50, match: null }, owner))).toBe(
        'traffic-fenced',
      );
      expect(await codeOf(provider.renew(target, owner, soon()))).toBe('traffic-fenced');
      // Even the owner of the present epoch cannot: the stop stands.
      await provider.setRoute(target, { weightPercent: 50, match: null }, owner + 1);
      await provider.renew(target, owner + 1, soon());
      await expectNothing();
      await expectRequests('none');
    });

    it('keeps a stop against renewals and writes until the next rollout is prepared', async () => {
      const owner = await canary(100);
      await provider.stop(target);
      await provider.stop(target);
      await provider.renew(target, owner, soon());
      await provider.setRoute(target, { weightPercent: 60, match: null }, owner);
      expect(await provider.read(target)).toMatchObject({ stopped: true });
      await expectNothing();
      await expectRequests('none');
      await canary(100);
      expect(await share()).toBe(100);
      await expectRequests('all');
    });

    /**
     * After a release a data plane gives by itself what it gave before; a guard only takes away, and whoever holds the
     * lease gives.
     */
    async function regain(owner: number): Promise<void> {
      const renewed = async () => {
        await provider.renew(target, owner, soon());
        return await share();
      };
      // A guard that has not heard of the release yet takes down once more what is up.
      if (fixture.guarded) await expect.poll(renewed).toBe(100);
      expect(await share()).toBe(100);
      await expectRequests('all');
    }

    it('stops everything in one write, which a preparation does not clear', async () => {
      await canary(100);
      await provider.stopAll('ann');
      await expectNothing();
      expect((await provider.read(other)).stopped).toBe(true);
      const owner = await canary(100);
      await expectNothing();
      await expectRequests('none');
      expect(await provider.release('ann')).toEqual([]);
      await regain(owner);
    });

    it('stays stopped altogether until everybody who stopped it has released it', async () => {
      const owner = await canary(100);
      await Promise.all([provider.stopAll('emergency/all'), provider.stopAll('ann')]);
      expect(await provider.release('bob')).toHaveLength(2);
      expect(await provider.release('ann')).toEqual(['emergency/all']);
      expect(await provider.release('ann')).toEqual(['emergency/all']);
      await expectNothing();
      await expectRequests('none');
      expect(await provider.release('emergency/all')).toEqual([]);
      await regain(owner);
    });

    it('makes the canary’s slot stable in one step, ends its share, and swaps back', async () => {
      const owner = await canary(50);
      expect((await provider.read(target)).stableSlot).toBe('blue');
      await provider.setStable(target, 'green', owner + 1);
      expect(await provider.read(target)).toMatchObject({
        stableSlot: 'green',
        weightPercent: 0,
        leaseUntilMs: 0,
      });
      if (fixture.request)
        expect(await fixture.request(target.id, 50)).toEqual({ blue: 0, green: 50, failed: 0 });
      await provider.setStable(target, 'blue', owner + 2);
      await provider.setStable(target, 'blue', owner + 2);
      if (fixture.request)
        expect(await fixture.request(target.id, 50)).toEqual({ blue: 50, green: 0, failed: 0 });
      epoch += 2;
    });

    it('lets requests with the header in, and only while the lease lives', async () => {
      const match = { header: fixture.matchHeader, value: 'always' };
      epoch += 10;
      await provider.prepare(target, epoch);
      if (!matches) {
        const asked = provider.setRoute(target, { weightPercent: 0, match }, epoch);
        return expect(await codeOf(asked)).toBe('traffic-unready');
      }
      await provider.setRoute(target, { weightPercent: 0, match }, epoch);
      await expectRequests('none', { [fixture.matchHeader]: 'always' });
      await provider.renew(target, epoch, soon());
      expect((await provider.read(target)).match).toEqual(match);
      await expectRequests('all', { [fixture.matchHeader]: 'always' });
      await expectRequests('none', { [fixture.matchHeader]: 'never' });
      await expectRequests('none');
      await provider.setRoute(target, { weightPercent: 0, match: null }, epoch);
      await expectRequests('none', { [fixture.matchHeader]: 'always' });
    });

    it('tells what was asked for as it is read back, if it tells at all', async () => {
      if (!provider.asked) return;
      await canary(20);
      const told = async () => provider.asked?.(target);
      const { weightPercent, match, leaseUntilMs, stopped } = await provider.read(target);
      expect(await told()).toEqual({ weightPercent, match, leaseUntilMs, stopped });
      await provider.stop(target);
      expect(await told()).toMatchObject({ stopped: true });
      expect(await provider.asked('*')).toMatchObject({ stopped: false });
      await provider.stopAll('asked');
      expect(await provider.asked('*')).toMatchObject({ stopped: true });
      await provider.release('asked');
      expect(await provider.asked('*')).toMatchObject({ stopped: false });
    });

    it('tells the clock by which it ends leases, if it has one', async () => {
      const beforeMs = Date.now();
      const told = await provider.clock?.();
      if (told === undefined) return expect(provider.clock).toBeUndefined();
      // Read once in a turn of the data plane's loop.
      expect(told).toBeGreaterThan(beforeMs - 1_000);
      expect(told).toBeLessThan(Date.now() + 1_000);
    });

    it('leaves other targets alone', async () => {
      await provider.prepare(other, epoch + 1);
      await provider.setRoute(other, { weightPercent: 35, match: null }, epoch + 1);
      const before = await settled(other);
      await canary(10);
      await provider.stop(target);
      await provider.restore(target, epoch);
      expect(await settled(other)).toEqual(before);
    });

    it('waits for a data plane that stands still no longer than its limit, or than the caller', async () => {
      if (!fixture.standstill) return;
      const { hasty } = fixture.standstill;
      await fixture.standstill.begin();
      try {
        const broken = await Promise.allSettled([
          hasty.read(target),
          hasty.restore(target, epoch),
          provider.renew(target, epoch, soon(), AbortSignal.timeout(50)),
          provider.stop(target, AbortSignal.abort()),
        ]);
        for (const result of broken) {
          expect(result).toMatchObject({
            status: 'rejected',
            reason: { code: 'traffic-unavailable', retryable: true },
          });
        }
      } finally {
        fixture.standstill.end();
      }
      expect((await provider.read(target)).stableSlot).toBe('blue');
    });

    it('says that the data plane is away, and serves again when it is back', async () => {
      if (!fixture.outage) return;
      await fixture.outage.begin();
      const calls = [
        () => provider.read(target),
        () => provider.restore(target, epoch),
        () => provider.stopAll('ann'),
      ];
      for (const call of calls) expect(await codeOf(call())).toBe('traffic-unavailable');
      await fixture.outage.end();
      expect((await provider.read(target)).weightPercent).toBe(0);
    });
  });
}
