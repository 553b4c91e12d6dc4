import { afterEach, describe, expect, it } from 'vitest';
import type { Pages } from '../../../src/providers/pages.ts';
import { serveHealth } from '../../../src/worker/health.ts';

const opened: Pages[] = [];
afterEach(async () => {
  for (const health of opened.splice(0)) await health.close();
});

async function serve(notReady: () => string | null, port = 0): Promise<Pages> {
  const health = await serveHealth({ host: '127.0.0.1', port, notReady });
  opened.push(health);
  return health;
}

const ask = async ({ port }: Pages, path: string, method = 'GET') => {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method });
  return [answer.status, await answer.json()];
};

describe('the worker’s health', () => {
  it('is good while it waits for Temporal, but it is not ready', async () => {
    let why: string | null = 'Temporal does not answer yet';
    const health = await serve(() => why);
    expect(await ask(health, '/healthz')).toEqual([200, { ok: true }]);
    expect(await ask(health, '/readyz')).toEqual([503, { ready: false, why }]);
    why = null;
    expect(await ask(health, '/readyz?verbose')).toEqual([200, { ready: true }]);
  });

  it('is all that can be asked there', async () => {
    const health = await serve(() => null);
    expect((await ask(health, '/metrics'))[0]).toBe(404);
    expect((await ask(health, '/readyz', 'POST'))[0]).toBe(405);
  });

  it('needs a port of its own', async () => {
    const { port } = await serve(() => null);
    await expect(serve(() => null, port)).rejects.toThrow(/cannot be opened: .*EADDRINUSE/);
  });
});
