import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RuntimeClient } from '../../../../src/providers/traffic/haproxy/client.ts';
import { MapCommands } from '../../../../src/providers/traffic/haproxy/maps.ts';
import { Overview } from '../../../../src/providers/traffic/haproxy/overview.ts';

const maps = {
  roles: 'a/b blue',
  stop: 'a/b 0\na/c 1',
  epoch: 'a/b 7\na/c 8',
  stable: 'a/b@7 blue\na/c@8 green',
  // Of entries with the same key the frontend goes by the first.
  weight: 'a/b@7@blue 5000\na/b@7@blue 1\na/c@8@green 100',
  lease: 'a/b@7@blue 99',
  match: 'a/b@7@blue =me',
};

let asked: (readonly string[])[];
let overview: Overview;
/** When HAProxy answers, and whether. */
let answers: Promise<void>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  asked = [];
  answers = Promise.resolve();
  const client: Pick<RuntimeClient, 'run'> = {
    run: async (commands) => {
      asked.push(commands);
      await answers;
      const name = (command: string) => command.match(/(\w+)\.map$/)?.[1] as keyof typeof maps;
      return commands.map((command) => maps[name(command)].replaceAll(/^/gm, '0x55d51baa5200 '));
    },
  };
  overview = new Overview(client, new MapCommands('/maps'));
});
afterEach(() => {
  vi.useRealTimers();
});

/** So many have looked in the last second. */
async function looked(times: number): Promise<void> {
  vi.advanceTimersByTime(1_000);
  for (let time = 0; time < times; time++) await overview.look('a/b');
  vi.advanceTimersByTime(1_000);
}

describe('an overview of the maps', () => {
  it('is not taken for a few', async () => {
    await looked(5);
    expect(await overview.look('a/b')).toBeNull();
    expect(asked).toEqual([]);
  });

  it('is taken once a second for the many', async () => {
    await looked(50);
    const [b, c] = await Promise.all([overview.look('a/b'), overview.look('a/c')]);
    const canary = { weight: 5000, match: '=me', lease: 99 };
    expect(b).toEqual({ epoch: 7, stableSlot: 'blue', stopped: false, canary, owned: true });
    expect(c).toMatchObject({ epoch: 8, stableSlot: 'green', stopped: true, owned: true });
    expect(await overview.look('a/none')).toMatchObject({ epoch: 0, owned: false });
    expect(asked).toHaveLength(1);
    for (let times = 0; times < 30; times++) await overview.look('a/b');
    vi.advanceTimersByTime(1_100);
    await overview.look('a/b');
    expect(asked).toHaveLength(2);
  });

  it('tells nothing of a target that was written from here since it was asked for', async () => {
    await looked(50);
    await overview.look('a/b');
    vi.advanceTimersByTime(100);
    overview.wrote('a/b');
    expect(await overview.look('a/b')).toBeNull();
    expect(await overview.look('a/c')).not.toBeNull();
    for (let times = 0; times < 30; times++) await overview.look('a/c');
    vi.advanceTimersByTime(1_100);
    expect(await overview.look('a/b')).not.toBeNull();
  });

  it('is left alone where the maps hold much more than is looked at', async () => {
    await looked(12);
    await overview.look('a/b');
    maps.stop += Array.from({ length: 500 }, (_, index) => `\nz/z${index} 0`).join('');
    await looked(12);
    await overview.look('a/b');
    await looked(12);
    const before = asked.length;
    expect(await overview.look('a/b')).toBeNull();
    expect(asked).toHaveLength(before);
  });

  it('is looked at again after a minute, however much the maps held', async () => {
    const before = maps.stop;
    maps.stop += Array.from({ length: 500 }, (_, index) => `\nz/z${index} 0`).join('');
    await looked(12);
    await overview.look('a/b');
    maps.stop = before;
    await looked(12);
    expect(await overview.look('a/b')).toBeNull();
    vi.advanceTimersByTime(60_000);
    await looked(12);
    expect(await overview.look('a/b')).not.toBeNull();
  });
});

describe('an overview that is slow or fails', () => {
  it('is waited for half a second from when it was asked for, and serves again as soon as it comes', async () => {
    await looked(50);
    let answer = () => {};
    answers = new Promise((resolve) => {
      answer = resolve;
    });
    const first = overview.look('a/b');
    await vi.advanceTimersByTimeAsync(400);
    const second = overview.look('a/c');
    await vi.advanceTimersByTimeAsync(100);
    expect(await Promise.all([first, second])).toEqual([null, null]);
    expect(await overview.look('a/b')).toBeNull();
    answer();
    await vi.advanceTimersByTimeAsync(100);
    expect(await overview.look('a/b')).toMatchObject({ epoch: 7 });
    expect(asked).toHaveLength(1);
  });

  it('is not asked for a second time while it is under way, nor told of when it comes late', async () => {
    await looked(50);
    let answer = () => {};
    answers = new Promise((resolve) => {
      answer = resolve;
    });
    const first = overview.look('a/b');
    await vi.advanceTimersByTimeAsync(900);
    expect(await first).toBeNull();
    await looked(50);
    expect(asked).toHaveLength(1);
    answer();
    await vi.advanceTimersByTimeAsync(0);
    expect(await overview.look('a/b')).toMatchObject({ epoch: 7 });
    expect(asked).toHaveLength(2);
  });

  it('is waited for no longer than the caller has time', async () => {
    await looked(50);
    answers = new Promise(() => {});
    const caller = new AbortController();
    const looking = overview.look('a/b', caller.signal);
    caller.abort();
    expect(await looking).toBeNull();
  });

  it('is not asked for again for some seconds after it failed', async () => {
    await looked(50);
    answers = Promise.reject(new Error('away'));
    answers.catch(() => {});
    expect(await overview.look('a/b')).toBeNull();
    answers = Promise.resolve();
    for (let second = 0; second < 2; second++) await looked(50);
    expect(asked).toHaveLength(1);
    await looked(50);
    expect(await overview.look('a/b')).toMatchObject({ epoch: 7 });
    expect(asked).toHaveLength(2);
  });
});
