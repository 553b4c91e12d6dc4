/** An Argo Rollout, with the analysis templates beside it, as the draft of a plan. */
import { isMapping, ownValue } from '../plan/document/read.ts';
import type { AnalysisContext } from './argo-args.ts';
import { blueGreenOf } from './argo-blue-green.ts';
import { canaryOf } from './argo-canary.ts';
import { deploymentOf, losses, templateOf, workloadOf } from './argo-workload.ts';
import type { PlanDraft } from './draft.ts';
import type { Findings } from './finding.ts';
import { slugOf } from './names.ts';
import type { KubeObject } from './objects.ts';
import { Part } from './part.ts';
import { matched, type Services } from './routing.ts';
import { environmentOf, type ImportContext, inNamespace, near, partOf } from './where.ts';

export function draftOfRollout(
  rollout: KubeObject,
  { environment, objects, findings }: ImportContext,
): PlanDraft {
  const spec = partOf(rollout, findings);
  const service = slugOf(rollout.name);
  const strategy = spec.part('strategy');
  const canary = strategy?.part('canary');
  const blueGreen = strategy?.part('blueGreen');
  strategy?.done();
  const services = servicesOf(service, canary, blueGreen);
  const context = analysisContext(rollout, service, services, objects);
  const { container, version } = templateOf(spec, rollout);
  const { replicas, ...made } =
    blueGreen === undefined || canary !== undefined
      ? canaryOf(canary ?? new Part('spec.strategy', {}, findings), context)
      : blueGreenOf(blueGreen, context);
  losses(spec);
  tellOfAddresses(context, findings);
  const deployment = deploymentOf(spec, rollout);
  const workload = workloadOf(deployment, container, replicas, service, services, made.traffic);
  spec.done();
  return {
    ...made,
    service: { value: service, from: 'metadata.name' },
    environment: environmentOf(environment, rollout),
    version,
    ...matched(inNamespace(made.traffic, rollout), inNamespace(workload, rollout)),
  };
}

function servicesOf(service: string, canary: Part | undefined, blueGreen: Part | undefined): Services {
  const stable = canary?.text('stableService') ?? blueGreen?.text('activeService') ?? service;
  const named = canary?.text('canaryService') ?? blueGreen?.text('previewService') ?? stable;
  return { stable, canary: named === stable ? `${stable}-canary` : named };
}

function analysisContext(
  rollout: KubeObject,
  service: string,
  services: Services,
  objects: readonly KubeObject[],
): AnalysisContext {
  return {
    rollout,
    service,
    services,
    objects,
    addresses: new Set(),
    template(kind, name, findings) {
      const fits = (one: KubeObject) => kind.startsWith('Cluster') || near(one, rollout);
      const found = objects.find((one) => one.kind === kind && one.name === name && fits(one));
      const spec = found === undefined ? undefined : ownValue(found.fields, 'spec');
      return isMapping(spec) ? new Part(`${kind}/${name} spec`, spec, findings) : undefined;
    },
  };
}

function tellOfAddresses({ addresses }: AnalysisContext, findings: Findings): void {
  const [first] = addresses;
  if (first === undefined) return;
  const several = `${addresses.size} sources are asked, and a plan asks one`;
  findings.changed(
    'provider.prometheus.address',
    addresses.size === 1 ? 'plans hold no addresses' : several,
    `set metrics.prometheus.url in sluice.yaml to ${first.slice(0, 200)}`,
  );
}
