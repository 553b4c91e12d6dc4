/** Questions to a metrics source that are sent once for many who ask. */
import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../../../src/domain/errors.ts';
import { shared } from '../../../../src/providers/metrics/shared.ts';
import type { MetricsProvider, Series } from '../../../../src/providers/metrics/types.ts';

interface Sent {
  readonly query: string;
  readonly signal: AbortSignal | undefined;
  answer(value: number): void;
  fail(): void;
}

/** A source that answers only when the test lets it. */
function slowSource(concurrent = 10, freshMs = 60_000) {
  const sent: Sent[] = [];
  const send = (query: string, signal: AbortSignal | undefined) =>
    new Promise<readonly Series[]>((resolve, reject) => {
      sent.push({
        query,
        signal,
        answer: (value) => resolve([{ labels: {}, points: [[0, value]] }]),
        fail: () => reject(new SluiceError('metrics-unavailable', 'away')),
      });
    });
  const source: MetricsProvider = {
    instant: (query, options = {}) => send(query, options.signal),
    range: (query, options) => send(query, options.signal),
    counters: (selector, options) => send(selector, options.signal),
    close: async () => {},
  };
  const nth = (index: number): Sent => {
    const found = sent[index];
    if (found === undefined) throw new Error(`question ${index} was not sent`);
    return found;
  };
  return { provider: shared(source, { concurrent, freshMs }), sent, nth };
}

/** All that was begun has come as far as it can without an answer. */
async function quiet(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

const one = [{ labels: {}, points: [[0, 1]] }];

describe('shared metrics', () => {
  it('sends the same question of several rollouts once, and answers all of them', async () => {
    const { provider, sent, nth } = slowSource();
    const asked = [provider.instant('up'), provider.instant('up'), provider.instant('up', { atMs: 5 })];
    await quiet();
    expect(sent.map(({ query }) => query)).toEqual(['up', 'up']);
    nth(0).answer(1);
    nth(1).answer(1);
    expect(await Promise.all(asked)).toEqual([one, one, one]);
    expect(await provider.instant('up')).toEqual(one);
    expect(sent).toHaveLength(2);
  });

  it('tells times, ranges and kinds of questions apart', async () => {
    const { provider, sent } = slowSource();
    const range = { fromMs: 0, toMs: 10, stepMs: 1 };
    void provider.range('up', range);
    void provider.range('up', { ...range, stepMs: 2 });
    void provider.counters('up', { fromMs: 0, toMs: 10 });
    void provider.counters('up', { fromMs: 0, toMs: 10 });
    await quiet();
    expect(sent).toHaveLength(3);
  });

  it('asks anew after an error', async () => {
    const { provider, sent, nth } = slowSource();
    const asked = [provider.instant('up'), provider.instant('up')];
    await quiet();
    nth(0).fail();
    for (const answer of asked) await expect(answer).rejects.toMatchObject({ code: 'metrics-unavailable' });
    const again = provider.instant('up');
    await quiet();
    nth(1).answer(1);
    expect(await again).toEqual(one);
    expect(sent).toHaveLength(2);
  });

  it('lets one caller go without harm to the others, and withdraws a question that nobody waits for', async () => {
    const { provider, nth, sent } = slowSource();
    const [first, second] = [new AbortController(), new AbortController()];
    const leaves = provider.instant('up', { signal: first.signal });
    const stays = provider.instant('up', { signal: second.signal });
    await quiet();
    first.abort();
    await expect(leaves).rejects.toMatchObject({ code: 'metrics-unavailable' });
    expect(nth(0).signal?.aborted).toBe(false);
    second.abort();
    await expect(stays).rejects.toMatchObject({ code: 'metrics-unavailable' });
    expect(nth(0).signal?.aborted).toBe(true);
    void provider.instant('up');
    await quiet();
    expect(sent).toHaveLength(2);
  });

  it('has a bounded number of questions under way, and drops those given up while they waited', async () => {
    const { provider, sent, nth } = slowSource(2);
    const stopper = new AbortController();
    const answers = ['a', 'b'].map((query) => provider.instant(query));
    const dropped = provider.instant('c', { signal: stopper.signal });
    const last = provider.instant('d');
    await quiet();
    expect(sent.map(({ query }) => query)).toEqual(['a', 'b']);
    stopper.abort();
    await expect(dropped).rejects.toMatchObject({ code: 'metrics-unavailable' });
    nth(0).answer(1);
    await quiet();
    expect(sent.map(({ query }) => query)).toEqual(['a', 'b', 'd']);
    nth(1).answer(1);
    nth(2).answer(1);
    expect(await Promise.all([...answers, last])).toEqual([one, one, one]);
  });
});
