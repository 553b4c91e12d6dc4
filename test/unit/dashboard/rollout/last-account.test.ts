import { expect, test } from 'vitest';
import { accountAfter, shownOf } from '../../../../src/dashboard/pages/rollout/model/last-account.ts';
import { viewOf } from '../../api/fakes.ts';
import { liveOf } from './fixtures.ts';

const live = liveOf();
const told = { ...viewOf({ phase: 'soaking' }), live };
const silent = { ...told, status: null, live: null, workerAnswered: false };

test('a rollout whose worker is gone is shown as it was told of last, and since when', () => {
  const account = accountAfter(accountAfter(null, told, 1_000), silent, 9_000);
  expect(shownOf(silent, account)).toEqual({
    view: { ...silent, status: told.status, live },
    toldAtMs: 1_000,
  });
});

test('a heartbeat that Temporal still tells of is newer than that of the last account', () => {
  const newer = liveOf({ measuredPercent: 11 });
  const account = accountAfter(null, told, 1_000);
  expect(shownOf({ ...silent, live: newer }, account).view.live).toBe(newer);
});

test('what is told now is shown as it is, and nothing is taken over from another run', () => {
  const account = accountAfter(null, told, 1_000);
  expect(shownOf(told, account)).toEqual({ view: told, toldAtMs: null });
  const next = { ...silent, runId: 'another' };
  expect(shownOf(next, account)).toEqual({ view: next, toldAtMs: null });
  expect(accountAfter(account, next, 2_000)).toBeNull();
});
