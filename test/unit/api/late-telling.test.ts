/** Commands that Temporal could not be told of: in which order they are tried again, for how long, and what is lost. */
import { beforeEach, expect, test } from 'vitest';
import { type Late, LateTelling } from '../../../src/api/express/late-telling.ts';

const passing = new Error('away');
let late: LateTelling;
let told: string[];
let lost: string[];

beforeEach(() => {
  late = new LateTelling((work) => work());
  told = [];
  lost = [];
});

function commandOf(name: string, command: Partial<Late> = {}): Late {
  return {
    target: 'demo/shop',
    askedMs: performance.now(),
    tell: async () => told.push(name) > 0,
    isPassing: (error) => error === passing,
    lost: (why) => lost.push(`${name}: ${why}`),
    ...command,
  };
}

test('those of a target are told in the order in which they were given', async () => {
  const answers = [passing];
  const tell = async () => {
    const error = answers.shift();
    if (error) throw error;
    return told.push('ann') > 0;
  };
  const ended = late.add(commandOf('bob', { askedMs: 2 + performance.now() }));
  void late.add(commandOf('ann', { tell }));
  await late.ahead('demo/shop');
  expect([told, late.count]).toEqual([[], 2]);
  await ended;
  expect([told, lost, late.count]).toEqual([['ann', 'bob'], [], 0]);
});

test('one whose rollout has ended, that is refused or that took too long is given up, and says why', async () => {
  const refused = () => Promise.reject(new Error('refused'));
  const away = () => Promise.reject(passing);
  await Promise.all([
    late.add(commandOf('ended', { tell: async () => false })),
    late.add(commandOf('refused', { tell: refused })),
    late.add(commandOf('old', { tell: away, askedMs: performance.now() - 600_001 })),
  ]);
  expect(lost.sort()).toEqual(['ended: its rollout had ended before', 'old: away', 'refused: refused']);
  expect(late.count).toBe(0);
});

test('few are tried at the same time, and of very many some are given up', async () => {
  const tells: (() => void)[] = [];
  const tell = () => new Promise<boolean>((resolve) => tells.push(() => resolve(true)));
  const targets = Array.from({ length: 101 }, (_, at) => `demo/shop-${at}`);
  const all = targets.map((target) => late.add(commandOf(target, { target, tell })));
  expect(lost).toEqual(['demo/shop-100: 100 such commands waited already']);
  void Promise.all(targets.map((target) => late.ahead(target)));
  for (let done = 0; done < 100; done++) {
    await expect.poll(() => tells.length, { interval: 1 }).toBeGreaterThan(0);
    expect(tells.length).toBeLessThanOrEqual(2);
    tells.shift()?.();
  }
  await Promise.all(all);
  expect(late.count).toBe(0);
});

test('when the API is stopped the try under way is waited for, and the rest is given up and said', async () => {
  let answer = (_: boolean) => {};
  const tell = () =>
    new Promise<boolean>((resolve) => {
      answer = resolve;
    });
  const ended = late.add(commandOf('ann', { tell }));
  void late.add(commandOf('bob'));
  const trying = late.ahead('demo/shop');
  const closed = late.close();
  expect(lost).toEqual([]);
  answer(true);
  await Promise.all([closed, trying, ended]);
  await late.add(commandOf('eve'));
  expect([told, lost, late.count]).toEqual([[], ['bob: the API was stopped', 'eve: the API was stopped'], 0]);
});
