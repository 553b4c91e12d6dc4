/** The demo shop as an HTTP server: two pages, a health page and metrics. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import { answerOf, behaviourOf } from './behaviour.ts';
import { createShopMetrics, type ShopRoute, shopRoutes } from './shop-metrics.ts';

export interface ShopOptions {
  readonly service: string;
  readonly version: string;
  /** Where it runs, told in each answer; empty: not told. */
  readonly slot: string;
  /** Default: `Math.random`. */
  readonly random?: () => number;
}

export interface Shop {
  readonly server: Server;
  /** Answers what is under way, refuses new connections, and ends within `graceMs`. */
  drain(graceMs: number): Promise<void>;
}

export function createShop(options: ShopOptions): Shop {
  const metrics = createShopMetrics(options.service, options.version);
  const random = options.random ?? Math.random;
  const behaviour = behaviourOf(options.version);
  let draining = false;

  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (path === '/healthz') return json(response, draining ? 503 : 200, { ready: !draining });
    if (path === '/metrics') return void sendMetrics(response);
    const route = shopRoutes.find((known) => known === path);
    if (route === undefined) return json(response, 404, { error: `no page ${path}` });
    serve(route, response);
  });

  function serve(route: ShopRoute, response: ServerResponse): void {
    const startedAt = performance.now();
    const { status, delayMs } = answerOf(behaviour, [random(), random()]);
    setTimeout(() => {
      metrics.observe(route, status, (performance.now() - startedAt) / 1000);
      const { service, version, slot } = options;
      response.setHeader('x-version', version);
      if (slot !== '') response.setHeader('x-slot', slot);
      json(response, status, {
        service,
        version,
        slot,
        route,
        ...(status === 500 ? { error: 'out of order' } : {}),
      });
    }, delayMs);
  }

  async function sendMetrics(response: ServerResponse): Promise<void> {
    const text = await metrics.render();
    response.writeHead(200, { 'content-type': metrics.contentType }).end(text);
  }

  function json(response: ServerResponse, status: number, body: Record<string, unknown>): void {
    // A kept-alive connection would outlive the drain; this closes it after its answer.
    if (draining) response.setHeader('connection', 'close');
    response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
  }

  return {
    server,
    drain(graceMs) {
      draining = true;
      return new Promise((resolve) => {
        const hard = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(hard);
          resolve();
        });
        server.closeIdleConnections();
      });
    },
  };
}
