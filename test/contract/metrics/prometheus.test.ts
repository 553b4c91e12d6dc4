import { createPrometheus } from '../../../src/providers/metrics/prometheus.ts';
import { prometheusSettings } from '../../../src/providers/metrics/prometheus-settings.ts';
import { startPrometheus } from '../../support/prometheus.ts';
import { waitFor } from '../../support/wait-for.ts';
import { metricsContract, type PublishedSample } from './suite.ts';

metricsContract('prometheus', async () => {
  const source = await startPrometheus();
  const provider = createPrometheus(prometheusSettings.parse({ url: source.url }));
  const lines: string[] = [];
  return {
    provider,
    async publish(name, samples) {
      lines.push(...samples.map((sample) => lineOf(name, sample)));
      source.setMetrics(`${lines.join('\n')}\n`);
      await waitFor(name, async () => (await provider.instant(name)).length === samples.length);
      return name;
    },
    remembers: true,
    emptyQuery: 'a_metric_that_nobody_exports',
    badQuery: 'sum(((',
    vanish: () => source.kill(),
    close: () => source.stop(),
  };
});

function lineOf(name: string, { labels, value }: PublishedSample): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text)}`);
  const text = Number.isFinite(value) || Number.isNaN(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';
  return `${name}{${pairs.join(',')}} ${text}`;
}
