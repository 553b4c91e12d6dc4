import { Counter, Registry } from 'prom-client';
import { afterEach, expect, it } from 'vitest';
import { type Pages, servePages } from '../../../src/providers/pages.ts';
import { freeLoopbackPort } from '../../../src/worker/runtime.ts';
import { serveMetrics } from '../../../src/worker/scrape.ts';

const opened: Pages[] = [];
afterEach(async () => {
  for (const page of opened.splice(0)) await page.close();
});

async function scrape(sdkPort: number): Promise<Response> {
  const registry = new Registry();
  new Counter({ name: 'own_total', help: 'Own.', registers: [registry] }).inc();
  const pages = await serveMetrics({ host: '127.0.0.1', port: 0, registry, sdkPort });
  opened.push(pages);
  return await fetch(`http://127.0.0.1:${pages.port}/metrics`);
}

it('one page has the worker’s own metrics and those of the SDK', async () => {
  const page = () => ({ status: 200, type: 'text/plain', text: 'temporal_total 2\n' });
  const sdk = await servePages({ what: 'port', host: '127.0.0.1', port: 0, pages: { '/metrics': page } });
  opened.push(sdk);
  const answer = await scrape(sdk.port);
  expect(answer.headers.get('content-type')).toContain('version=0.0.4');
  expect((await answer.text()).split('\n')).toEqual(
    expect.arrayContaining(['own_total 1', 'temporal_total 2', 'sluice_sdk_metrics_up 1']),
  );
});

it('without those of the SDK it has the own ones, and says what is missing', async () => {
  const answer = await scrape(await freeLoopbackPort());
  expect(answer.status).toBe(200);
  expect((await answer.text()).split('\n')).toEqual(
    expect.arrayContaining(['own_total 1', 'sluice_sdk_metrics_up 0']),
  );
});
