/** Which pages a query is about, and what is refused or reported of them. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scrape } from '../../../src/providers/metrics/scrape.ts';

let server: Server;
let base: string;
let asked: string[] = [];
const pages: Readonly<Record<string, string>> = {
  '/shop/v1': 'requests_total{status="200"} 1\nrequests_total{status="500"} 2\n',
  '/shop/v2': 'requests_total{status="200",version="of itself"} 3\n',
  '/broken': 'requests_total 1\nnot a sample\n',
};

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const page = pages[path];
    response.writeHead(page === undefined ? 404 : 200);
    response.end(page);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
});

async function ask(targets: readonly object[], query: string, settings: object = {}) {
  asked = [];
  const provider = scrape.create({ targets, intervalMs: 1_000, ...settings });
  try {
    return await provider.instant(query);
  } finally {
    await provider.close();
  }
}

const filled = () => [{ url: `${base}/{{service}}/{{version}}` }];

it('fills an address in from the query, and labels the series with it', async () => {
  const series = await ask(filled(), 'requests_total{service="shop",version="v2"}');
  expect(series).toMatchObject([
    { labels: { service: 'shop', version: 'v2', status: '200' }, points: [[expect.any(Number), 3]] },
  ]);
  expect(asked).toEqual(['/shop/v2']);
});

it.each([
  'requests_total{service="shop"}',
  'requests_total{service="shop",version=~"v2"}',
  'requests_total{service="shop",version="../x"}',
])('asks nowhere when the query does not say which page: %s', async (query) => {
  await expect(ask(filled(), query)).rejects.toThrow('The query must say version="…"');
  expect(asked).toEqual([]);
});

it('asks no page whose labels do not fit', async () => {
  const targets = [
    { url: `${base}/shop/v1`, labels: { version: 'v1' } },
    { url: `${base}/shop/v2`, labels: { version: 'v2' } },
  ];
  const series = await ask(targets, 'requests_total{version="v1",status!="200"}');
  expect(series).toMatchObject([{ labels: { version: 'v1', status: '500' } }]);
  expect(asked).toEqual(['/shop/v1']);
});

it('says what is wrong with a page, unless another one answers', async () => {
  const gone = { url: `${base}/gone` };
  await expect(ask([gone], 'requests_total')).rejects.toThrow('/gone answered with HTTP 404');
  await expect(ask([{ url: `${base}/broken` }], 'requests_total')).rejects.toThrow('Line 2 of ');
  const told = {
    url: `${base}/shop/v1`,
    labelsFrom: { version: { metric: 'build_info', label: 'version' } },
  };
  await expect(ask([told], 'requests_total')).rejects.toThrow('shows no build_info with a label version');
  expect(await ask([gone, { url: `${base}/shop/v2` }], 'requests_total')).toHaveLength(1);
});

it('keeps no more series of a page than it may', async () => {
  const targets = [{ url: `${base}/shop/v1` }];
  await expect(ask(targets, 'requests_total', { maxSeries: 1 })).rejects.toThrow('more than 1 series');
});
