/** Prometheus metrics of the API: requests by route, method and status, and those of the process. */
import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Feeds } from './feeds.ts';

const labelNames = ['method', 'route', 'status'] as const;

export function measureRequests(app: FastifyInstance, feeds: Feeds): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'sluice_http_requests_total',
    help: 'Requests answered by the API.',
    labelNames,
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'sluice_http_request_duration_seconds',
    help: 'Time to answer a request; event streams are left out.',
    labelNames,
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  new Gauge({
    name: 'sluice_followed_rollouts',
    help: 'Rollouts that somebody follows as an event stream.',
    registers: [registry],
    collect() {
      this.set(feeds.size);
    },
  });

  app.addHook('onResponse', async (request, reply) => {
    // The pattern, not the path, so that targets and typing errors do not become label values.
    const route = request.routeOptions.url ?? 'none';
    const labels = { method: request.method, route, status: String(reply.statusCode) };
    requests.inc(labels);
    if (!route.endsWith('/events')) seconds.observe(labels, reply.elapsedTime / 1000);
  });
  app.get('/metrics', { schema: { hide: true }, logLevel: 'warn' }, async (_, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
}
