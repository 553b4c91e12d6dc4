/** Shop and load generator together over real sockets. */
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type LoadGenerator, startLoad } from '../../../src/demo/load-generator.ts';
import { LoadTally } from '../../../src/demo/load-stats.ts';
import { createShop, type Shop, type ShopOptions } from '../../../src/demo/shop-server.ts';
import { waitFor } from '../../support/wait-for.ts';

const open: { shop?: Shop; load?: LoadGenerator } = {};

afterEach(async () => {
  open.load?.stop();
  await open.shop?.drain(100);
});

async function openShop(options: Partial<ShopOptions> = {}): Promise<string> {
  const shop = createShop({ service: 'shop', version: 'v1', slot: 'blue', ...options });
  open.shop = shop;
  await new Promise<void>((resolve) => shop.server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(shop.server.address() as AddressInfo).port}`;
}

describe('the demo shop', () => {
  it('tells its version in header and body', async () => {
    const answer = await fetch(`${await openShop()}/checkout`);
    expect(answer.status).toBe(200);
    expect([answer.headers.get('x-version'), answer.headers.get('x-slot')]).toEqual(['v1', 'blue']);
    expect(await answer.json()).toEqual({ service: 'shop', version: 'v1', slot: 'blue', route: '/checkout' });
  });

  it('answers 500 when the dice say so, and 404 for an unknown page', async () => {
    const url = await openShop({ version: 'v3', random: () => 0.01 });
    expect((await fetch(url)).status).toBe(500);
    expect((await fetch(`${url}/nowhere`)).status).toBe(404);
  });

  it('exposes every series at 0 before the first request, then counts', async () => {
    const url = await openShop();
    const before = await (await fetch(`${url}/metrics`)).text();
    expect(before).toContain(
      'http_requests_total{service="shop",version="v1",status="500",route="/checkout"} 0',
    );
    expect(before).toContain(
      'http_request_duration_seconds_count{service="shop",version="v1",status="200",route="/"} 0',
    );
    await (await fetch(url)).text();
    const after = await (await fetch(`${url}/metrics`)).text();
    expect(after).toContain('http_requests_total{service="shop",version="v1",status="200",route="/"} 1');
  });

  it('finishes what is under way when it drains', async () => {
    const url = await openShop({ version: 'v1-slow-100' });
    // A connection alone is idle, and would be closed.
    const arrived = new Promise((resolve) => open.shop?.server.once('request', resolve));
    const slow = fetch(url);
    await arrived;
    const drained = open.shop?.drain(30_000);
    expect((await slow).status).toBe(200);
    await drained;
    await expect(fetch(url)).rejects.toThrow();
  });
});

describe('the load generator', () => {
  it('sends to both pages and books each answer by version and slot', async () => {
    const url = await openShop();
    const tally = new LoadTally(Date.now());
    open.load = startLoad({ url: new URL(url), rate: 200, onSample: (sample) => tally.add(sample) });
    const stats = await waitFor('50 answers', () => {
      const now = tally.stats(Date.now(), 200);
      return now.requests >= 50 && now;
    });
    expect(stats.errors).toBe(0);
    expect(stats.versions.v1?.bySlot.blue).toBe(stats.requests);
  });

  it('books a dead server as network failures and goes on at its rate', async () => {
    const url = await openShop();
    await open.shop?.drain(10);
    const tally = new LoadTally(Date.now());
    open.load = startLoad({ url: new URL(url), rate: 200, onSample: (sample) => tally.add(sample) });
    const stats = await waitFor('20 failures', () => {
      const now = tally.stats(Date.now(), 200);
      return now.networkFailures >= 20 && now;
    });
    expect(stats.requests).toBe(stats.networkFailures);
  });
});
