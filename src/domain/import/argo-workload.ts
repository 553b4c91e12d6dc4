/** What a Rollout runs: the container and its version, and the Deployment that takes its place. */
import { isMapping, type Mapping, ownValue } from '../plan/document/read.ts';
import type { ProviderDraft, Sourced } from './draft.ts';
import { imageOf, objectRefOf } from './names.ts';
import type { KubeObject } from './objects.ts';
import type { Part } from './part.ts';
import { podLabelsFor, type Services } from './routing.ts';

/** The container whose image is rolled out, and the version that its tag says. */
export function templateOf(
  spec: Part,
  rollout: KubeObject,
): { readonly container: string | undefined; readonly version: Sourced<string> } {
  const containers = listAt(spec.raw('template'), ['spec', 'containers']);
  const named = containers.find((one) => one.name === rollout.name) ?? containers[0];
  const tag = typeof named?.image === 'string' ? imageOf(named.image).tag : null;
  const name = typeof named?.name === 'string' && containers.length > 1 ? named.name : undefined;
  if (name !== undefined) {
    const why = `has ${containers.length} containers, and a plan changes the image of one`;
    spec.findings.changed('spec.template', why, `it is ${name}; set workload.container if another is meant`);
  }
  const from =
    tag === null
      ? 'no tag in the image; set it at each start: --set version=…'
      : 'the tag of the image; set it at each start: --set version=…';
  return { container: name, version: { value: tag ?? 'next', from } };
}

function listAt(value: unknown, keys: readonly string[]): readonly Mapping[] {
  const found = keys.reduce<unknown>(
    (place, key) => (isMapping(place) ? ownValue(place, key) : undefined),
    value,
  );
  return Array.isArray(found) ? found.filter(isMapping) : [];
}

/** Sluice rolls out Deployments, and a Rollout stands in the place of one. */
export function deploymentOf(spec: Part, rollout: KubeObject): string {
  const reference = spec.part('workloadRef');
  const { findings } = spec;
  if (reference === undefined) {
    const instead = `make a Deployment ${rollout.name} of it, with the same replicas, selector and template`;
    findings.changed(
      'spec.template',
      'is the template of a Rollout, and Sluice rolls out Deployments',
      instead,
    );
    return rollout.name;
  }
  const kind = reference.text('kind') ?? 'Deployment';
  if (kind !== 'Deployment')
    findings.lost(reference.at('kind'), `Sluice rolls out no ${kind}`, 'make a Deployment of it');
  if (reference.has('scaleDown')) {
    const why = 'Argo has scaled the Deployment down, and Sluice needs it as the stable version';
    findings.changed(reference.at('scaleDown'), why, 'scale it up before the Rollout is deleted');
  }
  reference.skip('apiVersion', 'scaleDown');
  const name = reference.text('name') ?? rollout.name;
  reference.done();
  return name;
}

export function workloadOf(
  deployment: string,
  container: string | undefined,
  replicas: number | null,
  service: string,
  { stable, canary }: Services,
  traffic: ProviderDraft,
): ProviderDraft {
  const options = {
    deployment: objectRefOf(deployment, service),
    container,
    service: objectRefOf(stable, service),
    canaryService: objectRefOf(canary, `${stable}-canary`),
    podLabels: podLabelsFor(traffic, service),
    replicas: replicas === null ? undefined : Math.min(replicas, 10_000),
  };
  return { provider: 'kubernetes', options, from: 'the Deployment that holds the stable version' };
}

/** What moves into the Deployment with the template is read, and needs no word. */
export function losses(spec: Part): void {
  spec.skip(
    'replicas',
    'selector',
    'template',
    'minReadySeconds',
    'revisionHistoryLimit',
    'progressDeadlineSeconds',
  );
  if (spec.flag('progressDeadlineAbort') !== true) {
    const why = 'a canary that is not ready in time only shows as degraded';
    spec.findings.changed('spec.progressDeadlineAbort', why, 'the rollout goes back');
  }
  spec.lose({
    analysis: ['Temporal keeps the history of rollouts', 'set the retention of its namespace'],
    paused: ['is a state, not a wish', 'sluice pause holds a running rollout'],
    restartAt: ['Sluice restarts no pods', 'kubectl rollout restart does'],
    rollbackWindow: [
      'a way back to an earlier version is a rollout like any other',
      'sluice start with that version, or promote --full',
    ],
  });
}
