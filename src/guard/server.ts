/** What a guard process answers: `/healthz` whether it turns, `/readyz` whether it could act, `/metrics`. */
import type { Registry } from 'prom-client';
import { json, readinessPage, servePages } from '../providers/pages.ts';

interface ServerOptions {
  readonly host: string;
  readonly port: number;
  /** What keeps it from acting, in a few words; null: nothing. */
  readonly notReady: () => string | null;
  readonly registry: Registry;
}

/** Rejects if the address is taken. Returns how to end it. */
export async function serve({ host, port, notReady, registry }: ServerOptions): Promise<() => Promise<void>> {
  const pages = {
    '/healthz': () => json(200, { ok: true }),
    '/readyz': () => readinessPage(notReady()),
    '/metrics': async () => ({ status: 200, type: registry.contentType, text: await registry.metrics() }),
  };
  const { close } = await servePages({ what: "guard's port", host, port, pages });
  return close;
}
