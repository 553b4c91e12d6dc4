/** Looks at gates: what is kept of an answer, and what a guard that says nothing new leaves as it was. */
import { beforeEach, expect, it } from 'vitest';
import { GateLooks } from '../../../src/activities/gates/looks.ts';
import type { GatePlace } from '../../../src/domain/gates/types.ts';
import type { GateVerdict } from '../../../src/providers/gates/types.ts';
import { questionFixture } from '../../contract/gates/suite.ts';
import { gateFixture } from '../../support/plan.ts';

const timeoutMs = 600_000;
let nowMs: number;
let verdict: GateVerdict | Error;
let kept: string[];
beforeEach(() => {
  nowMs = 1_000_000;
  kept = [];
});

function said(): GateVerdict {
  if (verdict instanceof Error) throw verdict;
  return verdict;
}

function looksAt(place: GatePlace, sinceMs = nowMs): () => Promise<string | undefined> {
  const {
    options: _options,
    nowMs: _now,
    id: _id,
    gate: _gate,
    answers: _answers,
    ...question
  } = questionFixture();
  const looks = new GateLooks({
    gates: [gateFixture({ name: 'ready', timeoutMs })],
    place,
    clock: { now: () => nowMs, sleep: async () => {} },
    find: () => ({ gate: { evaluate: async () => said(), close: async () => {} }, intervalMs: 1_000 }),
    question: { ...question, place, sinceMs },
    runId: 'run',
    keep: async (_config, { content }) => {
      kept.push(content);
      return { name: 'a.json', mediaType: 'application/json', bytes: 1, sha256: content, key: null };
    },
  });
  return async () => {
    looks.tick();
    await looks.idle();
    return looks.reports[0]?.answer;
  };
}

const report = (content: string) => [{ name: 'a.json', mediaType: 'application/json', content }];

it('keeps a report when the answer is another one, not each time that it is given', async () => {
  const look = looksAt('standing');
  for (const content of ['at 1', 'at 2', 'at 3']) {
    verdict = { answer: 'open', reason: 'well', facts: { score: 90 }, reports: report(content) };
    expect(await look()).toBe('open');
    nowMs += 2_000;
  }
  verdict = { answer: 'open', reason: 'well', facts: { score: 80 }, reports: report('at 4') };
  await look();
  expect(kept).toEqual(['at 1', 'at 4']);
});

it('leaves a guard as it was while it says nothing new yet, for as long as it asks for and no longer', async () => {
  const look = looksAt('standing');
  verdict = { answer: 'open', reason: 'well' };
  expect(await look()).toBe('open');
  verdict = { answer: 'hold', reason: 'still runs', pendingForMs: 10_000 };
  nowMs += 9_000;
  expect(await look()).toBe('open');
  nowMs += 2_000;
  expect(await look()).toBe('refuse');
});

it('takes a hold before a stage for what it is', async () => {
  const look = looksAt('start');
  verdict = { answer: 'hold', reason: 'still runs', pendingForMs: 10_000 };
  expect(await look()).toBe('hold');
});

it('refuses what has held for the time of the plan, since it was asked or was last open', async () => {
  const look = looksAt('start');
  verdict = { answer: 'hold', reason: 'not there' };
  nowMs += timeoutMs - 1;
  expect(await look()).toBe('hold');
  verdict = { answer: 'open', reason: 'there' };
  nowMs += 1_000;
  expect(await look()).toBe('open');
  verdict = { answer: 'hold', reason: 'gone' };
  nowMs += 60_000;
  expect(await look()).toBe('hold');
  nowMs += timeoutMs;
  expect(await look()).toBe('refuse');
});

it.each([
  ['as long as it asks for while it has no answer', 200_000, 200_000],
  ['no more than the time of the plan', timeoutMs * 2, timeoutMs],
  ['a minute while it cannot be asked', null, 60_000],
])('gives a gate that is asked anew after its time %s', async (_what, pendingForMs, leftMs) => {
  const look = looksAt('start', nowMs - 2 * timeoutMs);
  verdict = pendingForMs === null ? new Error('away') : { answer: 'hold', reason: 'not yet', pendingForMs };
  expect(await look()).toBe('hold');
  nowMs += leftMs - 1;
  expect(await look()).toBe('hold');
  nowMs += 1_000;
  expect(await look()).toBe('refuse');
});

it('refuses at once what holds with an answer when it is asked anew after its time', async () => {
  const look = looksAt('start', nowMs - 2 * timeoutMs);
  verdict = { answer: 'hold', reason: 'not enough people' };
  expect(await look()).toBe('refuse');
});
