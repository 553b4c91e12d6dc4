import { expect, it, vi } from 'vitest';
import { Lately } from '../../../../../src/providers/traffic/kube/lately.ts';

it('asks once for all who want to know at about the same time', async () => {
  let asked = 0;
  const lately = new Lately(async () => ++asked, 60_000);
  expect(await Promise.all([lately.get(), lately.get(), lately.get()])).toEqual([1, 1, 1]);
  lately.forget();
  expect(await lately.get()).toBe(2);
});

it('gives an older answer to who is content with one', async () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(0);
  let asked = 0;
  const lately = new Lately(async () => ++asked, 500);
  await lately.get();
  now.mockReturnValue(8_000);
  expect(await lately.get(undefined, 8_000)).toBe(1);
  now.mockReturnValue(8_001);
  expect(await lately.get(undefined, 8_000)).toBe(2);
  now.mockRestore();
});

it('keeps no failure', async () => {
  let asked = 0;
  const lately = new Lately(async () => {
    asked += 1;
    if (asked === 1) throw new Error('away');
    return asked;
  }, 60_000);
  await expect(lately.get()).rejects.toThrow('away');
  expect(await lately.get()).toBe(2);
});

it('lets each caller go at the end of its own patience', async () => {
  let answer: (value: string) => void = () => {};
  const lately = new Lately(() => new Promise<string>((resolve) => (answer = resolve)), 60_000);
  const patient = lately.get();
  await expect(lately.get(AbortSignal.abort())).rejects.toMatchObject({ problem: 'unavailable' });
  answer('here');
  expect(await patient).toBe('here');
});
