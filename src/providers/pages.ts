/** A few read-only pages on a port: what processes without an API answer to probes and scrapers. */
import { createServer, type Server } from 'node:http';
import { messageOf } from '../domain/errors.ts';

interface Page {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

interface PagesOptions {
  /** What the port is, for people, as in `The health port`. */
  readonly what: string;
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** By path. Those that throw are answered with 500. */
  readonly pages: Readonly<Record<string, () => Page | Promise<Page>>>;
}

export interface Pages {
  readonly port: number;
  close(): Promise<void>;
}

/** Rejects if the address is taken. */
export async function servePages({ what, host, port, pages }: PagesOptions): Promise<Pages> {
  const server = createServer(async (request, response) => {
    const { status, type, text } = await answerTo(request.method ?? '', request.url ?? '/', pages);
    response.writeHead(status, { 'content-type': type }).end(text);
  });
  await listening(server, what, host, port);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function json(status: number, body: object): Page {
  return { status, type: 'application/json', text: `${JSON.stringify(body)}\n` };
}

/** Whether something could be done now; `why`: what speaks against it, null: nothing. */
export function readinessPage(why: string | null): Page {
  return json(why === null ? 200 : 503, { ready: why === null, ...(why === null ? {} : { why }) });
}

async function answerTo(method: string, url: string, pages: PagesOptions['pages']): Promise<Page> {
  if (method !== 'GET' && method !== 'HEAD') return json(405, { error: 'GET only' });
  const page = new Map(Object.entries(pages)).get(url.split('?')[0] ?? '');
  if (page === undefined) return json(404, { error: `GET ${Object.keys(pages).join(', ')}` });
  try {
    return await page();
  } catch (error) {
    return json(500, { error: messageOf(error) });
  }
}

function listening(server: Server, what: string, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const refused = (error: Error) =>
      reject(new Error(`The ${what} ${host}:${port} cannot be opened: ${messageOf(error)}`));
    server.once('error', refused);
    server.listen(port, host, () => {
      server.off('error', refused);
      resolve();
    });
  });
}
