/** What a guard process answers: `/healthz` whether it turns, `/readyz` whether it could act, `/metrics`. */
import { createServer, type Server } from 'node:http';
import type { Registry } from 'prom-client';
import { messageOf } from '../domain/errors.ts';

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  /** What keeps it from acting, in a few words; null: nothing. */
  readonly notReady: () => string | null;
  readonly registry: Registry;
}

/** Rejects if the address is taken. Returns how to end it. */
export async function serve({ host, port, notReady, registry }: ServerOptions): Promise<() => Promise<void>> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://guard');
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, { error: 'GET only' });
    if (pathname === '/healthz') return answer(200, { ok: true });
    if (pathname === '/metrics') {
      const text = await registry.metrics();
      return response.writeHead(200, { 'content-type': registry.contentType }).end(text);
    }
    if (pathname !== '/readyz') return answer(404, { error: 'GET /healthz, /readyz or /metrics' });
    const why = notReady();
    return answer(why === null ? 200 : 503, { ready: why === null, ...(why === null ? {} : { why }) });
  });
  await listening(server, host, port);
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const refused = (error: Error) =>
      reject(new Error(`The guard's port ${host}:${port} cannot be opened: ${messageOf(error)}`));
    server.once('error', refused);
    server.listen(port, host, () => {
      server.off('error', refused);
      resolve();
    });
  });
}
