/** A Flagger Canary, with the metric templates beside it, as the draft of a plan. */
import { fallbackChecks } from './defaults.ts';
import type { PlanDraft, ProviderDraft } from './draft.ts';
import { checksOf } from './flagger-checks.ts';
import { hooksOf } from './flagger-hooks.ts';
import { paceOf, stagesOf } from './flagger-stages.ts';
import { trafficOf } from './flagger-traffic.ts';
import { objectRefOf, slugOf } from './names.ts';
import type { KubeObject } from './objects.ts';
import { Part } from './part.ts';
import { matched, podLabelsFor } from './routing.ts';
import { environmentOf, type ImportContext, inNamespace, partOf } from './where.ts';

export function draftOfCanary(
  canary: KubeObject,
  { environment, objects, findings }: ImportContext,
): PlanDraft {
  const spec = partOf(canary, findings);
  const target = targetOf(spec, canary);
  const served = spec.part('service');
  const apex = served?.text('name') ?? target;
  const service = slugOf(canary.name);
  const services = { stable: apex, canary: `${apex}-canary` };
  const traffic = trafficOf(spec, served, service, services, canary, objects);
  const analysis =
    spec.part('analysis') ?? spec.part('canaryAnalysis') ?? new Part('spec.analysis', {}, findings);
  spec.skip('canaryAnalysis');
  const pace = paceOf(analysis);
  const found = checksOf(analysis, pace, { canary, target, services, traffic, objects });
  const hooks = hooksOf(analysis);
  const stages = stagesOf(analysis, pace, traffic.provider, hooks);
  losses(spec, analysis);
  analysis.done();
  served?.done();
  spec.done();
  return {
    service: { value: service, from: 'metadata.name' },
    environment: environmentOf(environment, canary),
    version: {
      value: 'next',
      from: 'set it at each start: --set version=…; Flagger starts when the Deployment changes',
    },
    ...matched(inNamespace(traffic, canary), inNamespace(workloadOf(target, apex, service, traffic), canary)),
    gates: hooks.beforeStart,
    guards: hooks.during,
    checks: found.length > 0 ? found : fallbackChecks(analysis.at('metrics'), traffic.provider, findings),
    stages,
    interval: {
      value: pace.lookMs,
      from: `${analysis.at('interval')}, in parts, so that each step is looked at several times`,
    },
    watchAfter: null,
    blueGreen: false,
  };
}

/**
 * Flagger runs stable as a copy called `-primary`; in Sluice the Deployment itself is stable, and the copy is the
 * canary.
 */
function targetOf(spec: Part, canary: KubeObject): string {
  const target = spec.part('targetRef');
  const kind = target?.text('kind') ?? 'Deployment';
  const name = target?.text('name') ?? canary.name;
  target?.skip('apiVersion');
  target?.done();
  const { findings } = spec;
  if (kind !== 'Deployment')
    findings.lost('spec.targetRef.kind', `Sluice rolls out no ${kind}`, 'make a Deployment of it');
  const why = `is the canary to Flagger, whose copy ${name}-primary is stable; to Sluice it is stable`;
  const instead = `set revertOnDeletion: true, delete the Canary, and see that ${name} serves before the first rollout`;
  findings.changed('spec.targetRef', why, instead);
  return name;
}

function workloadOf(target: string, apex: string, service: string, traffic: ProviderDraft): ProviderDraft {
  const options = {
    deployment: objectRefOf(target, service),
    service: objectRefOf(apex, service),
    podLabels: podLabelsFor(traffic, service),
  };
  return { provider: 'kubernetes', options, from: 'spec.targetRef' };
}

function losses(spec: Part, analysis: Part): void {
  spec.skip('revertOnDeletion');
  if (spec.flag('skipAnalysis') === true) {
    const why = 'promotes without a look';
    spec.findings.lost(
      'spec.skipAnalysis',
      why,
      'a plan must have a check; sluice promote --full ends a rollout at once',
    );
  }
  spec.lose({
    autoscalerRef: [
      'the autoscaler of the stable Deployment stays with it',
      'nothing needs to be done, unless the canary needs one of its own',
    ],
    progressDeadlineSeconds: ['belongs to the Deployment', 'set progressDeadlineSeconds in its spec'],
    metricsServer: ['plans hold no addresses', 'set metrics.prometheus.url in sluice.yaml'],
    suspend: ['is a state, not a wish', 'sluice pause holds a running rollout'],
  });
  analysis.lose({
    stepWeightPromotion: ['the promotion is one step', 'end with a stage of a larger share'],
    mirror: ['Sluice copies no traffic', 'a mirror that the route has itself stays as it is'],
    mirrorWeight: ['Sluice copies no traffic', 'a mirror that the route has itself stays as it is'],
    primaryReadyThreshold: ['all pods must be ready', 'nothing needs to be done'],
    canaryReadyThreshold: ['all pods must be ready', 'nothing needs to be done'],
    sessionAffinity: [
      'Sluice sets no cookies',
      'session persistence that the route has itself stays as it is',
    ],
    alerts: [
      'plans name no receivers',
      'what happens is in the feed of the API and in the Events of the Deployment',
    ],
  });
}
