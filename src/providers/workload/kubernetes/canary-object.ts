/**
 * The canary's Deployment as it is sent to the API server: its epoch, its name, and how one that is there becomes as
 * wanted.
 */
import { type KubeObject, type PatchStep, pointer } from '../../kube/types.ts';
import { type CanaryWanted, notes } from './canary.ts';
import type { Deployment } from './shapes.ts';

export function updateSteps(
  { spec, object }: Deployment,
  wanted: CanaryWanted['deployment'],
  epoch: number | undefined,
): PatchStep[] {
  const { annotations } = withEpoch(wanted, epoch).metadata;
  const set = (key: string, value: string): PatchStep => ({
    op: 'add',
    path: pointer('metadata', 'annotations', key),
    value,
  });
  const noted = Object.entries(annotations).filter(
    ([key, value]) => object.metadata.annotations?.[key] !== value,
  );
  const own = noted.filter(([key]) => key.startsWith('sluice.dev/')).map(([key, value]) => set(key, value));
  if (object.metadata.annotations?.[notes.hash] !== annotations[notes.hash]) {
    const labels: PatchStep = { op: 'add', path: '/metadata/labels', value: wanted.metadata.labels };
    return [...own, labels, { op: 'replace', path: '/spec', value: wanted.spec }];
  }
  // Grown with its traffic, it keeps its size.
  const grows = spec.replicas < wanted.spec.replicas;
  return grows ? [...own, { op: 'replace', path: '/spec/replicas', value: wanted.spec.replicas }] : own;
}

export function hasSelector({ spec }: Deployment, wanted: CanaryWanted['deployment']): boolean {
  const sorted = (labels: object) => JSON.stringify(Object.entries(labels).toSorted());
  const { matchLabels = {} } = wanted.spec.selector as { matchLabels?: object };
  return sorted(spec.selector.matchLabels) === sorted(matchLabels);
}

export function withEpoch(
  wanted: CanaryWanted['deployment'],
  epoch: number | undefined,
): CanaryWanted['deployment'] {
  if (epoch === undefined) return wanted;
  const annotations = { ...wanted.metadata.annotations, [notes.epoch]: String(epoch) };
  return { ...wanted, metadata: { ...wanted.metadata, annotations } };
}

export function named(object: object, name: string): object {
  const { metadata } = object as { metadata: object };
  return { ...object, metadata: { ...metadata, name } };
}

export function identityOf({ metadata: { uid, resourceVersion } }: KubeObject) {
  return { uid, resourceVersion };
}
