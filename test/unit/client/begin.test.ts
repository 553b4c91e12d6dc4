/** A start that is sent until it is answered, on a clock of its own. */
import { describe, expect, test } from 'vitest';
import { begin, type WaitingWords } from '../../../src/client/begin.ts';

const started = 'demo/shop';

class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail = 'It waits for an answer.';
  readonly retryAfterMs: number | null;
  constructor(status: number, code: string, retryAfterMs: number | null = null) {
    super(code);
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}
const lost = new Refused(0, 'unreachable');
const pending = new Refused(503, 'supersede-pending');
const busy = new Refused(429, 'starts-busy', 7_000);

const silent: WaitingWords['silent'] = (tries, most) => `lost ${tries} of ${most}`;
const words: WaitingWords = { predecessor: (detail) => `the other one: ${detail}`, busy: 'busy', silent };

interface Setting {
  readonly words?: WaitingWords;
  /** What is waited for when it is aborted. Default: it is not. */
  readonly abortedAt?: string;
}

async function run(answers: readonly (string | Error)[], { words: said = words, abortedAt }: Setting = {}) {
  const aborted = new AbortController();
  const told: string[] = [];
  const took = { ms: 0, tries: 0 };
  const outcome = await begin({
    post: async () => {
      const answer = answers[Math.min(took.tries++, answers.length - 1)];
      if (answer instanceof Error) throw answer;
      return answer;
    },
    refusalOf: (error) => (error instanceof Refused ? error : null),
    words: said,
    tell: (text) => {
      told.push(text);
      if (text === abortedAt) aborted.abort(new Error('closed'));
    },
    clock: {
      now: () => took.ms,
      sleep: async (ms, signal) => {
        signal?.throwIfAborted();
        took.ms += ms;
      },
    },
    signal: aborted.signal,
  }).catch((error: unknown) => error);
  return { outcome, told, ...took };
}

describe('a start', () => {
  test('waits for a rollout that gives way, but not for ever', async () => {
    expect(await run([pending, pending, started])).toEqual({
      ...{ outcome: started, tries: 3, ms: 4_000 },
      told: ['the other one: It waits for an answer.'],
    });
    expect(await run([pending])).toMatchObject({ outcome: pending, ms: 180_000 });
  });

  test('waits for its turn where the API has too much to do, for as long as that says', async () => {
    expect(await run([busy, started])).toMatchObject({ outcome: started, ms: 7_000, told: ['busy'] });
    expect(await run([busy])).toMatchObject({ outcome: busy, ms: 175_000 });
    expect(await run([new Refused(429, 'starts-busy'), started])).toMatchObject({ ms: 2_000 });
  });

  test('says each reason to wait when it changes', async () => {
    const { told } = await run([busy, busy, pending, pending, busy, started]);
    expect(told).toEqual(['busy', 'the other one: It waits for an answer.', 'busy']);
  });

  test('is not sent any more once it was aborted', async () => {
    expect(await run([busy, started], { abortedAt: 'busy' })).toMatchObject({
      outcome: new Error('closed'),
      tries: 1,
    });
  });

  test('is asked again after a lost answer, a bounded number of times, and only where somebody waits for that', async () => {
    expect(await run([lost, busy, lost, started])).toMatchObject({
      outcome: started,
      told: ['lost 1 of 2', 'busy', 'lost 2 of 2'],
    });
    expect(await run([lost])).toMatchObject({ outcome: lost, tries: 3 });
    const { predecessor } = words;
    expect(await run([lost], { words: { predecessor, busy: 'busy' } })).toMatchObject({ tries: 1 });
  });

  test('is not asked again after a no, or after what no API has said', async () => {
    const no = new Refused(409, 'rollout-running');
    expect(await run([no, started])).toMatchObject({ outcome: no, tries: 1 });
    const own = new Error('a slip');
    expect(await run([own, started])).toMatchObject({ outcome: own, tries: 1 });
  });
});
