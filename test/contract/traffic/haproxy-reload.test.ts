/** A reload of HAProxy in the middle of a rollout: what the new process knows, and what the old one still does. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { haproxy as haproxyType } from '../../../src/providers/traffic/haproxy.ts';
import { effectivePercent, type TrafficProvider } from '../../../src/providers/traffic/types.ts';
import { patientMs, startHaproxy, type TestHaproxy } from '../../support/haproxy.ts';

const target = { id: 'test/shop', options: {} };

describe('a reload of haproxy', () => {
  let haproxy: TestHaproxy;
  let provider: TrafficProvider;
  let epoch = 0;
  beforeEach(async () => {
    haproxy = await startHaproxy({ targets: ['test/shop'] });
    const { socket, mapsDir } = haproxy;
    provider = haproxyType.create({ socket, mapsDir, timeoutMs: patientMs });
  });
  afterEach(() => haproxy.stop());

  async function canary(weightPercent: number, leaseMs = 120_000): Promise<void> {
    epoch += 10;
    await provider.prepare(target, epoch);
    await provider.setRoute(target, { weightPercent, match: null }, epoch);
    await provider.renew(target, epoch, Date.now() + leaseMs);
  }

  it('at 50 % leaves all traffic on stable and no lease, until the owner writes its share again', async () => {
    await canary(50);
    await haproxy.reload();
    expect(await haproxy.request('test/shop', 60)).toEqual({ blue: 60, green: 0, failed: 0 });
    // A look may go to the old process for a second.
    await expect
      .poll(() => provider.read(target))
      .toMatchObject({ epoch: 0, weightPercent: 0, leaseUntilMs: 0 });
    await expect(provider.renew(target, epoch, Date.now() + 120_000)).rejects.toMatchObject({
      code: 'traffic-fenced',
    });
    await provider.setRoute(target, { weightPercent: 50, match: null }, epoch);
    expect((await haproxy.request('test/shop', 60)).green).toBe(0);
    await provider.renew(target, epoch, Date.now() + 120_000);
    const { green, failed } = await haproxy.request('test/shop', 400);
    expect(failed).toBe(0);
    expect(Math.abs(green / 400 - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / 400));
  });

  it('keeps promotions and stops, which a stop of everything is too', async () => {
    await canary(100);
    await provider.setStable(target, 'green', epoch + 1);
    await haproxy.reload();
    expect(await haproxy.request('test/shop', 40)).toEqual({ blue: 0, green: 40, failed: 0 });
    await provider.stopAll('ann');
    await haproxy.reload();
    await canary(100);
    expect(effectivePercent(await provider.read(target), Date.now())).toBe(0);
    expect(await haproxy.request('test/shop', 40)).toEqual({ blue: 0, green: 40, failed: 0 });
  });

  it('closes the connections that wait for their next request, so none of them is decided by the old maps', async () => {
    await canary(100);
    const kept = connect(haproxy.portOf('test/shop'), '127.0.0.1');
    const closed = once(kept, 'close');
    kept.write('GET / HTTP/1.1\r\nhost: shop\r\nx-target: test/shop\r\n\r\n');
    const [answer] = await once(kept, 'data');
    expect(String(answer)).toContain('x-sluice-slot: green');
    expect(String(answer)).not.toMatch(/connection: close/i);
    kept.resume();
    await haproxy.reload();
    await closed;
  });
});
