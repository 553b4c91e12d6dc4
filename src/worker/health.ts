/** The worker's answer to probes: `/healthz` whether the process still turns, `/readyz` whether it polls for work. */
import { json, type Pages, readinessPage, servePages } from '../providers/pages.ts';

interface HealthOptions {
  readonly host: string;
  readonly port: number;
  /** What keeps it from working, in a few words; null: nothing. */
  readonly notReady: () => string | null;
}

/** Rejects if the address is taken. */
export async function serveHealth({ host, port, notReady }: HealthOptions): Promise<Pages> {
  const pages = {
    '/healthz': () => json(200, { ok: true }),
    '/readyz': () => readinessPage(notReady()),
  };
  return await servePages({ what: 'health port', host, port, pages });
}
