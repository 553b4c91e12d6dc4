import { afterEach, describe, expect, test } from 'vitest';
import type { Started } from '../../../../src/api/contract.ts';
import type { ApiError } from '../../../../src/client/index.ts';
import { attemptFor, readAttempt } from '../../../../src/dashboard/pages/start/attempt.ts';
import { begin } from '../../../../src/dashboard/pages/start/begin.ts';
import { digestOf } from '../../../../src/dashboard/pages/start/digest.ts';
import { examplesFor } from '../../../../src/dashboard/pages/start/examples.ts';
import { remedyFor } from '../../../../src/dashboard/pages/start/remedy.ts';
import { parsePlanText } from '../../../../src/domain/plan/schema.ts';
import { catalogue, planWith } from '../../domain/plan/fixtures.ts';

test('one plan has one key, however often it is sent, and a changed plan another', () => {
  let made = 0;
  const makeKey = () => `key-${++made}`;
  const first = attemptFor(null, 'version: v1', makeKey);
  expect(attemptFor(first, 'version: v1', makeKey)).toBe(first);
  expect(attemptFor(first, 'version: v2', makeKey).key).not.toBe(first.key);
});

test('every example is a good plan without a warning, and the first has ten lines', () => {
  const examples = examplesFor({ traffic: 'haproxy', metrics: 'prometheus', workload: 'process' });
  for (const { title, text } of examples) {
    expect(parsePlanText(text, catalogue), title).toMatchObject({ ok: true, warnings: [] });
  }
  expect(examples[0]?.text.trimEnd().split('\n')).toHaveLength(10);
});

test('a plan as it would run is told by its time and its first share', () => {
  const stages = [
    { match: { header: 'x-canary', value: 'yes' }, soak: '1m' },
    { weight: 10, soak: '5m', warmUp: '1m' },
    { weight: 50, soak: '10m' },
  ];
  expect(digestOf({ ...planWith({ stages }) })).toMatchObject({ plannedMs: 17 * 60_000, firstPercent: 10 });
});

test('an attempt that was kept is read back, and nothing else is', () => {
  const attempt = { key: 'a-1', text: 'version: "v1"\n# <b>&' };
  expect(readAttempt(JSON.stringify(attempt))).toEqual(attempt);
  for (const kept of [null, '', '{}', '{"key":"","text":""}', 'null', '[1]'])
    expect(readAttempt(kept)).toBeNull();
});

test('a refusal has a way out only where there is one', () => {
  expect(remedyFor({ code: 'rollout-running' }, 'service: shop\n')).toMatchObject({
    kind: 'supersede',
    text: 'service: shop\nonConflict: supersede\n',
  });
  expect(remedyFor({ code: 'cooldown-running' }, 'service: shop\n')).toMatchObject({ kind: 'force' });
  expect(remedyFor({ code: 'emergency-open' }, 'service: shop\n')).toBeNull();
  expect(remedyFor({ code: 'rollout-running' }, '- no plan')).toBeNull();
});

describe('a start', () => {
  const started = { target: 'demo/shop' } as Started;
  class Refused extends Error {
    readonly status: number;
    readonly code: ApiError['code'];
    readonly detail = 'It waits for an answer.';
    readonly retryAfterMs: number | null;
    constructor(status: number, code: ApiError['code'], retryAfterMs: number | null = null) {
      super(code);
      this.status = status;
      this.code = code;
      this.retryAfterMs = retryAfterMs;
    }
  }
  const problemOf = (error: unknown) =>
    error instanceof Refused
      ? error
      : ({ status: 0, code: 'unreachable', detail: 'No answer.', retryAfterMs: null } as const);

  /** What is waited for when the dialog is closed; empty: it stays open. */
  let closesAt = '';
  afterEach(() => {
    closesAt = '';
  });

  async function run(...answers: (Started | Error)[]) {
    const closed = new AbortController();
    const told: string[] = [];
    const took = { ms: 0, tries: 0 };
    const clock = {
      now: () => took.ms,
      sleep: async (ms: number) => {
        took.ms += ms;
      },
    };
    const post = async () => {
      took.tries += 1;
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer === undefined || answer instanceof Error) throw answer;
      return answer;
    };
    const tell = (text: string) => {
      told.push(text);
      if (text === closesAt) closed.abort(new Error('closed'));
    };
    const sending = { post, problemOf, tell, signal: closed.signal };
    const outcome = await begin(sending, clock).catch((error: unknown) => error);
    return { outcome, told, ...took };
  }

  test('waits for a rollout that gives way, but not for ever', async () => {
    const pending = new Refused(503, 'supersede-pending');
    const { outcome, told } = await run(pending, pending, started);
    expect(outcome).toBe(started);
    expect(told[0]).toBe('This one begins when the running rollout has ended. It waits for an answer.');
    expect(await run(pending)).toMatchObject({ outcome: pending, ms: 180_000 });
  });

  test('waits for its turn where the API has too much to do, for as long as that says', async () => {
    const busy = new Refused(429, 'starts-busy', 7_000);
    const { outcome, told, ms } = await run(busy, started);
    expect({ outcome, ms }).toEqual({ outcome: started, ms: 7_000 });
    expect(told[0]).toContain('too much to do');
    expect(await run(busy)).toMatchObject({ outcome: busy, ms: 175_000 });
  });

  test('is not sent any more once its dialog was closed', async () => {
    closesAt = 'This one begins when the running rollout has ended. It waits for an answer.';
    const { outcome, tries } = await run(new Refused(503, 'supersede-pending'), started);
    expect({ outcome, tries }).toEqual({ outcome: new Error('closed'), tries: 1 });
  });

  test('is asked again after a lost answer, a bounded number of times', async () => {
    expect((await run(new Error('lost'), started)).outcome).toBe(started);
    expect((await run(new Error('lost'))).tries).toBe(3);
  });

  test('is not asked again after a no', async () => {
    const no = new Refused(409, 'rollout-running');
    expect(await run(no, started)).toMatchObject({ outcome: no, tries: 1 });
  });
});
