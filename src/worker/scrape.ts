/**
 * One address for a scraper: the worker's own metrics and those of Temporal's SDK, which has an exporter of its own.
 */
import { Gauge, type Registry } from 'prom-client';
import { type Pages, servePages } from '../providers/pages.ts';

/** Of the time that a scraper has. */
const sdkAnswersWithinMs = 2_000;

interface ScrapeOptions {
  readonly host: string;
  readonly port: number;
  readonly registry: Registry;
  /** Where the SDK's exporter listens, on loopback. */
  readonly sdkPort: number;
}

/** Rejects if the address is taken. */
export async function serveMetrics({ host, port, registry, sdkPort }: ScrapeOptions): Promise<Pages> {
  const sdkUp = new Gauge({
    name: 'sluice_sdk_metrics_up',
    help: "1: the metrics of Temporal's SDK are in this page; 0: its exporter did not answer.",
    registers: [registry],
  });
  const metrics = async () => {
    // The own ones are of use without those of the SDK, and most when something is wrong with it.
    const ofSdk = await sdkMetrics(sdkPort).catch(() => null);
    sdkUp.set(Number(ofSdk !== null));
    const own = await registry.metrics();
    return { status: 200, type: registry.contentType, text: `${own}\n${ofSdk ?? ''}` };
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
