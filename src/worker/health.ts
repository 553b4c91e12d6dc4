/** The worker's answer to probes: `/healthz` whether the process still turns, `/readyz` whether it polls for work. */
import { createServer, type Server } from 'node:http';
import { messageOf } from '../domain/errors.ts';

export interface HealthOptions {
  readonly host: string;
  readonly port: number;
  /** What keeps it from working, in a few words; null: nothing. */
  readonly notReady: () => string | null;
}

export interface Health {
  readonly port: number;
  close(): Promise<void>;
}

/** Rejects if the address is taken. */
export async function serveHealth({ host, port, notReady }: HealthOptions): Promise<Health> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://worker');
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, { error: 'GET only' });
    if (pathname === '/healthz') return answer(200, { ok: true });
    if (pathname !== '/readyz') return answer(404, { error: 'GET /healthz or /readyz' });
    const why = notReady();
    return answer(why === null ? 200 : 503, { ready: why === null, ...(why === null ? {} : { why }) });
  });
  await listening(server, host, port);
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

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const refused = (error: Error) =>
      reject(new Error(`The health port ${host}:${port} cannot be opened: ${messageOf(error)}`));
    server.once('error', refused);
    server.listen(port, host, () => {
      server.off('error', refused);
      resolve();
    });
  });
}
