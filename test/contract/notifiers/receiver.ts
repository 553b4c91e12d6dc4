/** An HTTP receiver for tests: it keeps what it takes, and behaves as it is told to. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { endable, listening } from '../health/servers.ts';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Receiver {
  readonly url: string;
  /** Everything that it has taken. */
  readonly received: readonly Received[];
  /** What it has taken since the last call. */
  take(): readonly Received[];
  behave(how: 'well' | 'busy' | 'silent'): void;
  close(): Promise<void>;
}

type Answer = (request: Received) => { readonly status: number; readonly body?: unknown };

export async function receiver(answer: Answer = () => ({ status: 200, body: {} })): Promise<Receiver> {
  const received: Received[] = [];
  let taken = 0;
  let how: 'well' | 'busy' | 'silent' = 'well';
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    const body = await text(request).catch(() => '');
    if (how === 'silent') return;
    if (how === 'busy') {
      response.writeHead(500).end('no');
      return;
    }
    const one = { method, path: url, headers, body };
    received.push(one);
    const { status, body: said = {} } = answer(one);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said));
  });
  const close = endable(server);
  return {
    url: `http://${await listening(server)}`,
    received,
    take: () => {
      const fresh = received.slice(taken);
      taken = received.length;
      return fresh;
    },
    behave: (next) => {
      how = next;
    },
    close,
  };
}

/** Bodies of what was posted. */
export function postedTo(
  { take }: Receiver,
  fits: (request: Received) => boolean = ({ method }) => method === 'POST',
): readonly string[] {
  return take()
    .filter(fits)
    .map(({ body }) => body);
}
