/** Following through lost connections, and finding the API. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RolloutView } from '../../../src/api/contract.ts';
import { problemOf } from '../../../src/api/problems.ts';
import { apiAddressOf } from '../../../src/cli/api-url.ts';
import { createClient } from '../../../src/cli/client.ts';
import { type Followed, follow } from '../../../src/cli/follow.ts';
import { main } from '../../../src/cli/program.ts';
import { readEvents } from '../../../src/client/sse.ts';
import { SluiceError } from '../../../src/domain/errors.ts';
import { runId, viewOf } from '../api/fakes.ts';
import { fakeIo } from './fakes.ts';

const urlOf = (...args: Parameters<typeof apiAddressOf>) => apiAddressOf(...args).url;
const shop = { environment: 'demo', service: 'shop' };
const ended = viewOf({ phase: 'promoted', outcome: 'promoted' });
const event = (view: RolloutView) => `id: 1\nevent: status\ndata: ${JSON.stringify(view)}\n\n`;

/** Answers each connection with the next script; a number is a status, an error of the catalogue a refusal, another a lost connection. */
function scripted(...script: (string | number | Error)[]) {
  const asked: string[] = [];
  const io = fakeIo({
    fetch: async (input) => {
      asked.push(String(input));
      const next = script[asked.length - 1] ?? new Error('refused');
      if (next instanceof SluiceError) {
        return new Response(JSON.stringify(problemOf(next, 'r')), { status: next.status });
      }
      if (next instanceof Error) throw next;
      return typeof next === 'string' ? new Response(next) : new Response('{}', { status: next });
    },
  });
  return { io, asked };
}

async function followed(io: ReturnType<typeof fakeIo>, patienceMs = 60_000): Promise<Followed[]> {
  const seen: Followed[] = [];
  const client = createClient('http://127.0.0.1:8080', io);
  for await (const one of follow(client, shop, { patienceMs }, io)) seen.push(one);
  return seen;
}

test('reads events however they are cut into chunks', async () => {
  const text = `retry: 1000\n\n: still here\n\n${event(ended)}data: a\ndata: b\n\n`;
  const bytes = new TextEncoder().encode(text.replace('rollout of', 'röllout of'));
  const chunks = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(new Uint8Array([byte]));
      controller.close();
    },
  });
  const events = [];
  for await (const one of readEvents(chunks)) events.push(one);
  expect(events.map((one) => one.event)).toEqual(['comment', 'comment', 'status', 'message']);
  expect(events[2]?.data).toContain('röllout of');
  expect(events[3]?.data).toBe('a\nb');
});

test('goes on with the same run after a lost connection and says that it is blind', async () => {
  const { io, asked } = scripted(event(viewOf()), new Error('reset'), 503, event(ended));
  const seen = await followed(io);
  expect(seen.map(({ kind }) => kind)).toEqual(['view', 'blind', 'blind', 'blind', 'view']);
  expect(asked[0]).toMatch(/events$/);
  expect(asked[3]).toMatch(new RegExp(`events\\?run=${runId}$`));
});

test('does not try again when the rollout is unknown', async () => {
  const { io, asked } = scripted(
    new SluiceError('rollout-not-found', 'No rollout of it is known.'),
    event(ended),
  );
  await expect(followed(io)).rejects.toMatchObject({ exitCode: 4 });
  expect(asked).toHaveLength(1);
});

test('gives up when nothing was heard for as long as the patience lasts', async () => {
  let nowMs = 0;
  const io = fakeIo({
    fetch: async () => {
      throw new Error('refused');
    },
    now: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms;
    },
  });
  await expect(followed(io, 20_000)).rejects.toMatchObject({ exitCode: 5 });
  expect(nowMs).toBeGreaterThan(20_000);
  expect(nowMs).toBeLessThan(40_000);
});

test('Ctrl-C ends the watching, not the rollout', async () => {
  const io = fakeIo({
    fetch: async () => {
      io.interrupt.abort();
      throw new Error('aborted');
    },
  });
  expect(await main(['watch', 'demo/shop'], io)).toBe(130);
  expect(io.printed.err).toContain('the rollout goes on');
});

test('a reader that has seen enough (`| head`) ends the watching without a word', async () => {
  const io = fakeIo({
    fetch: async () => {
      io.interrupt.abort(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      throw new Error('aborted');
    },
  });
  expect(await main(['watch', 'demo/shop'], io)).toBe(130);
  expect(io.printed).toEqual({ out: '', err: '' });
});

test('says how old the picture is while the connection is lost', async () => {
  let nowMs = 1_000_000;
  const { io } = scripted(event(viewOf()), new Error('reset'), event(ended));
  const sleep = async () => {
    nowMs += 12_000;
  };
  const aged = { ...io, now: () => nowMs, sleep };
  expect(await main(['watch', 'demo/shop'], aged)).toBe(0);
  expect(io.printed.out).toContain('connection lost');
  expect(io.printed.out).toContain('the connection is back');
});

test('the API is named by flag, environment, the stack in a folder above, or is the usual one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-cli-'));
  try {
    const cwd = join(folder, 'a', 'b');
    await mkdir(cwd, { recursive: true });
    await mkdir(join(folder, '.sluice', 'run'), { recursive: true });
    expect(urlOf({}, { env: {}, cwd })).toBe('http://127.0.0.1:8080');
    await writeFile(join(folder, '.sluice', 'run', 'stack.json'), '{"apiUrl":"http://127.0.0.1:7200/"}');
    expect(urlOf({}, { env: {}, cwd })).toBe('http://127.0.0.1:7200');
    expect(urlOf({}, { env: { SLUICE_API: 'http://a:1' }, cwd })).toBe('http://a:1');
    expect(urlOf({ api: 'https://b' }, { env: { SLUICE_API: 'http://a:1' }, cwd })).toBe('https://b');
    // Whoever can write into a folder above must not be given a token.
    for (const url of ['https://a.example.com', 'https://127.a.example.com', 'nonsense']) {
      await writeFile(join(folder, '.sluice', 'run', 'stack.json'), JSON.stringify({ apiUrl: url }));
      expect(urlOf({}, { env: {}, cwd })).toBe('http://127.0.0.1:8080');
    }
    expect(() => urlOf({ api: 'nonsense' }, { env: {}, cwd })).toThrow(
      expect.objectContaining({ exitCode: 2 }),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
