/** Receivers of notices for the bench `notices`: well, slow, or out of order until they are mended. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../test/support/free-ports.ts';

/** `slow` takes half a second and `hangs` never answers; nobody listens where `dead` should be. */
export const moods = ['answers', 'slow', 'hangs', 'fails', 'dead'] as const;
export type Mood = (typeof moods)[number];

export interface BenchReceiver {
  readonly mood: Mood;
  readonly url: string;
  /** Requests so far, answered or not. */
  readonly asked: number;
  /** How often each notice was taken, by its key. */
  readonly taken: ReadonlyMap<string, number>;
  /** From now on it answers. */
  mend(): Promise<void>;
  stop(): Promise<void>;
}

const slowMs = 500;

export async function startReceiver(mood: Mood): Promise<BenchReceiver> {
  const taken = new Map<string, number>();
  let asked = 0;
  let now: Mood = mood;
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    asked += 1;
    const id = await keyIn(request);
    if (now === 'hangs') return;
    if (now === 'slow') await sleep(slowMs);
    if (now !== 'fails') taken.set(id, (taken.get(id) ?? 0) + 1);
    response.writeHead(now === 'fails' ? 500 : 204).end();
  };
  const server = createServer((request, response) => {
    // A caller that has gone wants no answer.
    take(request, response).catch(() => response.destroy());
  });
  const port = await freePort();
  const listen = async () => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  if (mood !== 'dead') await listen();
  return {
    mood,
    url: `http://127.0.0.1:${port}/`,
    get asked() {
      return asked;
    },
    taken,
    mend: async () => {
      now = 'answers';
      if (!server.listening) await listen();
    },
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** The id of a CloudEvent in binary mode. */
async function keyIn(request: IncomingMessage): Promise<string> {
  await request.resume().toArray();
  const id = request.headers['ce-id'];
  if (typeof id !== 'string') throw new Error('a notice without an id');
  return decodeURIComponent(id);
}
