import { metricGate } from '../../../src/providers/gates/metric.ts';
import { startPrometheus } from '../../support/prometheus.ts';
import { waitFor } from '../../support/wait-for.ts';
import { gateContract } from './suite.ts';

gateContract(metricGate, async () => {
  const source = await startPrometheus();
  source.setMetrics(
    [
      '# TYPE latency_seconds gauge',
      'latency_seconds{service="shop",version="v1"} 1.2',
      'latency_seconds{service="shop",version="v2"} 1.8',
      'broken{service="shop"} NaN',
      '',
    ].join('\n'),
  );
  const query = 'latency_seconds{service="{{service}}",version="{{version}}"}';
  const gate = metricGate.create({ prometheus: { url: source.url, timeoutMs: 60_000 } });
  const asked = { query: 'broken', max: 1 };
  await waitFor('the first samples', async () => {
    const answer = await fetch(`${source.url}/api/v1/query?query=broken`);
    return JSON.stringify(await answer.json()).includes('NaN');
  });
  return {
    gate,
    open: [
      { name: 'below the most', options: { query, max: 2, unit: 's' } },
      { name: 'within bounds in all series', options: { query: 'latency_seconds', min: 1, max: 2 } },
      {
        name: 'of the stable version',
        options: { query: query.replace('{{version}}', '{{stable}}'), max: 1.5 },
      },
    ],
    closed: [
      {
        name: 'one series above the most',
        options: { query: 'latency_seconds', max: 1.5, unit: 's' },
        answer: 'hold',
        says: /1\.8 s is above the most, 1\.5 s/,
      },
      {
        name: 'below the least',
        options: { query, min: 3 },
        answer: 'hold',
        says: /1\.8 is below the least, 3/,
      },
    ],
    missing: [
      { name: 'no answer', options: { query: 'absent_metric', max: 1 } },
      { name: 'no number', options: asked },
      { name: 'a query that Prometheus refuses', options: { query: 'sum(', max: 1 } },
      {
        name: 'the stable version, before it is known',
        options: { query: 'latency_seconds{version="{{stable}}"}', max: 2 },
        question: { stableVersion: null },
      },
    ],
    close: source.stop,
  };
});
