/** Whether what a page shows is true, after each sign of its stream. */
import { expect, test } from 'vitest';
import {
  after,
  connecting,
  failed,
  type Known,
  kindOf,
  lost,
  refused,
  shownKind,
} from '../../../src/dashboard/live/heard.ts';

const alive = { kind: 'alive', atMs: 2 };
const trouble = { kind: 'trouble', atMs: 1, trouble: { message: 'Temporal is away' } };
const view = { kind: 'view', atMs: 3 };
const live: Known = after(connecting, view, 0);

test('a sign of life keeps live what is live, and brings a lost connection back', () => {
  expect(after(live, alive, 2)).toMatchObject({ kind: 'live', asOfMs: 2 });
  expect(after(lost(live, 'gone'), alive, 2)).toMatchObject({ kind: 'live', asOfMs: 2, why: null });
});

test('what the API could not see stays old through a lost connection, until it is seen again', () => {
  const stale = after(live, trouble, 1);
  expect(after(stale, alive, 2)).toMatchObject({ kind: 'stale', asOfMs: 0, why: 'Temporal is away' });
  const again = lost(lost(stale, 'gone'), 'still gone');
  expect(again).toMatchObject({ kind: 'lost', why: 'still gone' });
  const back = after(again, alive, 2);
  expect(back).toMatchObject({ kind: 'stale', asOfMs: 0, why: 'Temporal is away' });
  expect(after(back, view, 3)).toMatchObject({ kind: 'live', asOfMs: 3, why: null });
  expect(after(back, { ...alive, clocks: { asOfMs: 3 } }, 3)).toMatchObject({ kind: 'live', asOfMs: 3 });
});

test('an API that answers without sight is not lost, and what a proxy answers in its place is', () => {
  const away = { status: 503, code: 'temporal-unavailable', detail: 'Temporal is away' } as const;
  expect(failed(connecting, away)).toMatchObject({ kind: 'stale', asOfMs: null, why: 'Temporal is away' });
  expect(failed(connecting, { status: 0, code: 'unreachable', detail: 'gone' }).kind).toBe('lost');
  expect(failed(connecting, { status: 502, code: 'answer-strange', detail: 'gone' }).kind).toBe('lost');
});

test.each([
  [429, 'rate-limited'],
  [503, 'evidence-unavailable'],
  [503, 'auth-unavailable'],
  [500, 'internal'],
] as const)('an API that answers %s %s has not lost sight of the rollouts', (status, code) => {
  expect(failed(live, { status, code, detail: 'not now' })).toMatchObject({ kind: 'failing', asOfMs: 0 });
  expect(kindOf({}, { status, code, passing: true })).toBe('failing');
});

test('what keeps the API from telling of rollouts is told as such', () => {
  for (const code of ['temporal-unavailable', 'worker-absent', 'payload-key-missing'] as const) {
    expect(kindOf({}, { status: 503, code, passing: true })).toBe('stale');
  }
});

test('that nothing of the kind is set up is an answer', () => {
  expect(kindOf(null, { status: 503, code: 'evidence-unconfigured', passing: true })).toBe('live');
});

test('nothing is live any more that the API will not tell', () => {
  expect(refused(live, 'no session')).toMatchObject({ kind: 'refused', asOfMs: 0, why: 'no session' });
});

test('a connection is not shown as live that has brought nothing for two signs of life', () => {
  expect(shownKind(live, 12_003)).toBe('live');
  expect(shownKind(live, 12_004)).toBe('connecting');
  expect(shownKind(lost(live, 'gone'), 16_000)).toBe('lost');
  expect(shownKind({ kind: 'live', heardAtMs: null }, 16_000)).toBe('live');
});

test('a connection is live however long it took the API to gather what it brings', () => {
  const slow = after(live, { ...alive, atMs: 20_000, clocks: { asOfMs: 5_000 } }, 5_000);
  expect(slow).toMatchObject({ kind: 'live', asOfMs: 5_000 });
  expect(shownKind(slow, 25_000)).toBe('live');
});

test('a question that is asked again and again finds the API away, or without sight, or refusing', () => {
  expect(kindOf(null, null)).toBe('connecting');
  expect(kindOf({}, null)).toBe('live');
  expect(kindOf({}, { status: 0, code: 'unreachable', passing: true })).toBe('lost');
  expect(kindOf({}, { status: 503, code: 'temporal-unavailable', passing: true })).toBe('stale');
  expect(kindOf(null, { status: 401, code: 'unauthenticated', passing: false })).toBe('refused');
  expect(kindOf({}, { status: 403, code: 'access-refused', passing: false })).toBe('refused');
  expect(kindOf(null, { status: 404, code: 'rollout-not-found', passing: false })).toBe('live');
});
