/** Streams through lost connections: resuming, pauses, silence, and what is told of it. */
import { afterEach, expect, test, vi } from 'vitest';
import type { RolloutView } from '../../../src/api/contract.ts';
import type { Followed } from '../../../src/client/follow.ts';
import { createClient } from '../../../src/client/index.ts';
import type { StreamClock } from '../../../src/client/stream.ts';
import { runId, viewOf } from '../api/fakes.ts';

afterEach(() => {
  vi.useRealTimers();
});

const shop = { environment: 'demo', service: 'shop' };
const ended = viewOf({ phase: 'promoted', outcome: 'promoted' });
const status = (view: RolloutView, id: number) =>
  `id: ${id}\nevent: status\ndata: ${JSON.stringify(view)}\n\n`;

/** Answers each connection with the next script, and remembers how it was asked and how long each pause was. */
function scripted(...script: (string | Response | Error | ((signal: AbortSignal) => Response))[]) {
  const asked: { readonly url: string; readonly lastEventId: string | null }[] = [];
  const pauses: number[] = [];
  const answer: typeof fetch = async (input, init) => {
    const lastEventId = new Headers(init?.headers).get('last-event-id');
    asked.push({ url: String(input), lastEventId });
    const next = script[asked.length - 1] ?? new Error('refused');
    if (next instanceof Error) throw next;
    if (typeof next === 'function') return next(init?.signal ?? new AbortController().signal);
    return typeof next === 'string' ? new Response(next) : next;
  };
  const clock: StreamClock = {
    now: () => 1000,
    random: () => 0,
    sleep: async (ms) => {
      pauses.push(ms);
    },
  };
  return { client: createClient({ baseUrl: '', fetch: answer }), clock, asked, pauses };
}

async function all(signs: AsyncGenerator<Followed>): Promise<Followed[]> {
  const seen: Followed[] = [];
  for await (const sign of signs) seen.push(sign);
  return seen;
}

test('goes on after the last event it has seen, with the same run, and tells that it was lost', async () => {
  const trouble = 'event: trouble\ndata: {"code":"internal","message":"m","sinceMs":5}\n\n';
  const { client, clock, asked } = scripted(
    `${status(viewOf(), 41)}: still here\n\n`,
    `${trouble}${status(ended, 43)}`,
  );
  const seen = await all(client.follow(shop, { clock }));
  expect(seen.map(({ kind }) => kind)).toEqual([
    'alive',
    'view',
    'alive',
    'lost',
    'alive',
    'trouble',
    'view',
  ]);
  expect(seen[3]).toMatchObject({ heardAtMs: 1000, error: { code: 'unreachable' } });
  expect(asked).toEqual([
    { url: '/v1/rollouts/demo/shop/events', lastEventId: null },
    { url: `/v1/rollouts/demo/shop/events?run=${runId}`, lastEventId: '41' },
  ]);
});

test('waits longer each time, no shorter than asked, and anew after it was heard', async () => {
  const slow = new Response('{}', { status: 503, headers: { 'retry-after': '7' } });
  const gone = new Error('refused');
  const { client, clock, pauses } = scripted(gone, gone, slow, gone, status(viewOf(), 1), status(ended, 2));
  await all(client.follow(shop, { clock }));
  expect(pauses).toEqual([250, 500, 7000, 2000, 250]);
});

test('comes back at its own time: half of each pause is chance', async () => {
  const { client, clock, pauses } = scripted(new Error('refused'), status(ended, 1));
  await all(client.follow(shop, { clock: { ...clock, random: () => 1 } }));
  expect(pauses).toEqual([125]);
});

test.each([401, 403, 404])('does not try again what is refused with %d', async (code) => {
  const { client, clock, asked } = scripted(new Response('{}', { status: code }), status(ended, 1));
  await expect(all(client.follow(shop, { clock }))).rejects.toMatchObject({ status: code });
  expect(asked).toHaveLength(1);
});

test('takes a connection for dead that has been silent for more than three signs of life', async () => {
  vi.useFakeTimers();
  const encoder = new TextEncoder();
  const silent = (signal: AbortSignal) =>
    new Response(
      new ReadableStream({
        start: (controller) => {
          controller.enqueue(encoder.encode(status(viewOf(), 1)));
          signal.addEventListener('abort', () => controller.error(signal.reason));
        },
      }),
    );
  const { client, clock, asked } = scripted(silent, status(ended, 2));
  const seen = all(client.follow(shop, { clock }));
  await vi.advanceTimersByTimeAsync(19_000);
  expect(asked).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(2000);
  expect((await seen).map(({ kind }) => kind)).toEqual(['alive', 'view', 'lost', 'alive', 'view']);
});

test('stops at the signal, also in a pause', async () => {
  const { client } = scripted(new Error('refused'));
  const stop = new AbortController();
  const signs = client.follow(shop, { signal: stop.signal });
  expect((await signs.next()).value).toMatchObject({ kind: 'lost' });
  const next = signs.next();
  stop.abort(new Error('page left'));
  await expect(next).rejects.toThrow('page left');
});
