import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createRuntimeClient } from '../../../../src/providers/traffic/haproxy/client.ts';
import { waitFor } from '../../../support/wait-for.ts';

/** For what is answered: this thread may get little time. */
const patientMs = 30_000;

describe('the client of the runtime socket', () => {
  let server: Server | null = null;
  afterEach(() => {
    vi.useRealTimers();
    server?.close();
  });

  /** A server that answers as the test says; returns its address. */
  async function serve(onConnection: (socket: Socket) => void): Promise<string> {
    const started = createServer(onConnection).listen(0, '127.0.0.1');
    server = started;
    await once(started, 'listening');
    const address = started.address();
    return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  /** Answers each line with what `answer` makes of it, in pieces of one letter. */
  const interactive = (answer: (command: string) => string) => (socket: Socket) => {
    let text = '';
    socket.on('error', () => {});
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        const reply = line === 'prompt' ? '\n> ' : `${answer(line)}\n> `;
        for (const letter of reply) socket.write(letter);
      }
    });
  };

  it('gives each command its answer, over several rounds of one connection', async () => {
    let connections = 0;
    const address = await serve((socket) => {
      connections += 1;
      interactive((command) => `${command}!\n`)(socket);
    });
    const client = createRuntimeClient(address, patientMs);
    const seen = await client.converse(async (run) => [
      await run(['a', 'b']),
      await run([]),
      await run(['c']),
    ]);
    expect(seen).toEqual([['a!', 'b!'], [], ['c!']]);
    expect(connections).toBe(1);
  });

  it('lets looks follow one another over one connection, and nothing else', async () => {
    const opened: Socket[] = [];
    const address = await serve((socket) => {
      opened.push(socket);
      interactive((command) => command)(socket);
    });
    // A connection is left open for a second, which may be over before the next look of a slow machine.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const client = createRuntimeClient(address, patientMs);
    const look = { look: true };
    expect([await client.run(['a'], look), await client.run(['b'], look)]).toEqual([['a'], ['b']]);
    expect(opened).toHaveLength(1);
    expect(await client.run(['write'])).toEqual(['write']);
    expect(opened).toHaveLength(2);
    opened[0]?.destroy();
    expect(await client.run(['c'], look)).toEqual(['c']);
    client.close();
    expect(await client.run(['d'], look)).toEqual(['d']);
    expect(opened).toHaveLength(4);
  });

  it('gives the next look a connection of its own when one was broken off', async () => {
    let connections = 0;
    const caller = new AbortController();
    const address = await serve((socket) => {
      connections += 1;
      if (connections > 1) return interactive((command) => command)(socket);
      socket.on('error', () => {});
      caller.abort();
    });
    const client = createRuntimeClient(address, patientMs);
    const broken = client.run(['a'], { look: true, signal: caller.signal });
    await expect(broken).rejects.toThrow(/the call was cancelled/);
    expect(await client.run(['b'], { look: true })).toEqual(['b']);
    expect(connections).toBe(2);
  });

  it('holds back more conversations than HAProxy serves at a time, and has all of them', async () => {
    let unanswered: (() => void)[] = [];
    const address = await serve((socket) => {
      socket.on('error', () => {});
      socket.setEncoding('utf8').on('data', (text: string) => {
        if (text.startsWith('prompt\n')) socket.write('\n> ');
        const [, command] = /^(say \d+)$/m.exec(text) ?? [];
        if (command !== undefined) unanswered.push(() => socket.write(`${command}\n> `));
      });
    });
    const client = createRuntimeClient(address, patientMs);
    const all = Promise.all(Array.from({ length: 100 }, (_, number) => client.run([`say ${number}`])));
    for (let answered = 0; answered < 100; ) {
      await waitFor('a command', () => unanswered.length > 0, { everyMs: 1 });
      // All that come without waiting for an answer are there by then, or else in the next round.
      await sleep(10);
      expect(unanswered.length).toBeLessThanOrEqual(10);
      answered += unanswered.length;
      for (const answer of unanswered) answer();
      unanswered = [];
    }
    expect((await all).flat()).toEqual(Array.from({ length: 100 }, (_, number) => `say ${number}`));
  });

  it('says that the data plane is away when the connection breaks half-way', async () => {
    const address = await serve((socket) => {
      socket.on('error', () => {});
      socket.end('\n> first\n> sec');
    });
    const client = createRuntimeClient(address, patientMs);
    await expect(client.run(['a', 'b'])).rejects.toMatchObject({ code: 'traffic-unavailable' });
  });

  it('says so too when nothing answers in time, when the caller gives up, and when nobody listens', async () => {
    const silent = await serve((socket) => void socket.on('error', () => {}));
    const call = (limitMs: number, signal?: AbortSignal) =>
      createRuntimeClient(silent, limitMs).run(['a'], { signal });
    await expect(call(60)).rejects.toThrow(/did not answer within 60 ms/);
    await expect(call(10_000, AbortSignal.timeout(20))).rejects.toMatchObject({
      code: 'traffic-unavailable',
    });
    await expect(call(10_000, AbortSignal.abort())).rejects.toMatchObject({ code: 'traffic-unavailable' });
    await expect(createRuntimeClient('/no/such.sock', 1_000).run(['a'])).rejects.toMatchObject({
      code: 'traffic-unavailable',
      retryable: true,
    });
  });

  it.each(['a;b', 'a\nb', 'a\rb', 'a\\;b', 'add map x <<', 'a\u0000b'])('sends no %j', async (command) => {
    let heard = '';
    const address = await serve(
      interactive((line) => {
        heard += line;
        return '';
      }),
    );
    const client = createRuntimeClient(address, patientMs);
    await expect(client.run([command])).rejects.toMatchObject({ code: 'request-invalid' });
    expect(heard).toBe('');
  });
});
