import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createRuntimeClient } from '../../../../src/providers/traffic/haproxy/client.ts';

describe('the client of the runtime socket', () => {
  let server: Server | null = null;
  afterEach(() => server?.close());

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
    const client = createRuntimeClient(address, 1_000);
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
    const client = createRuntimeClient(address, 1_000);
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
    const address = await serve((socket) => {
      connections += 1;
      if (connections > 1) interactive((command) => command)(socket);
      else socket.on('error', () => {});
    });
    const client = createRuntimeClient(address, 50);
    await expect(client.run(['a'], { look: true })).rejects.toThrow(/did not answer/);
    expect(await client.run(['b'], { look: true })).toEqual(['b']);
    expect(connections).toBe(2);
  });

  it('holds back more conversations than HAProxy serves at a time, and has all of them', async () => {
    let open = 0;
    let most = 0;
    const address = await serve((socket) => {
      open += 1;
      most = Math.max(most, open);
      socket.on('close', () => {
        open -= 1;
      });
      interactive((command) => command)(socket);
    });
    const client = createRuntimeClient(address, 5_000);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, number) => client.run([`say ${number}`])),
    );
    expect(answers.flat()).toEqual(Array.from({ length: 100 }, (_, number) => `say ${number}`));
    expect(most).toBeLessThanOrEqual(10);
  });

  it('says that the data plane is away when the connection breaks half-way', async () => {
    const address = await serve((socket) => {
      socket.on('error', () => {});
      socket.end('\n> first\n> sec');
    });
    const client = createRuntimeClient(address, 1_000);
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
    const client = createRuntimeClient(address, 1_000);
    await expect(client.run([command])).rejects.toMatchObject({ code: 'request-invalid' });
    expect(heard).toBe('');
  });
});
