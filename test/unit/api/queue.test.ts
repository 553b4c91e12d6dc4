import { describe, expect, test } from 'vitest';
import { Queue } from '../../../src/api/express/queue.ts';

describe('the queue of commands', () => {
  test('runs so many at a time, in the order in which they came, whatever becomes of each', async () => {
    const queue = new Queue(2);
    const begun: number[] = [];
    let running = 0;
    let most = 0;
    const work = (number: number) => async (waitedMs: number) => {
      begun.push(number);
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      if (number === 1) throw new Error('no');
      return waitedMs;
    };
    const ends = await Promise.allSettled([0, 1, 2, 3, 4].map((number) => queue.pass(work(number))));
    expect(begun).toEqual([0, 1, 2, 3, 4]);
    expect(most).toBe(2);
    expect(ends.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
      'fulfilled',
    ]);
    expect(await queue.pass(async () => 'free')).toBe('free');
  });

  test('tells each how long it has waited', async () => {
    const queue = new Queue(1);
    const first = queue.pass(() => new Promise<void>((resolve) => setTimeout(resolve, 30)));
    expect(await queue.pass(async (waitedMs) => waitedMs)).toBeGreaterThan(20);
    await first;
  });

  test('lets go first whoever must', async () => {
    const queue = new Queue(1);
    const begun: string[] = [];
    const note = (name: string) => async () => void begun.push(name);
    await Promise.all([
      queue.pass(note('a')),
      queue.pass(note('b')),
      queue.pass(note('urgent'), { first: true }),
    ]);
    expect(begun).toEqual(['a', 'urgent', 'b']);
  });
});
