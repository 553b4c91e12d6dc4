import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderHaproxyConfig } from '../../../src/providers/traffic/haproxy/config.ts';
import { haproxy as haproxyType } from '../../../src/providers/traffic/haproxy.ts';
import type { TrafficProvider } from '../../../src/providers/traffic/types.ts';
import { locateTools } from '../../../src/stack/tools.ts';
import { patientMs, startHaproxy, type TestHaproxy } from '../../support/haproxy.ts';
import { suiteTargets, trafficContract } from './suite.ts';

const providerFor = ({ socket, mapsDir }: TestHaproxy, timeoutMs = patientMs): TrafficProvider =>
  haproxyType.create({ socket, mapsDir, timeoutMs });

trafficContract('haproxy', async () => {
  const haproxy = await startHaproxy({ targets: suiteTargets });
  return {
    provider: providerFor(haproxy),
    matchHeader: 'x-sluice-canary',
    request: haproxy.request,
    outage: { begin: haproxy.kill, end: haproxy.restart },
    standstill: { begin: haproxy.freeze, end: haproxy.thaw, hasty: providerFor(haproxy, 1_000) },
    close: haproxy.stop,
  };
});

describe('haproxy itself', () => {
  const target = { id: 'test/shop', options: {} };
  let haproxy: TestHaproxy;
  let provider: TrafficProvider;
  beforeAll(async () => {
    haproxy = await startHaproxy({ targets: ['test/shop'], affinity: { cookie: 'user' } });
    provider = providerFor(haproxy);
  });
  afterAll(() => haproxy.stop());

  async function canary(weightPercent: number, epoch: number): Promise<void> {
    await provider.prepare(target, epoch);
    await provider.setRoute(target, { weightPercent, match: null }, epoch);
    await provider.renew(target, epoch, Date.now() + 120_000);
  }

  it('comes back safe after a crash: all traffic on the slot that was made stable last', async () => {
    await canary(100, 20);
    await haproxy.kill();
    await haproxy.restart();
    expect(await haproxy.request('test/shop', 50)).toEqual({ blue: 50, green: 0, failed: 0 });
    await provider.setStable(target, 'green', 30);
    await haproxy.kill();
    await haproxy.restart();
    expect(await haproxy.request('test/shop', 50)).toEqual({ blue: 0, green: 50, failed: 0 });
    expect(await provider.read(target)).toMatchObject({ stableSlot: 'green', epoch: 0, weightPercent: 0 });
    await provider.setStable(target, 'blue', 31);
  });

  it('keeps a user who is in at 5 % in at 25 %, and draws others by their own cookie', async () => {
    const users = Array.from({ length: 400 }, (_, number) => `user-${number}`);
    const inAt = async (weightPercent: number, epoch: number) => {
      await canary(weightPercent, epoch);
      const seen = await Promise.all(
        users.map((user) => haproxy.request('test/shop', 1, { cookie: `user=${user}` })),
      );
      return new Set(users.filter((_, index) => seen[index]?.green === 1));
    };
    const few = await inAt(5, 40);
    const more = await inAt(25, 50);
    expect(few.size).toBeGreaterThan(3);
    expect(more.size).toBeGreaterThan(few.size);
    expect([...few].filter((user) => !more.has(user))).toEqual([]);
    expect(await inAt(25, 60)).toEqual(more);
  });

  it('counts requests of each slot', async () => {
    await canary(100, 70);
    const before = await provider.counts?.(target);
    await haproxy.request('test/shop', 25);
    const after = await provider.counts?.(target);
    expect((after?.requests.green ?? 0) - (before?.requests.green ?? 0)).toBe(25);
  });

  it('counts a request from its beginning, and as under way until its end', async () => {
    await canary(100, 75);
    const before = await provider.counts?.(target);
    const slow = haproxy.request('test/shop', 1, { 'x-test-hold': 'yes' });
    const counted = () => provider.counts?.(target);
    await expect.poll(async () => (await counted())?.current.green).toBe(1);
    expect((await counted())?.requests.green).toBe((before?.requests.green ?? 0) + 1);
    await haproxy.letGo();
    expect(await slow).toMatchObject({ green: 1 });
    await expect.poll(async () => (await counted())?.current.green).toBe(0);
  });

  it('refuses a target whose backends it does not have, and says which', async () => {
    await expect(provider.prepare({ id: 'test/unknown', options: {} }, 1)).rejects.toMatchObject({
      code: 'traffic-unready',
      message: expect.stringContaining('test_unknown_blue'),
    });
  });

  it.each(['test/shop;stop', 'test/shop\nquit', 'test/ shop', '*'])(
    'takes no command from the target %j',
    async (id) => {
      await expect(provider.restore({ id, options: {} }, 1)).rejects.toMatchObject({
        code: 'request-invalid',
      });
    },
  );

  it('takes no command from a header value, and no header but its own', async () => {
    const bad = { header: 'x-sluice-canary', value: 'a b;quit' };
    await expect(provider.setRoute(target, { weightPercent: 1, match: bad }, 80)).rejects.toMatchObject({
      code: 'traffic-unready',
    });
    const foreign = { header: 'x-other', value: 'a' };
    await expect(provider.setRoute(target, { weightPercent: 1, match: foreign }, 80)).rejects.toMatchObject({
      code: 'traffic-unready',
    });
  });

  it('keeps stops over a restart, and forgets them as asked', async () => {
    await canary(100, 90);
    await provider.stopAll('ann');
    await provider.stop(target);
    await haproxy.kill();
    await haproxy.restart();
    expect((await provider.read(target)).stopped).toBe(true);
    expect(await provider.release('ann')).toEqual([]);
    expect((await provider.read(target)).stopped).toBe(true);
    await provider.prepare(target, 91);
    await haproxy.kill();
    await haproxy.restart();
    expect((await provider.read(target)).stopped).toBe(false);
  });

  it('has a configuration that HAProxy itself finds valid', async () => {
    const { mapsDir, socket } = haproxy;
    const servers = { blue: '127.0.0.1:1', green: '127.0.0.1:2' };
    const config = renderHaproxyConfig({
      mapsDir,
      socket,
      statsBind: '127.0.0.1:3',
      targets: [
        { target: 'a/b', bind: '127.0.0.1:4', servers, affinity: { header: 'x-user' } },
        {
          target: 'a/c',
          bind: '127.0.0.1:5',
          servers,
          matchHeader: 'x-beta',
          backends: { blue: 'old', green: 'new' },
        },
      ],
    });
    const file = join(mapsDir, 'checked.cfg');
    writeFileSync(file, config);
    const { stdout, stderr } = await promisify(execFile)(locateTools().haproxy, ['-c', '-f', file]);
    expect(stdout + stderr).toContain('Configuration file is valid');
  });
});
