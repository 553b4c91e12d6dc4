import { describe, expect, it } from 'vitest';
import { canaryWith, planOf, textOf, toldOf } from './fixtures.ts';

describe('a Canary on Istio', () => {
  const plan = planOf(textOf('flagger-istio'));

  it('becomes a stage for each step of weight, an interval long', () => {
    expect(plan.document.stages).toEqual([
      { weight: 10, soak: '1m' },
      { weight: 20, soak: '1m' },
      { weight: 30, soak: '1m' },
      { weight: 40, soak: '1m' },
      { weight: 50, soak: '1m', approval: true },
    ]);
    expect(plan.document.analysis).toEqual({ interval: '15s' });
  });

  it('makes presets of its own metrics, milliseconds in seconds, and checks of templates', () => {
    const judging = { failAfter: { consecutive: 4 } };
    expect(plan.document.checks).toEqual([
      { name: 'request-success-rate', preset: 'istio/success-rate', min: 99.5, window: '1m', ...judging },
      { name: 'request-duration', preset: 'istio/latency-p99', max: 0.5, window: '30s', ...judging },
      {
        name: '404s percentage',
        kind: 'threshold',
        query: expect.stringContaining(
          '{reporter="destination",destination_workload_namespace="test",destination_workload="podinfo-canary"}[{{window}}]',
        ),
        max: 5,
        window: '2m',
        ...judging,
      },
    ]);
  });

  it('tells what becomes of hooks, alerts, cookies and the objects that Flagger made', () => {
    expect(toldOf(plan)).toMatchObject({
      'spec.targetRef': expect.stringContaining('podinfo-primary is stable'),
      'spec.service': expect.stringContaining('deletes them with the Canary'),
      'spec.analysis.threshold': expect.stringContaining('over the whole rollout'),
      'spec.analysis.webhooks[0]': expect.stringContaining('changed: runs before traffic'),
      'spec.analysis.webhooks[1]': expect.stringContaining('changed'),
      'spec.analysis.webhooks[2]': expect.stringContaining('changed'),
      'spec.analysis.webhooks[3]': expect.stringContaining('lost: event webhook'),
      'spec.analysis.alerts': expect.stringContaining('lost'),
      'spec.analysis.sessionAffinity': expect.stringContaining('lost'),
      'spec.analysis.stepWeightPromotion': expect.stringContaining('lost'),
      'MetricTemplate/not-found spec.provider.secretRef': expect.stringContaining('lost'),
    });
  });
});

it('A/B tests let in whom the first exact header names', () => {
  const plan = planOf(textOf('flagger-nginx-ab'));
  expect(plan.document).toMatchObject({
    traffic: { provider: 'nginx', ingress: 'store-web' },
    stages: [{ name: 'by header', match: { header: 'x-canary', value: 'insider' }, soak: '10m' }],
    checks: [
      {
        preset: 'nginx/success-rate',
        selector: 'exported_namespace="web",exported_service="store-canary"',
        min: 99,
      },
      { query: 'max(queue_length{app="store"})', max: 100 },
    ],
  });
  expect(toldOf(plan)['spec.analysis.metrics[1]']).toContain('asks for the whole service');
});

it('blue-green on plain Kubernetes shares by numbers of pods', () => {
  const plan = planOf(textOf('flagger-blue-green'));
  expect(plan.document).toMatchObject({
    traffic: { provider: 'service', stable: 'api-web' },
    stages: [{ weight: 50, soak: '5m' }],
    analysis: { interval: '7s' },
  });
  expect(toldOf(plan)['spec.analysis.mirror']).toContain('copies no traffic');
});

it('blue-green behind a route is for testers by a header of ours', () => {
  const plan = planOf(canaryWith({ interval: '1m', threshold: 2, iterations: 5 }));
  expect(plan.document.stages).toEqual([
    { name: 'preview', match: { header: 'x-sluice-canary', value: 'preview' }, soak: '5m' },
  ]);
});

it('a list of weights becomes those that rise', () => {
  const plan = planOf(textOf('flagger-gateway'));
  expect(plan.document).toMatchObject({
    environment: 'production',
    traffic: 'gateway-api',
    stages: [{ weight: 1 }, { weight: 5 }, { weight: 20 }, { weight: 60 }],
    checks: [
      { preset: 'success-rate', min: 99 },
      { preset: 'latency-p99', max: 0.25 },
    ],
  });
  expect(toldOf(plan)['spec.analysis.stepWeights']).toContain('do not rise');
});

it('asks gates where hooks were asked: before the start, before each step, and all the time', () => {
  const url = 'http://hooks';
  const webhooks = [
    { name: 'board', type: 'confirm-rollout', url },
    { name: 'smoke', type: 'pre-rollout', url },
    { name: 'smoke', type: 'pre-rollout', url },
    { name: 'step', type: 'confirm-traffic-increase', url },
    { name: 'load', url },
    { name: 'people', type: 'confirm-promotion', url },
    { name: 'ledger', type: 'post-rollout', url },
    { name: 'constructor', type: 'constructor', url },
  ];
  const plan = planOf(canaryWith({ interval: '1m', threshold: 1, stepWeight: 50, webhooks }));
  const { document } = plan;
  const gate = (name: string) => ({ gate: 'webhook', name });
  expect(document.gates).toEqual([gate('board'), gate('smoke'), gate('smoke 2')]);
  expect(document.guards).toEqual([{ ...gate('load'), onRefuse: 'rollback' }]);
  expect(document.stages).toEqual([
    { weight: 50, soak: '1m', gates: [gate('step')] },
    { weight: 100, soak: '1m', approval: true, gates: [gate('step')] },
  ]);
  expect(toldOf(plan)['spec.analysis.webhooks[6]']).toMatch(/lost: post-rollout webhook: runs after the end/);
  expect(toldOf(plan)['spec.analysis.webhooks[7]']).toMatch(/lost: constructor webhook: is of a kind/);
});

it('as many steps as a plan has stages', () => {
  const { document } = planOf(canaryWith({ interval: '1m', threshold: 1, stepWeight: 1, maxWeight: 100 }));
  expect(document.stages).toHaveLength(50);
  expect(document.stages).toContainEqual({ weight: 100, soak: '2m' });
});

describe('the data plane', () => {
  it.each([
    ['gatewayapi:v1', 'gateway-api'],
    ['istio', 'istio'],
    ['nginx', 'nginx'],
    ['kubernetes', 'service'],
  ])('of provider %s is %s', (provider, type) => {
    const { document } = planOf(canaryWith({ stepWeight: 10 }, { provider }));
    expect(document.traffic).toMatchObject({ provider: type });
  });

  it.each(['linkerd', 'appmesh', 'contour', 'gloo', 'traefik', 'skipper', 'kuma', 'apisix'])(
    'of %s has no counterpart',
    (provider) => {
      const plan = planOf(canaryWith({ stepWeight: 10 }, { provider }));
      expect(toldOf(plan)['spec.provider']).toBe(`lost: Sluice does not write the routes of ${provider}`);
    },
  );

  it('is what a route given beside says, where the Canary does not', () => {
    const route =
      'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: x }\nspec: { http: [{ route: [{ destination: { host: web } }] }] }';
    const { document } = planOf(canaryWith({ stepWeight: 10 }, { provider: '' }), route);
    expect(document.traffic).toMatchObject({ provider: 'istio' });
  });
});

describe('metrics', () => {
  const metric = (fields: object) =>
    canaryWith({ interval: '1m', threshold: 1, stepWeight: 10, metrics: [fields] });

  it('know the old threshold: the least success rate, the most of anything else', () => {
    expect(planOf(metric({ name: 'request-success-rate', threshold: 98 })).document.checks).toMatchObject([
      { min: 98 },
    ]);
    expect(planOf(metric({ name: 'request-duration', threshold: 250 })).document.checks).toMatchObject([
      { max: 0.25 },
    ]);
  });

  it.each([
    [{ name: 'x', query: 'up' }, 'has no thresholdRange'],
    [{ name: 'x', thresholdRange: { max: 1 } }, 'has no query'],
    [
      { name: 'x', thresholdRange: { max: 1 }, templateRef: { name: 'gone' } },
      'MetricTemplate gone is not among the files',
    ],
    [{ name: 'x', thresholdRange: { max: 1 }, query: 'up{a="{{ cluster }}"}' }, 'unknown placeholder'],
  ])('that a plan cannot have are told: %j', (fields, why) => {
    const plan = planOf(metric(fields));
    expect(toldOf(plan)['spec.analysis.metrics[0]']).toContain(why);
    expect(plan.document.checks).toMatchObject([
      { preset: 'istio/success-rate' },
      { preset: 'istio/latency-p95' },
    ]);
  });

  it('of other sources than Prometheus are told', () => {
    const template =
      'apiVersion: flagger.app/v1beta1\nkind: MetricTemplate\nmetadata: { name: dd }\nspec: { provider: { type: datadog }, query: x }';
    const plan = planOf(
      metric({ name: 'x', thresholdRange: { max: 1 }, templateRef: { name: 'dd' } }),
      template,
    );
    expect(toldOf(plan)['MetricTemplate/dd spec.provider']).toBe('lost: asks datadog');
  });
});

it('skipAnalysis is no plan', () => {
  expect(toldOf(planOf(canaryWith({}, { skipAnalysis: true })))['spec.skipAnalysis']).toContain('lost');
});
