/** What runs, from a whole list and from what has changed since. */
import { describe, expect, test } from 'vitest';
import { type Listed, RunningChanges } from '../../../src/api/temporal/running-changes.ts';
import type { Phase } from '../../../src/domain/rollout/types.ts';

const second = 1_000;
const minute = 60 * second;

interface Looks {
  readonly runId?: string;
  readonly phase?: Phase;
  /** Null: nobody has dated its last change. */
  readonly changedAt?: string | null;
  readonly open?: boolean;
  readonly status?: string;
  readonly begun?: number;
}

function run(target: string, looks: Looks = {}): Listed {
  const {
    runId = `run-of-${target}`,
    phase = 'soaking',
    changedAt = '10:00',
    open = true,
    begun = 1,
  } = looks;
  const [environment = '', service = ''] = target.split('/');
  return {
    summary: {
      target,
      environment,
      service,
      version: 'v2',
      phase,
      stage: 0,
      outcome: null,
      workflowId: `rollout/${target}`,
      runId,
      temporalStatus: looks.status ?? (open ? 'RUNNING' : 'COMPLETED'),
      startedAtMs: begun,
      endedAtMs: null,
    },
    memo: () => null,
    isOpen: open,
    changedAt,
  };
}

const shop = run('prod/shop');
const cart = run('prod/cart');

/** After a whole list of these, at the time 0 by either clock. */
function read(...listed: Listed[]) {
  let nowMs = 0;
  const changes = new RunningChanges(() => nowMs);
  changes.whole(listed, 0);
  return {
    changes,
    /** Both clocks go on. */
    at: (ms: number) => {
      nowMs = ms;
    },
    whole: (...all: Listed[]) => changes.whole(all, nowMs),
    changed: (...some: Listed[]) => changes.changed(some, nowMs),
    runs: () =>
      Object.fromEntries([...changes.running].map(([target, { summary }]) => [target, summary.runId])),
  };
}

test('the first list is a whole one, then half a minute of changes, which reach half a minute back', () => {
  expect(new RunningChanges().since()).toBeNull();
  const { changes, at, changed } = read(shop);
  at(2 * second);
  expect(changes.since()).toBe(-30 * second);
  changed();
  at(29 * second);
  expect(changes.since()).toBe(-28 * second);
  at(30 * second);
  expect(changes.since()).toBeNull();
});

test('after a time in which nothing could be read, changes reach back to when something was', () => {
  const { changes, at, changed } = read(shop);
  at(5 * second);
  changed();
  at(25 * second);
  expect(changes.since()).toBe(-25 * second);
});

test('a clock that is set back does not keep a whole list away', () => {
  let nowMs = 0;
  const changes = new RunningChanges(() => nowMs);
  changes.whole([shop], 60 * minute);
  nowMs = 30 * second;
  expect(changes.since()).toBeNull();
});

test('one that has begun is added, one that has ended is removed, and all the others stay', () => {
  const { changed, runs } = read(shop, cart);
  expect(changed(run('prod/pay'), run('prod/cart', { open: false }))).toBe(true);
  expect(runs()).toEqual({ 'prod/shop': 'run-of-prod/shop', 'prod/pay': 'run-of-prod/pay' });
});

test('what is shown again, as it is for half a minute, is no news', () => {
  const { changed } = read(shop);
  const moved = run('prod/shop', { phase: 'holding', changedAt: '10:01' });
  const ended = run('prod/cart', { open: false });
  expect(changed(moved, ended)).toBe(true);
  expect(changed(moved, ended)).toBe(false);
  expect(changed(run('prod/shop', { changedAt: '10:02' }), ended)).toBe(true);
});

test('of a target that is rolled out anew, the run that ended does not take the next one with it', () => {
  const { changed, runs } = read(shop);
  const next = run('prod/shop', { runId: 'next', begun: 2 });
  const ended = run('prod/shop', { open: false });
  expect(changed(next, ended)).toBe(true);
  expect(runs()).toEqual({ 'prod/shop': 'next' });
  expect(changed(ended, next)).toBe(false);
  expect(runs()).toEqual({ 'prod/shop': 'next' });
});

test('a whole list that shows the same is no news', () => {
  const { whole } = read(shop, cart);
  expect(whole(cart, shop)).toBe(false);
  expect(whole(cart)).toBe(true);
  expect(whole(cart, run('prod/pay'))).toBe(true);
});

test('of a whole list, what has not changed is what it was', () => {
  const { changes, whole } = read(shop);
  const [before] = changes.running.values();
  whole(run('prod/shop'), cart);
  expect(changes.running.get('prod/shop')).toBe(before);
  whole(run('prod/shop', { phase: 'holding', changedAt: '10:01' }));
  expect(changes.running.get('prod/shop')).not.toBe(before);
});

describe('changes that do not show what a whole list has shown', () => {
  test('are not relied on for five minutes, and then for ten', () => {
    const { changes, at, whole, changed, runs } = read(shop);
    at(28 * second);
    changed();
    at(30 * second);
    whole(shop, cart);
    at(32 * second);
    expect(changes.since()).not.toBeNull();
    expect(changed()).toBeNull();
    expect(runs()).toEqual({ 'prod/shop': 'run-of-prod/shop', 'prod/cart': 'run-of-prod/cart' });
    at(32 * second + 5 * minute - 1);
    expect(changes.since()).toBeNull();
    whole(cart);
    at(32 * second + 5 * minute);
    expect(changes.since()).not.toBeNull();
    changes.distrust();
    whole(cart);
    at(32 * second + 15 * minute - 1);
    expect(changes.since()).toBeNull();
  });

  test('are those of one that has gone unseen as well', () => {
    const { at, whole, changed } = read(shop, cart);
    at(28 * second);
    changed();
    at(30 * second);
    whole(shop);
    expect(changed()).toBeNull();
  });

  test('are none where the whole list came long after what was read before it', () => {
    const { at, whole, changed } = read(shop);
    at(11 * second);
    whole(shop, cart);
    expect(changed()).toBe(false);
  });

  test('are none where a rollout was paused in Temporal, which changes none of its attributes', () => {
    const { at, whole, changed } = read(shop);
    at(5 * second);
    expect(whole(run('prod/shop', { status: 'PAUSED' }))).toBe(true);
    expect(changed()).toBe(false);
  });
});

describe('an older worker, which dates nothing,', () => {
  const undated = run('prod/shop', { changedAt: null });

  test('makes every list a whole one for as long as it has a rollout', () => {
    const { changes, at, whole } = read(undated);
    expect(changes.since()).toBeNull();
    at(60 * minute);
    whole(undated);
    expect(changes.since()).toBeNull();
    whole(shop);
    expect(changes.since()).not.toBeNull();
  });

  test('is seen by its rollout among the changes', () => {
    const { changed } = read(cart);
    expect(changed(undated)).toBeNull();
  });

  test('is not taken for one that has only just been given a rollout', () => {
    const { changes } = read(run('prod/shop', { phase: 'preparing', changedAt: null }));
    expect(changes.since()).not.toBeNull();
  });

  test('is seen when it takes over what a newer one has dated', () => {
    const { changes, whole } = read(shop);
    whole(run('prod/shop', { phase: 'holding' }));
    expect(changes.since()).toBeNull();
  });
});

describe('the list is sure to be what visibility shows', () => {
  test('when it was read whole, and by changes once they have shown one', () => {
    const { changes, changed } = read(shop);
    expect(changes.sure).toBe(true);
    changed();
    expect(changes.sure).toBe(false);
    changed(run('prod/shop', { phase: 'holding', changedAt: '10:01' }));
    expect(changes.sure).toBe(true);
    changed();
    expect(changes.sure).toBe(true);
  });

  test('when changes have shown what a whole list did', () => {
    const { changes, whole, changed } = read(shop);
    whole(shop, cart);
    changed(cart);
    expect(changes.sure).toBe(true);
  });

  test('no more once changes were seen to be missing', () => {
    const { changes, changed } = read(shop);
    changed(run('prod/shop', { phase: 'holding', changedAt: '10:01' }));
    changes.distrust();
    expect(changes.sure).toBe(false);
  });
});
