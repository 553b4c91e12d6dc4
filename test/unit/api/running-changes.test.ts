/** What runs, from a whole list and from what has changed since. */
import { expect, test } from 'vitest';
import type { Listed } from '../../../src/api/temporal/running-changes.ts';
import { RunningChanges } from '../../../src/api/temporal/running-changes.ts';

const second = 1_000;
const minute = 60 * second;

/** `mark`: another one for each change. `open`: it runs. */
function run(
  target: string,
  { runId = `run-of-${target}`, mark = 'soaking', open = true, begun = 1 } = {},
): Listed {
  const [environment = '', service = ''] = target.split('/');
  return {
    summary: {
      target,
      environment,
      service,
      version: 'v2',
      phase: 'soaking',
      stage: 0,
      outcome: null,
      workflowId: `rollout/${target}`,
      runId,
      temporalStatus: open ? 'RUNNING' : 'COMPLETED',
      startedAtMs: begun,
      endedAtMs: null,
    },
    memo: () => null,
    isOpen: open,
    mark: `${mark} ${open}`,
  };
}

const shop = run('prod/shop');
const cart = run('prod/cart');

function read(...listed: Listed[]) {
  const changes = new RunningChanges();
  changes.whole(listed, 0);
  const runs = () =>
    Object.fromEntries([...changes.running].map(([target, { summary }]) => [target, summary.runId]));
  return { changes, runs };
}

test('the first list is a whole one, then half a minute of changes, which reach half a minute back', () => {
  const changes = new RunningChanges();
  expect(changes.since(0)).toBeNull();
  changes.whole([shop], 0);
  expect(changes.since(2 * second)).toBe(-30 * second);
  changes.changed([], 2 * second);
  expect(changes.since(29 * second)).toBe(-28 * second);
  expect(changes.since(30 * second)).toBeNull();
});

test('after a time in which nothing could be read, changes reach back to when something was', () => {
  const { changes } = read(shop);
  changes.changed([], 5 * second);
  expect(changes.since(25 * second)).toBe(-25 * second);
});

test('one that has begun is added, one that has ended is removed, and all the others stay', () => {
  const { changes, runs } = read(shop, cart);
  const pay = run('prod/pay');
  expect(changes.changed([pay, run('prod/cart', { open: false })], second)).toBe(true);
  expect(runs()).toEqual({ 'prod/shop': 'run-of-prod/shop', 'prod/pay': 'run-of-prod/pay' });
});

test('what is shown again, as it is for half a minute, is no news', () => {
  const { changes } = read(shop);
  const moved = run('prod/shop', { mark: 'holding' });
  const ended = run('prod/cart', { open: false });
  expect(changes.changed([moved, ended], second)).toBe(true);
  expect(changes.changed([moved, ended], 2 * second)).toBe(false);
  expect(changes.changed([run('prod/shop', { mark: 'soaking again' }), ended], 3 * second)).toBe(true);
});

test('of a target that is rolled out anew, the run that ended does not take the next one with it', () => {
  const { changes, runs } = read(shop);
  const next = run('prod/shop', { runId: 'next', begun: 2 });
  const ended = run('prod/shop', { open: false });
  expect(changes.changed([next, ended], second)).toBe(true);
  expect(runs()).toEqual({ 'prod/shop': 'next' });
  expect(changes.changed([ended, next], 2 * second)).toBe(false);
  expect(runs()).toEqual({ 'prod/shop': 'next' });
});

test('a whole list that shows the same is no news', () => {
  const { changes } = read(shop, cart);
  expect(changes.whole([cart, shop], 30 * second)).toBe(false);
  expect(changes.whole([cart], 31 * second)).toBe(true);
  expect(changes.whole([cart, run('prod/pay')], 32 * second)).toBe(true);
});

test('of a whole list, what has not changed is what it was', () => {
  const { changes } = read(shop);
  const [before] = changes.running.values();
  changes.whole([run('prod/shop'), cart], 30 * second);
  expect(changes.running.get('prod/shop')).toBe(before);
  changes.whole([run('prod/shop', { mark: 'holding' })], 31 * second);
  expect(changes.running.get('prod/shop')).not.toBe(before);
});

test('changes that do not show what a whole list has shown are not relied on for five minutes', () => {
  const { changes, runs } = read(shop);
  changes.changed([], 28 * second);
  changes.whole([shop, cart], 30 * second);
  expect(changes.since(32 * second)).not.toBeNull();
  expect(changes.changed([], 32 * second)).toBeNull();
  expect(runs()).toEqual({ 'prod/shop': 'run-of-prod/shop', 'prod/cart': 'run-of-prod/cart' });
  expect(changes.since(34 * second)).toBeNull();
  changes.whole([cart], 34 * second);
  expect(changes.since(32 * second + 5 * minute - 1)).toBeNull();
  changes.whole([cart], 5 * minute + 31 * second);
  expect(changes.since(5 * minute + 32 * second)).not.toBeNull();
});

test('one that has gone unseen is missed as well', () => {
  const { changes } = read(shop, cart);
  changes.changed([], 28 * second);
  changes.whole([shop], 30 * second);
  expect(changes.changed([], 32 * second)).toBeNull();
});

test('changes that show what the whole list did are relied on', () => {
  const { changes } = read(shop, cart);
  changes.changed([], 28 * second);
  changes.whole([shop, run('prod/pay')], 30 * second);
  expect(changes.changed([run('prod/pay'), run('prod/cart', { open: false })], 32 * second)).toBe(true);
  expect(changes.since(34 * second)).toBe(2 * second);
});

test('what may have happened long before the whole list is owed by nobody', () => {
  const { changes } = read(shop);
  changes.whole([shop, cart], 11 * second);
  expect(changes.changed([], 13 * second)).toBe(false);
});

test('where changes cannot be had, lists are whole', () => {
  const { changes } = read(shop);
  changes.distrust(second);
  expect(changes.since(2 * second)).toBeNull();
  expect(changes.since(second + 5 * minute)).toBeNull();
  changes.whole([shop], second + 5 * minute);
  expect(changes.since(2 * second + 5 * minute)).not.toBeNull();
});
