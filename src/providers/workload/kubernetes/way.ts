/** How a version gets into the stable Deployment: by promotion, or back from the Deployment's own history. */

import { notes } from './canary.ts';
import type { Context } from './change.ts';
import type { Place } from './options.ts';
import type { Deployment, PodTemplate } from './shapes.ts';
import { templateFor } from './template.ts';
import { versionOf } from './versions.ts';

interface Way {
  readonly back: boolean;
  template(found: Deployment): PodTemplate;
}

/**
 * A version that the canary runs is promoted: it gets what the canary was made with. Any other has been here before,
 * and comes back as it was.
 */
export async function wayTo(
  { cluster }: Context,
  place: Place,
  version: string,
  signal: AbortSignal,
): Promise<Way> {
  const [found, canary] = await Promise.all([
    cluster.stable(place, signal),
    cluster.deployment(place.canary, signal),
  ]);
  if (canary !== null && versionIn(canary, place) === version) {
    return { back: false, template: ({ spec }) => templateFor(spec.template, place, version) };
  }
  const has = (template: PodTemplate) => stableVersion(template, place) === version;
  const past = has(found.spec.template) ? [] : await cluster.replicaSetsOf(found, signal);
  const former = past.find(({ spec }) => has(spec.template));
  const template = ({ spec }: Deployment) => {
    if (has(spec.template)) return spec.template;
    // Of a version that is not known any more, its image is all that can be brought back.
    return former === undefined
      ? templateFor(spec.template, bare(place), version)
      : withoutHash(former.spec.template);
  };
  return { back: true, template };
}

export function stableVersion(template: PodTemplate, { options, stable }: Place): string {
  return versionOf(template, options, stable.name);
}

/** The version that a Deployment runs; null: it runs no pods. */
export function versionIn({ spec, object }: Deployment, place: Place): string | null {
  if (spec.replicas === 0) return null;
  return object.metadata.annotations?.[notes.version] ?? stableVersion(spec.template, place);
}

function bare(place: Place): Place {
  const {
    env: _env,
    resources: _resources,
    podLabels: _labels,
    podAnnotations: _notes,
    ...options
  } = place.options;
  return { ...place, options };
}

function withoutHash(template: PodTemplate): PodTemplate {
  const { 'pod-template-hash': _hash, ...labels } = template.metadata.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}
