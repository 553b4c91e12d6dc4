/** Answers that many ask for, kept for a moment. */
import { expect, test } from 'vitest';
import { RecentPages } from '../../../src/api/temporal/recent-pages.ts';

/** A source that counts how often it was asked; it answers when it is told to, or fails. */
function source() {
  let nowMs = 0;
  let quietFrom = Number.POSITIVE_INFINITY;
  const open: { give(answer: string): void; fail(error: Error): void }[] = [];
  const pages = new RecentPages<string>(
    (atMs) => quietFrom <= atMs,
    () => nowMs,
  );
  const asked = () => open.length;
  const ask = () => new Promise<string>((give, fail) => open.push({ give, fail }));
  return {
    asked,
    get: (key = 'list') => pages.of(key, ask),
    getNow: () => pages.since(nowMs).of('list', ask),
    answer: (text: string, at = -1) => open.at(at)?.give(text),
    fail: () => open.at(-1)?.fail(new Error('away')),
    pass: (ms: number) => {
      nowMs += ms;
    },
    change: () => pages.changed(),
    /** Nothing is known to have changed since then; until this is said, nobody knows. */
    beQuiet: (sinceMs: number) => {
      quietFrom = sinceMs;
    },
  };
}

test('a hundred who ask at the same time cost one question', async () => {
  const { asked, get, answer } = source();
  const all = Promise.all(Array.from({ length: 100 }, () => get()));
  answer('one');
  expect(new Set(await all)).toEqual(new Set(['one']));
  expect(asked()).toBe(1);
});

test('each list has an answer of its own', async () => {
  const { asked, get, answer } = source();
  const first = get('a');
  answer('of a');
  const second = get('b');
  answer('of b');
  expect([await first, await second]).toEqual(['of a', 'of b']);
  expect(asked()).toBe(2);
});

test('what is a second old is given while the next is on its way, and what is three is not given', async () => {
  const { asked, get, answer, pass } = source();
  const first = get();
  answer('old');
  await first;
  pass(999);
  expect([await get(), asked()]).toEqual(['old', 1]);
  pass(1);
  expect([await get(), await get(), asked()]).toEqual(['old', 'old', 2]);
  answer('new');
  await expect.poll(get).toBe('new');
  pass(3_000);
  const late = get();
  answer('newest');
  expect([await late, asked()]).toEqual(['newest', 3]);
});

test('when the next cannot be had, the one at hand does for three seconds, and then everybody is told why', async () => {
  const { get, answer, fail, pass } = source();
  const first = get();
  answer('old');
  await first;
  pass(2_000);
  expect(await get()).toBe('old');
  fail();
  expect(await get()).toBe('old');
  pass(1_000);
  const late = get();
  fail();
  await expect(late).rejects.toThrow('away');
});

test('after a change nothing is given that was asked for before it', async () => {
  const { asked, get, answer, change, pass } = source();
  const before = get();
  change();
  const after = get();
  expect(asked()).toBe(2);
  answer('after');
  await after;
  answer('before', 0);
  expect(await before).toBe('before');
  pass(3_000);
  const later = get();
  answer('later');
  expect(await later).toBe('later');
});

test('after a change all who may have it a moment old share an answer as ever; whoever made it is asked for anew', async () => {
  const { asked, get, getNow, answer, change, pass } = source();
  change();
  const first = get();
  answer('not yet');
  await first;
  pass(500);
  expect([await get(), await get(), asked()]).toEqual(['not yet', 'not yet', 1]);
  const own = getNow();
  answer('there');
  expect([await own, await get(), asked()]).toEqual(['there', 'there', 2]);
});

test('what was asked for within three seconds of a change is never taken for quiet, since Temporal may show it late', async () => {
  const { asked, get, answer, change, pass, beQuiet } = source();
  beQuiet(0);
  for (const afterMs of [2_999, 3_000]) {
    change();
    pass(afterMs);
    const page = get();
    answer(`asked for ${afterMs} ms after`);
    await page;
    pass(3_000);
    const questions = asked();
    const later = get();
    answer('later');
    await later;
    expect(asked() - questions).toBe(afterMs < 3_000 ? 1 : 0);
  }
});

test('while nothing is known to have changed, an answer is given for half a minute', async () => {
  const { asked, get, answer, pass, beQuiet } = source();
  const first = get();
  answer('as it was');
  await first;
  beQuiet(0);
  pass(29_999);
  expect([await get(), asked()]).toEqual(['as it was', 1]);
  pass(1);
  const late = get();
  answer('as it is');
  expect([await late, asked()]).toEqual(['as it is', 2]);
});

test('once something is known to have changed, what was asked for before is as old as it is', async () => {
  const { asked, get, answer, pass, beQuiet } = source();
  const first = get();
  answer('old');
  await first;
  pass(10_000);
  beQuiet(1);
  const next = get();
  answer('new');
  expect([await next, asked()]).toEqual(['new', 2]);
});
