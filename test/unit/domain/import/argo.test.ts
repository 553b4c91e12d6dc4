import { describe, expect, it } from 'vitest';
import { canaryWith, measuredBy, planOf, rolloutWith, textOf, toldOf } from './fixtures.ts';

const stagesIn = (text: string) => planOf(text).document.stages;

describe('a Rollout on ingress-nginx with analyses', () => {
  const plan = planOf(textOf('argo-nginx'));

  it('becomes stages, with the soak of its pauses and a person where it waited for one', () => {
    expect(plan.document.stages).toEqual([
      { weight: 5, soak: '5m' },
      { weight: 20, soak: '11m30s', checks: ['success rate', 'p95'] },
      { weight: 50, soak: '1m', approval: true },
      { name: '50% after approval', weight: 50, soak: '10m' },
    ]);
  });

  it('names the Ingress, the Services, the Deployment and the container', () => {
    expect(plan.document).toMatchObject({
      service: 'checkout',
      environment: 'shop',
      version: '2.14.0',
      traffic: {
        provider: 'nginx',
        ingress: 'checkout-web',
        stable: 'checkout-stable',
        canary: 'checkout-next',
      },
      workload: {
        provider: 'kubernetes',
        container: 'checkout',
        service: 'checkout-stable',
        canaryService: 'checkout-next',
      },
    });
  });

  it('makes checks of its metrics, with the arguments filled in', () => {
    expect(plan.document.templates).toEqual({
      'success rate': {
        kind: 'threshold',
        query: expect.stringContaining(
          '{service="{{service}}",team="payments",pod_template_hash="{{version}}"}[{{window}}]',
        ),
        min: 0.97,
        window: '2m',
        failAfter: { failures: 3, of: 10 },
        maxConsecutiveErrors: 6,
      },
      p95: {
        kind: 'threshold',
        query: expect.stringContaining('service="checkout-next"'),
        max: 0.4,
        onNoData: 'fail',
        window: '5m',
        failAfter: { consecutive: 1 },
      },
    });
  });

  it('tells of everything that does not come along', () => {
    const told = toldOf(plan);
    expect(told).toMatchObject({
      'spec.strategy.canary.steps[5].setMirrorRoute': 'lost: Sluice copies no traffic',
      'AnalysisTemplate/success spec.metrics[1].provider.job': 'lost: runs a Job',
      'spec.strategy.canary.dynamicStableScale': expect.stringContaining('lost'),
      'spec.strategy.canary.trafficRouting.nginx.additionalIngressAnnotations':
        expect.stringContaining('lost'),
      'AnalysisTemplate/success spec.metrics[0].inconclusiveLimit': expect.stringContaining('changed'),
      'provider.prometheus.address': expect.stringContaining('changed'),
    });
    expect(Object.keys(told)).not.toContain('spec.replicas');
  });

  it('says at each value where it is from', () => {
    expect(plan.text).toContain('version: 2.14.0 # the tag of the image');
    expect(plan.text).toMatch(
      /weight: 5, soak: 5m \} # spec\.strategy\.canary\.steps\[0\]\.setWeight, .*steps\[1\]\.pause/,
    );
    expect(plan.text).toContain('# ClusterAnalysisTemplate/latency spec.metrics[0]');
  });
});

describe('a Rollout on Istio', () => {
  const plan = planOf(textOf('argo-istio'));

  it('lets people in by their header, beside the share, until the route is taken away', () => {
    const match = { header: 'X-Staff', value: 'yes' };
    expect(plan.document.stages).toEqual([
      { name: 'internal users', match, soak: '15m' },
      { weight: 25, match, soak: '1h' },
      { weight: 50, soak: '30m' },
    ]);
  });

  it('gets checks on what the mesh measures when it had none', () => {
    expect(plan.document.checks).toEqual([
      { name: 'success-rate', preset: 'istio/success-rate' },
      { name: 'latency-p95', preset: 'istio/latency-p95' },
    ]);
    expect(toldOf(plan)['spec.strategy.canary']).toContain('has no measurement');
  });

  it('rolls out the Deployment that it referred to, in the size that it asked for', () => {
    expect(plan.document.workload).toMatchObject({ deployment: 'search-app', replicas: 2 });
    expect(toldOf(plan)['spec.workloadRef.scaleDown']).toContain('has scaled the Deployment down');
  });
});

describe('a blue-green Rollout', () => {
  it('shows testers the version first and then everybody, where a route can', () => {
    const { document } = planOf(textOf('argo-blue-green'));
    expect(document).toMatchObject({
      traffic: { provider: 'gateway-api', route: 'billing-web', canary: 'billing-preview' },
      stages: [
        {
          name: 'preview',
          match: { header: 'x-sluice-canary' },
          soak: '3m',
          approval: true,
          checks: ['errors 2'],
        },
        { name: 'everybody', weight: 100, soak: '3m' },
      ],
      watchAfter: '15m',
      rollback: { strategy: 'blue-green' },
    });
  });

  it('cannot show it to testers first where pods alone share', () => {
    const text = rolloutWith({}).replace(
      /canary: \{\}/,
      'blueGreen: { activeService: web, previewService: web-preview }',
    );
    const plan = planOf(text);
    expect(plan.document).toMatchObject({ traffic: { provider: 'service' }, stages: [{ weight: 100 }] });
    expect(toldOf(plan)['spec.strategy.blueGreen.previewService']).toContain('lost');
  });
});

describe('steps', () => {
  it('without a pause are judged for a minute, and a last 100 is the promotion', () => {
    const plan = planOf(
      rolloutWith({
        steps: [{ setWeight: 20 }, { setWeight: 60 }, { pause: { duration: 30 } }, { setWeight: 100 }],
      }),
    );
    expect(plan.document.stages).toEqual([
      { weight: 20, soak: '1m' },
      { weight: 60, soak: '1m' },
    ]);
    expect(toldOf(plan)['spec.strategy.canary.steps[0].setWeight']).toContain('no time');
  });

  it('that go down or come before any traffic are told', () => {
    const steps = [
      { pause: {} },
      { setWeight: 50 },
      { pause: { duration: '1h30m' } },
      { setWeight: 10 },
      { setWeight: 0 },
    ];
    const plan = planOf(rolloutWith({ steps }));
    expect(plan.document.stages).toEqual([{ weight: 50, soak: '1h30m' }]);
    expect(toldOf(plan)).toMatchObject({
      'spec.strategy.canary.steps[0].pause': expect.stringContaining('before the canary has any traffic'),
      'spec.strategy.canary.steps[3].setWeight': expect.stringContaining('goes down from 50 to 10 %'),
    });
  });

  it('are shares of maxTrafficWeight', () => {
    const canary = {
      trafficRouting: { maxTrafficWeight: 1000, nginx: { stableIngress: 'web' } },
      steps: [{ setWeight: 5 }],
    };
    expect(stagesIn(rolloutWith(canary))).toEqual([{ weight: 0.5, soak: '1m' }]);
  });

  it('are suggested where there are none', () => {
    const plan = planOf(rolloutWith({}));
    expect(plan.document.stages).toHaveLength(2);
    expect(toldOf(plan)['spec.strategy.canary.steps']).toContain('has no share of traffic');
  });

  it('match one header with one exact value', () => {
    const match = [
      { headerName: 'X-A', headerValue: { regex: 'a.*' } },
      { headerName: 'X-B', headerValue: { exact: 'b' } },
    ];
    const plan = planOf(
      rolloutWith({ steps: [{ setHeaderRoute: { name: 'a', match } }, { pause: { duration: '5m' } }] }),
    );
    expect(plan.document.stages).toEqual([
      { name: 'internal users', match: { header: 'X-B', value: 'b' }, soak: '5m' },
    ]);
    expect(toldOf(plan)['spec.strategy.canary.steps[0].setHeaderRoute.match[0]']).toContain('no exact value');
  });

  it('beyond the bounds of a plan are thinned out, for as long in all', () => {
    const steps = Array.from({ length: 99 }, (_, at) => [
      { setWeight: at + 1 },
      { pause: { duration: '2m' } },
    ]).flat();
    const plan = planOf(rolloutWith({ steps }));
    expect(plan.document.stages).toHaveLength(50);
    expect(plan.document.stages).toContainEqual({ weight: 99, soak: '4m' });
  });
});

describe('traffic routing', () => {
  const routed = (trafficRouting: object) =>
    planOf(rolloutWith({ trafficRouting, steps: [{ setWeight: 10 }] }));

  it('of the Gateway API plugin names the route', () => {
    expect(
      routed({ plugins: { 'argoproj-labs/gatewayAPI': { httpRoute: 'edge', namespace: 'prod' } } }).document
        .traffic,
    ).toEqual({
      provider: 'gateway-api',
      route: 'edge',
      namespace: 'prod',
    });
    const grpc = routed({ plugins: { 'argoproj-labs/gatewayAPI': { grpcRoutes: [{ name: 'rpc' }] } } });
    expect(grpc.document.traffic).toMatchObject({ kind: 'GRPCRoute', route: 'rpc' });
  });

  it.each(['alb', 'smi', 'ambassador', 'appMesh', 'traefik', 'apisix'])('of %s has no counterpart', (key) => {
    const plan = routed({ [key]: { anything: true } });
    expect(plan.document.traffic).toMatchObject({ provider: 'gateway-api' });
    expect(toldOf(plan)[`spec.strategy.canary.trafficRouting.${key}`]).toMatch(
      /^lost: Sluice does not write/,
    );
  });

  it('that is missing means numbers of pods', () => {
    const plan = planOf(rolloutWith({ steps: [{ setWeight: 50 }] }));
    expect(plan.document.traffic).toMatchObject({ provider: 'service' });
    expect(toldOf(plan)['spec.strategy.canary.trafficRouting']).toContain('numbers of pods');
  });
});

describe('metrics', () => {
  const checkOf = (metric: object) => planOf(measuredBy({ ...metric })).document.checks;

  it('fail at once with a failureLimit of 0, and after so many failures of the count otherwise', () => {
    const successCondition = 'result[0] >= 0.95';
    expect(checkOf({ successCondition })).toMatchObject([{ min: 0.95, failAfter: { consecutive: 1 } }]);
    expect(checkOf({ successCondition, failureLimit: 4, count: 20, interval: '30s' })).toMatchObject([
      { failAfter: { failures: 5, of: 20 } },
    ]);
  });

  it('tell where the limit itself changes sides', () => {
    const plan = planOf(measuredBy({ successCondition: 'result[0] < 0.05' }));
    expect(toldOf(plan)['AnalysisTemplate/errors spec.metrics[0]']).toBe('changed: fails at exactly 0.05');
  });

  it('that a check cannot say are left out, and the presets judge instead', () => {
    const plan = planOf(measuredBy({ successCondition: 'result.ok' }));
    expect(plan.document.checks).toEqual([
      { name: 'success-rate', preset: 'success-rate' },
      { name: 'latency-p95', preset: 'latency-p95' },
    ]);
    expect(toldOf(plan)['AnalysisTemplate/errors spec.metrics[0].successCondition']).toContain('lost');
  });

  it.each(['web', 'datadog', 'newRelic', 'wavefront', 'cloudWatch', 'graphite', 'kayenta'])(
    'of %s are told',
    (key) => {
      const plan = planOf(measuredBy({ successCondition: 'result > 1', provider: { [key]: {} } }));
      expect(toldOf(plan)[`AnalysisTemplate/errors spec.metrics[0].provider.${key}`]).toMatch(/^lost: asks/);
    },
  );

  it('whose template is not there are told', () => {
    const plan = planOf(
      rolloutWith({ steps: [{ setWeight: 10 }], analysis: { templates: [{ templateName: 'missing' }] } }),
    );
    expect(Object.values(toldOf(plan))).toContain('lost: AnalysisTemplate missing is not among the files');
  });
});

it('a field that nobody knows is told, and so is one of the wrong kind', () => {
  const plan = planOf(
    rolloutWith(
      { steps: [{ setWeight: 'many' }, { setWeight: 10, whatever: 1 }], newField: {} },
      { other: 1 },
    ),
  );
  expect(toldOf(plan)).toMatchObject({
    'spec.strategy.canary.newField': 'lost: this import does not know the field',
    'spec.other': 'lost: this import does not know the field',
    'spec.strategy.canary.steps[1].whatever': 'lost: this import does not know the field',
    'spec.strategy.canary.steps[0].setWeight': 'lost: must be a number, not "many"',
  });
});

it('objects of both tools may stand in one file', () => {
  const text = `${rolloutWith({ steps: [{ setWeight: 10 }] })}---\n${canaryWith({ interval: '1m', threshold: 1, stepWeight: 50 })}`;
  expect(() => planOf(text)).toThrow('not one plan');
});
