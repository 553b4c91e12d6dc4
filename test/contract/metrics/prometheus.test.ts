import { createPrometheus } from '../../../src/providers/metrics/prometheus.ts';
import { prometheusSettings } from '../../../src/providers/metrics/prometheus-settings.ts';
import { metricLine } from '../../support/metric-line.ts';
import { startPrometheus } from '../../support/prometheus.ts';
import { waitFor } from '../../support/wait-for.ts';
import { metricsContract } from './suite.ts';

metricsContract('prometheus', async () => {
  const source = await startPrometheus();
  const provider = createPrometheus(prometheusSettings.parse({ url: source.url, timeoutMs: 60_000 }));
  const lines: string[] = [];
  return {
    provider,
    async publish(name, samples) {
      lines.push(...samples.map((sample) => metricLine(name, sample)));
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
