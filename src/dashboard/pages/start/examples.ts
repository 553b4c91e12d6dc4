/** Plans to start from, with the names that the operator configured. */
export interface Names {
  readonly traffic: string;
  readonly metrics: string;
  readonly workload: string;
}

export interface Example {
  readonly title: string;
  readonly about: string;
  readonly text: string;
}

export function examplesFor(names: Names): readonly Example[] {
  return [
    {
      title: 'Ten lines',
      about: 'Two stages, judged by errors and latency against stable.',
      text: `${head(names)}checks: [success-rate, latency-p95]
stages:
  - { weight: 10, soak: 5m }
  - { weight: 50, soak: 5m }
`,
    },
    {
      title: 'Careful',
      about:
        'Four stages, a person says yes before half of the users, the old version stays warm for an hour.',
      text: `${head(names)}checks:
  - success-rate
  - { preset: latency-p95, maxRatio: 1.3 }
  - throughput-drop
stages:
  - { weight: 1, warmUp: 1m, soak: 10m }
  - { weight: 10, warmUp: 1m, soak: 10m }
  - { weight: 25, warmUp: 1m, soak: 20m, approval: true, timeout: 8h }
  - { weight: 50, warmUp: 1m, soak: 20m }
watchAfter: 1h
maxDuration: 12h
`,
    },
    {
      title: 'Own people first',
      about: 'Requests with a header get the version before any customer does.',
      text: `${head(names)}templates:
  # A few people make little traffic, so few requests must do, over a longer window.
  few-users: { preset: success-rate, min: 98, window: 5m, minSamples: 20 }
checks: [success-rate, latency-p95]
stages:
  - name: own people
    match: { header: x-sluice-canary, value: internal }
    soak: 10m
    checks: [few-users]
    approval: true
    timeout: 8h
  - { weight: 5, soak: 5m }
  - { weight: 50, soak: 10m }
maxDuration: 10h
`,
    },
  ];
}

function head({ traffic, metrics, workload }: Names): string {
  return `service: shop
environment: demo
version: v2
traffic: ${traffic}
metrics: ${metrics}
workload: ${workload}
`;
}
