import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { scrape } from '../../../src/providers/metrics/scrape.ts';
import { metricLine } from '../../support/metric-line.ts';
import { waitFor } from '../../support/wait-for.ts';
import { metricsContract } from './suite.ts';

metricsContract('scrape', async () => {
  const lines: string[] = [];
  const server = createServer((_request, response) => response.end(`${lines.join('\n')}\n`));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
  const provider = scrape.create({ targets: [{ url }], intervalMs: 50, timeoutMs: 60_000 });
  const vanish = async () => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return {
    provider,
    async publish(name, samples) {
      lines.push(...samples.map((sample) => metricLine(name, sample)));
      await waitFor(name, async () => (await provider.instant(name)).length === samples.length);
      return name;
    },
    remembers: true,
    emptyQuery: 'a_metric_that_nobody_exports',
    badQuery: 'sum(rate(http_requests_total[1m]))',
    async vanish() {
      await vanish();
      // What was scraped less than an interval ago is still an answer.
      await waitFor('the next scrape to fail', () =>
        provider.instant('contract_at').then(
          () => false,
          () => true,
        ),
      );
    },
    async close() {
      await provider.close();
      await vanish();
    },
  };
});
