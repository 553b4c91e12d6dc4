/** One address for a scraper: the worker's own metrics and those of Temporal's SDK, which has an exporter of its own. */
import type { Registry } from 'prom-client';
import { type Pages, servePages } from '../providers/pages.ts';

const sdkAnswersWithinMs = 5_000;

export interface ScrapeOptions {
  readonly host: string;
  readonly port: number;
  readonly registry: Registry;
  /** Where the SDK's exporter listens, on loopback. */
  readonly sdkPort: number;
}

/** Rejects if the address is taken. */
export async function serveMetrics({ host, port, registry, sdkPort }: ScrapeOptions): Promise<Pages> {
  const metrics = async () => {
    const [own, ofSdk] = await Promise.all([registry.metrics(), sdkMetrics(sdkPort)]);
    return { status: 200, type: registry.contentType, text: `${own}\n${ofSdk}` };
  };
  return await servePages({ what: 'metrics port', host, port, pages: { '/metrics': metrics } });
}

async function sdkMetrics(port: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`, {
    signal: AbortSignal.timeout(sdkAnswersWithinMs),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`the exporter of Temporal's SDK answered ${answer.status}`);
  return text;
}
