/** What the keeper of evidence does next: what is due, what is tried again when, and how far back it looks. */
import { expect, test } from 'vitest';
import {
  afterFailure,
  afterSuccess,
  afterSweep,
  dueOf,
  freshProgress,
  type KeeperProgress,
} from '../../../../src/domain/evidence/keeper.ts';

const ended = (runId: string, endedAtMs: number) => ({ target: 'demo/shop', runId, endedAtMs });
const [first, second] = [ended('a', 1_000), ended('b', 2_000)];

test('takes what ended first, and nothing that is kept', () => {
  expect(dueOf([second, first], freshProgress, new Set(), 5_000)).toEqual([first, second]);
  expect(dueOf([second, first], freshProgress, new Set(['a']), 5_000)).toEqual([second]);
});

test('tries again what failed, later each time, and never later than five minutes', () => {
  let progress: KeeperProgress = freshProgress;
  const waits: number[] = [];
  for (let tries = 1; tries <= 9; tries++) {
    progress = afterFailure(progress, first, 'no space', 10_000);
    waits.push((progress.failing[0]?.nextAtMs ?? 0) - 10_000);
  }
  expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000]);
  expect(progress.failing).toMatchObject([{ runId: 'a', tries: 9, problem: 'no space' }]);
  expect(dueOf([first, second], progress, new Set(), 10_000)).toEqual([second]);
  expect(dueOf([first], progress, new Set(), 310_000)).toEqual([first]);
  expect(afterSuccess(progress, 'a').failing).toEqual([]);
});

test('looks back as far as to what still fails, and no further', () => {
  expect(afterSweep(freshProgress, [first, second], 9_000).sinceMs).toBe(9_000);
  const failing = afterFailure(freshProgress, first, 'no space', 3_000);
  expect(afterSweep(failing, [first, second], 9_000).sinceMs).toBe(1_000);
});

test('gives up what Temporal does not know any more', () => {
  const failing = afterFailure(freshProgress, first, 'no space', 3_000);
  expect(afterSweep(failing, [second], 9_000)).toMatchObject({ failing: [], sinceMs: 9_000 });
});

test('keeps its account small however much fails', () => {
  let progress: KeeperProgress = freshProgress;
  for (let index = 0; index < 1_000; index++)
    progress = afterFailure(progress, ended(`run-${index}`, index), 'x'.repeat(10_000), 0);
  expect(JSON.stringify(progress).length).toBeLessThan(100_000);
});

test('looks back again as far while more fails than it has room for', () => {
  const all = Array.from({ length: 201 }, (_, index) => ended(`run-${index}`, 1_000 + index));
  const cut = all.reduce<KeeperProgress>((known, one) => afterFailure(known, one, 'full', 3_000), {
    ...freshProgress,
    sinceMs: 500,
  });
  const swept = afterSweep(cut, all, 9_000);
  expect(swept.sinceMs).toBe(500);
  expect(dueOf(all, swept, new Set(), 3_000)).toEqual([all[0]]);
  expect(afterSweep(swept, all, 9_000).sinceMs).toBe(1_001);
});
