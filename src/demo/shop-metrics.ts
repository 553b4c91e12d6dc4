/** The demo shop's metrics, with every series at 0 from the first scrape, so that rates work from the first sample. */
import { Counter, Histogram, Registry } from 'prom-client';

export const shopRoutes = ['/', '/checkout'] as const;
export type ShopRoute = (typeof shopRoutes)[number];

interface ShopMetrics {
  observe(route: ShopRoute, status: number, seconds: number): void;
  render(): Promise<string>;
  readonly contentType: string;
}

export function createShopMetrics(service: string, version: string): ShopMetrics {
  const registry = new Registry();
  const labelNames = ['service', 'version', 'status', 'route'] as const;
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests answered, by status and route.',
    labelNames,
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from a request to its answer.',
    labelNames,
    buckets: [0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  for (const route of shopRoutes) {
    for (const status of ['200', '500']) {
      requests.inc({ service, version, status, route }, 0);
      durations.zero({ service, version, status, route });
    }
  }
  return {
    observe(route, status, seconds) {
      const labels = { service, version, status: String(status), route };
      requests.inc(labels);
      durations.observe(labels, seconds);
    },
    render: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
