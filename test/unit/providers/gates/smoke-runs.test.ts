import { afterEach, expect, it, vi } from 'vitest';
import { Runs } from '../../../../src/providers/gates/smoke/runs.ts';
import type { Test, TestResult } from '../../../../src/providers/gates/smoke/types.ts';
import { questionFixture } from '../../../contract/gates/suite.ts';

const passed: TestResult = { answer: 'open', said: 'well', report: null };
const failed: TestResult = { answer: 'refuse', said: 'badly', report: null };
const question = questionFixture();
const never = new AbortController().signal;

/** A test that ends when it is told to, or when it is ended. */
function steered() {
  const seen = { starts: 0, ended: 0 };
  let end: (result: TestResult) => void = () => {};
  const test: Test = (_question, signal) =>
    new Promise((resolve) => {
      seen.starts += 1;
      end = resolve;
      signal.addEventListener('abort', () => {
        seen.ended += 1;
        resolve({ answer: 'hold', said: 'ended', report: null });
      });
    });
  return { seen, test, end: (result: TestResult) => end(result) };
}

let runs: Runs;
afterEach(async () => {
  vi.restoreAllMocks();
  await runs.close();
});
const look = (tests: Readonly<Record<string, Test>>, signal = never) =>
  runs.look(new Map(Object.entries(tests)), question, signal);

it('finds a test where it is at the next look, and runs it anew only after all have told their results', async () => {
  // What is told of its age depends on nothing but the clock.
  vi.spyOn(performance, 'now').mockReturnValue(1_000_000);
  runs = new Runs({ waitMs: 20, forgottenMs: 60_000 });
  const [slow, quick] = [steered(), steered()];
  const tests = { slow: slow.test, quick: quick.test };
  const first = look(tests);
  quick.end(passed);
  expect(await first).toMatchObject([
    { answer: 'hold', said: expect.stringMatching(/^still runs, since 0s; wait/) },
    passed,
  ]);
  const second = look(tests);
  slow.end(passed);
  expect(await second).toEqual([passed, passed]);
  expect([slow.seen.starts, quick.seen.starts]).toEqual([1, 1]);
  await look(tests);
  expect([slow.seen.starts, quick.seen.starts]).toEqual([2, 2]);
});

it('ends the others when one has failed', async () => {
  runs = new Runs({ waitMs: 20, forgottenMs: 60_000 });
  const [slow, bad] = [steered(), steered()];
  const asked = look({ slow: slow.test, bad: bad.test });
  bad.end(failed);
  expect(await asked).toMatchObject([{ answer: 'hold' }, failed]);
  expect(slow.seen.ended).toBe(1);
});

it('ends what its caller has given up', async () => {
  runs = new Runs({ waitMs: 60_000, forgottenMs: 60_000 });
  const slow = steered();
  const stopper = new AbortController();
  const asked = look({ slow: slow.test }, stopper.signal);
  stopper.abort(new Error('enough'));
  await expect(asked).rejects.toThrow('enough');
  expect(slow.seen.ended).toBe(1);
});

it('ends what nobody asks about any more, and all at the end', async () => {
  runs = new Runs({ waitMs: 1, forgottenMs: 10 });
  const [first, last] = [steered(), steered()];
  await look({ first: first.test });
  await expect.poll(() => first.seen.ended).toBe(1);
  await look({ last: last.test });
  await runs.close();
  expect(last.seen.ended).toBe(1);
});

it('holds when a test itself breaks', async () => {
  runs = new Runs({ waitMs: 1_000, forgottenMs: 60_000 });
  const result = await look({ broken: () => Promise.reject(new Error('no route')) });
  expect(result).toMatchObject([{ answer: 'hold', said: 'no route' }]);
});

it('takes the end of a test that it cut short for no finding', async () => {
  runs = new Runs({ waitMs: 60_000, forgottenMs: 60_000 });
  const seen: boolean[] = [];
  const cut: Test = (_question, signal) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        seen.push(true);
        resolve({ answer: 'refuse', said: 'it ended with code 143', report: null });
      });
    });
  const asked = look({ cut });
  await runs.close();
  expect(await asked).toMatchObject([{ answer: 'hold' }]);
  expect(seen).toEqual([true]);
});

it('goes on for whoever waits for it still, when another attempt is given up', async () => {
  runs = new Runs({ waitMs: 60_000, forgottenMs: 60_000 });
  const slow = steered();
  const stopper = new AbortController();
  const former = look({ slow: slow.test }, stopper.signal);
  const next = look({ slow: slow.test });
  stopper.abort(new Error('its worker is gone'));
  await expect(former).rejects.toThrow('its worker is gone');
  expect(slow.seen).toEqual({ starts: 1, ended: 0 });
  slow.end(passed);
  expect(await next).toEqual([passed]);
});
