/** What an abandoned owner of a HAProxy target can still do: nothing that brings a canary traffic. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createRuntimeClient,
  type Run,
  type RuntimeClient,
} from '../../../src/providers/traffic/haproxy/client.ts';
import { Entries } from '../../../src/providers/traffic/haproxy/entries.ts';
import { keysIn, MapCommands, type MapName } from '../../../src/providers/traffic/haproxy/maps.ts';
import { haproxy as haproxyType } from '../../../src/providers/traffic/haproxy.ts';
import type { TrafficProvider } from '../../../src/providers/traffic/types.ts';
import { patientMs, startHaproxy, type TestHaproxy } from '../../support/haproxy.ts';

describe('an owner of a haproxy target', () => {
  const target = { id: 'test/shop', options: {} };
  const soon = () => Date.now() + 120_000;
  const all = { weightPercent: 100, match: null };
  let haproxy: TestHaproxy;
  let provider: TrafficProvider;
  let client: RuntimeClient;
  let commands: MapCommands;
  let epoch = 100;

  beforeAll(async () => {
    haproxy = await startHaproxy({ targets: ['test/shop'] });
    const { socket, mapsDir } = haproxy;
    provider = haproxyType.create({ socket, mapsDir, timeoutMs: patientMs });
    client = createRuntimeClient(socket, patientMs);
    commands = new MapCommands(haproxy.mapsDir);
  });
  afterAll(() => haproxy.stop());
  beforeEach(async () => {
    epoch += 10;
    await provider.prepare(target, epoch);
    await provider.setStable(target, 'blue', epoch);
  });

  const keys = async (name: MapName) => keysIn((await client.run([commands.show(name)]))[0]);
  /** What an owner does before it switches: here it stops, as a frozen process would. */
  const layDown = (owner: number) =>
    client.run([
      commands.add('weight', `test/shop@${owner}@blue`, 10_000),
      commands.add('match', `test/shop@${owner}@blue`, '-'),
      commands.add('lease', `test/shop@${owner}@blue`, soon()),
      commands.add('stable', `test/shop@${owner}`, 'blue'),
    ]);

  it('that switches late finds its entries gone, and the rightful owner takes the target back', async () => {
    await layDown(epoch + 1);
    await provider.setRoute(target, { weightPercent: 0, match: null }, epoch + 2);
    await client.run([commands.set('epoch', 'test/shop', epoch + 1)]);
    expect(await haproxy.request('test/shop', 50)).toEqual({ blue: 50, green: 0, failed: 0 });
    await expect(provider.renew(target, epoch + 1, soon())).rejects.toMatchObject({ code: 'traffic-fenced' });
    await provider.setRoute(target, all, epoch + 2);
    await provider.renew(target, epoch + 2, soon());
    expect((await haproxy.request('test/shop', 50)).green).toBe(50);
  });

  it('that promotes late changes no role', async () => {
    await provider.setRoute(target, all, epoch + 1);
    await provider.restore(target, epoch + 2);
    const [answer] = await client.run([commands.set('stable', `test/shop@${epoch + 1}`, 'green')]);
    expect(answer).toContain('not found');
    expect(await haproxy.request('test/shop', 50)).toEqual({ blue: 50, green: 0, failed: 0 });
  });

  it('finds the stop entry there, so that a stop is one change of it', async () => {
    const change = async () => (await client.run([commands.set('stop', 'test/shop', 1)]))[0];
    expect(await change()).toBe('');
    expect((await provider.read(target)).stopped).toBe(true);
    await provider.prepare(target, epoch + 1);
    expect((await provider.read(target)).stopped).toBe(false);
    expect(await change()).toBe('');
  });

  it('leaves nothing behind for the next one', async () => {
    await layDown(epoch + 1);
    await provider.setRoute(target, all, epoch + 2);
    await provider.prepare(target, epoch + 5);
    expect(await keys('stable')).toEqual([`test/shop@${epoch + 5}`]);
    for (const name of ['weight', 'match', 'lease'] as const) {
      expect(await keys(name)).toEqual([`test/shop@${epoch + 5}@blue`]);
    }
  });

  it('sends no request to the old version while it promotes the new one at 100 %', async () => {
    await provider.setRoute(target, all, epoch);
    await provider.renew(target, epoch, soon());
    const load = haproxy.request('test/shop', 1_500);
    await provider.setStable(target, 'green', epoch + 1);
    await provider.setStable(target, 'green', epoch + 1);
    expect(await load).toEqual({ blue: 0, green: 1_500, failed: 0 });
  });

  it('wins over others in the end, whoever wrote first', async () => {
    const claims = [3, 1, 4, 2, 0].map((late) => provider.setRoute(target, all, epoch + late));
    await Promise.allSettled(claims);
    const state = await provider.read(target);
    expect(state.epoch).toBe(epoch + 4);
    expect(await keys('epoch')).toEqual(['test/shop']);
    await provider.renew(target, epoch + 4, soon());
    expect((await haproxy.request('test/shop', 20)).green).toBe(20);
  });

  it('reads and writes right where two writers have doubled an entry', async () => {
    const twice = [
      commands.add('epoch', 'test/shop', epoch),
      commands.add('stop', 'test/shop', 0),
      commands.add('roles', 'test/shop', 'blue'),
    ];
    await client.run(twice);
    await provider.stop(target);
    expect((await provider.read(target)).stopped).toBe(true);
    const state = await provider.prepare(target, epoch + 1);
    expect(state).toMatchObject({ epoch: epoch + 1, stopped: false });
    await provider.setStable(target, 'green', epoch + 2);
    expect((await haproxy.request('test/shop', 20)).green).toBe(20);
    expect((await provider.read(target)).epoch).toBe(epoch + 2);
  });

  it('loses no stop to a first preparation that adds the same entry at the same moment', async () => {
    const id = 'test/crossed';
    let crossed = false;
    await client.converse(async (run) => {
      const crossing: Run = async (wanted) => {
        if (wanted.some((command) => command.startsWith('add '))) {
          await client.run([commands.add('stop', id, 0)]);
          crossed = true;
        }
        return await run(wanted);
      };
      await new Entries(crossing, commands, id).put('stop', id, 1);
    });
    expect(crossed).toBe(true);
    expect((await provider.read({ id, options: {} })).stopped).toBe(true);
  });
});
