import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Calm } from '../../../src/api/express/calm.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Something urgent that goes on until it is told to end. */
function urgent(calm: Calm): { end(): Promise<unknown> } {
  let end = () => {};
  const work = calm.during(() => new Promise<void>((resolve) => (end = resolve)));
  return {
    end: async () => {
      end();
      return await work;
    },
  };
}

function watched(calm: Calm): { readonly over: boolean } {
  const seen = { over: false };
  void calm.wait(60_000).then(() => {
    seen.over = true;
  });
  return seen;
}

describe('calm', () => {
  test('is at once where nothing urgent is under way, and after the last of a few', async () => {
    const calm = new Calm();
    await calm.wait(60_000);
    const [first, second] = [urgent(calm), urgent(calm)];
    const waiting = watched(calm);
    await first.end();
    await turn();
    expect(waiting.over).toBe(false);
    await second.end();
    await turn();
    expect(waiting.over).toBe(true);
  });

  test('in a storm comes only after a moment in which nothing urgent came', async () => {
    const calm = new Calm();
    for (const one of Array.from({ length: 8 }, () => urgent(calm))) await one.end();
    const waiting = watched(calm);
    vi.advanceTimersByTime(40);
    const late = urgent(calm);
    vi.advanceTimersByTime(40);
    await turn();
    expect(waiting.over).toBe(false);
    await late.end();
    vi.advanceTimersByTime(60);
    await turn();
    expect(waiting.over).toBe(true);
    // The storm is over, and a single one is followed at once.
    await urgent(calm).end();
    await calm.wait(60_000);
  });

  test('in a storm waits for who follows each of them, and for a single one does not', async () => {
    const calm = new Calm();
    const followed = async () => {
      const one = urgent(calm);
      calm.follows(100);
      await one.end();
    };
    await followed();
    await calm.wait(60_000);
    for (const one of Array.from({ length: 8 }, followed)) await one;
    const waiting = watched(calm);
    vi.advanceTimersByTime(500);
    await turn();
    expect(waiting.over).toBe(false);
    vi.advanceTimersByTime(500);
    await turn();
    expect(waiting.over).toBe(true);
  });

  test('has a pause for those who can wait a little, which ends with the last urgent one or after its time', async () => {
    const calm = new Calm();
    await calm.pause(60_000);
    const one = urgent(calm);
    const seen: string[] = [];
    void calm.pause(60_000).then(() => seen.push('with the last'));
    void calm.pause(100).then(() => seen.push('in time'));
    vi.advanceTimersByTime(100);
    await turn();
    expect(seen).toEqual(['in time']);
    await one.end();
    await turn();
    expect(seen).toEqual(['in time', 'with the last']);
  });
});
