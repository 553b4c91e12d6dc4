/** What a plan changes of a pod template to bring a version into it; the same for the canary and for stable. */
import type { Place } from './options.ts';
import type { Container, PodTemplate } from './shapes.ts';
import { containerOf, imageOf, labelFor, versionLabel } from './versions.ts';

export function templateFor(template: PodTemplate, { options, stable }: Place, version: string): PodTemplate {
  const chosen = containerOf(template, options.container, stable.name);
  const changed: Container = {
    ...chosen,
    image: imageOf(version, chosen.image, options.image),
    ...(options.env === undefined ? {} : { env: merged(chosen.env ?? [], options.env) }),
    ...(options.resources === undefined ? {} : { resources: options.resources }),
  };
  const { labels, annotations } = template.metadata;
  return {
    ...template,
    metadata: {
      ...template.metadata,
      ...kept('labels', { ...relabelled(labels, version), ...options.podLabels }),
      ...kept('annotations', { ...annotations, ...options.podAnnotations }),
    },
    spec: {
      ...template.spec,
      containers: template.spec.containers.map((one) => (one === chosen ? changed : one)),
    },
  };
}

/** A label that tells the version tells the new one; where there is none, stable's pods get none. */
function relabelled(
  labels: Readonly<Record<string, string>> | undefined,
  version: string,
): Readonly<Record<string, string>> {
  if (labels?.[versionLabel] === undefined) return labels ?? {};
  const { [versionLabel]: _old, ...others } = labels;
  const label = labelFor(version);
  return label === null ? others : { ...others, [versionLabel]: label };
}

function merged(
  env: NonNullable<Container['env']>,
  added: Readonly<Record<string, string>>,
): NonNullable<Container['env']> {
  const others = env.filter(({ name }) => !Object.hasOwn(added, name));
  return [...others, ...Object.entries(added).map(([name, value]) => ({ name, value }))];
}

function kept(field: string, texts: Readonly<Record<string, string>>): object {
  return Object.keys(texts).length === 0 ? {} : { [field]: texts };
}
