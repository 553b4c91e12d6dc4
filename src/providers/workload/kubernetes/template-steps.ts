/** The steps that make one pod template of another: only the fields that differ, so that nobody else's become ours. */
import { type JsonPatch, type PatchStep, pointer } from '../../kube/types.ts';
import type { Deployment, PodTemplate } from './shapes.ts';
import { versionLabel } from './versions.ts';

export function templateSteps({ spec, object }: Deployment, wanted: PodTemplate): JsonPatch {
  const { template: now } = spec;
  const steps = [
    ...fieldSteps(now.metadata, wanted.metadata, ['spec', 'template', 'metadata']),
    ...podSteps(now.spec, wanted.spec, ['spec', 'template', 'spec']),
  ];
  return steps.length === 0 ? [] : [...steps, ...ownLabelSteps(object.metadata.labels, wanted)];
}

/** The Deployment's own label tells the version as well, where it has one. */
function ownLabelSteps(
  labels: Readonly<Record<string, string>> | undefined,
  wanted: PodTemplate,
): PatchStep[] {
  const version = wanted.metadata.labels?.[versionLabel];
  const has = labels?.[versionLabel];
  if (has === undefined || version === undefined || has === version) return [];
  return [{ op: 'replace', path: pointer('metadata', 'labels', versionLabel), value: version }];
}

function podSteps(
  { containers: has, ...now }: PodTemplate['spec'],
  { containers: asked, ...wanted }: PodTemplate['spec'],
  base: readonly string[],
): PatchStep[] {
  const rest = fieldSteps(now, wanted, base);
  const alike = has.length === asked.length && has.every(({ name }, at) => asked[at]?.name === name);
  if (!alike) return [...rest, { op: 'replace', path: pointer(...base, 'containers'), value: asked }];
  return [
    ...rest,
    ...asked.flatMap((one, at) => containerSteps(has[at] ?? {}, one, [...base, 'containers', String(at)])),
  ];
}

function containerSteps(
  now: object,
  wanted: { readonly name: string },
  base: readonly string[],
): PatchStep[] {
  const steps = fieldSteps(now, wanted, base);
  return steps.length === 0
    ? []
    : [{ op: 'test', path: pointer(...base, 'name'), value: wanted.name }, ...steps];
}

function fieldSteps(now: object, wanted: object, base: readonly string[]): PatchStep[] {
  const [has, asked] = [new Map<string, unknown>(Object.entries(now)), Object.entries(wanted)];
  const gone = [...has.keys()].filter((key) => !(key in wanted));
  const other = asked.filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(has.get(key)));
  return [
    ...gone.map((key): PatchStep => ({ op: 'remove', path: pointer(...base, key) })),
    ...other.map(([key, value]): PatchStep => ({ op: 'add', path: pointer(...base, key), value })),
  ];
}
