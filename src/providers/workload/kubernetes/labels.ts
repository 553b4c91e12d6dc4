/**
 * The labels of a canary's pods: like stable's, but never such that the stable Service or Deployment takes them for its
 * own.
 */
import { SluiceError } from '../../../domain/errors.ts';
import type { Place } from './options.ts';
import type { Deployment, PodTemplate, Service } from './shapes.ts';
import { labelFor, versionLabel } from './versions.ts';

export type Labels = Readonly<Record<string, string>>;

const slotLabel = 'sluice.dev/slot';
const suffix = '-canary';
const longestValue = 63;

interface CanaryLabels {
  /** All labels of the pods. */
  readonly pods: Labels;
  /** By which the Deployment finds them. */
  readonly matchLabels: Labels;
  /** By which a Service of ours finds them. */
  readonly service: Labels;
}

/** Errors: `workload-config` if the Services leave no way to keep the pods apart. */
export function canaryLabels(
  { spec }: Deployment,
  services: { readonly stable: Service | null; readonly canary: Service | null },
  { options, canaryService }: Place,
  template: PodTemplate,
  version: string,
): CanaryLabels {
  const selector = services.stable?.spec.selector ?? {};
  const taken = Object.keys(options.podLabels ?? {}).find(
    (key) => key in { ...spec.selector.matchLabels, ...selector },
  );
  if (taken !== undefined) {
    throw new SluiceError(
      'workload-config',
      `Pods are found by the label ${taken}; workload.podLabels cannot set it.`,
    );
  }
  const apart = options.labels === 'separate' ? { ...spec.selector.matchLabels, ...selector } : {};
  const label = labelFor(version);
  const pods: Labels = {
    ...template.metadata.labels,
    ...mapValues(apart, suffixed),
    // A canary Service that the team has says itself which pods it takes.
    ...services.canary?.spec.selector,
    [slotLabel]: 'canary',
    'app.kubernetes.io/managed-by': 'sluice',
    ...(label === null ? {} : { [versionLabel]: label }),
  };
  if (options.labels === 'separate' && services.stable !== null && selects(selector, pods)) {
    const why = `the Service ${canaryService.name} selects pods that the stable Service selects as well`;
    throw new SluiceError('workload-config', `Canary and stable cannot be kept apart: ${why}.`);
  }
  const own = { [slotLabel]: 'canary' };
  return {
    pods,
    matchLabels: { ...mapValues(spec.selector.matchLabels, (_, key) => pods[key] ?? ''), ...own },
    service: { ...mapValues(selector, (_, key) => pods[key] ?? ''), ...own },
  };
}

export function selects(selector: Labels, labels: Labels): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

function suffixed(value: string): string {
  return `${value.slice(0, longestValue - suffix.length)}${suffix}`;
}

function mapValues(labels: Labels, change: (value: string, key: string) => string): Labels {
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, change(value, key)]));
}

/**
 * Rules of a pod that speak of its own kind (spread them, keep them apart) mean the canary's pods in a canary. As they
 * are, they would keep it away from every node on which stable runs.
 */
export function retargeted<T>(rules: T, stablePods: Labels, canaryPods: Labels): T {
  if (Array.isArray(rules)) return rules.map((one) => retargeted(one, stablePods, canaryPods)) as T;
  if (typeof rules !== 'object' || rules === null) return rules;
  const entries = Object.entries(rules).map(([key, value]) => [
    key,
    key === 'labelSelector'
      ? selectorFor(value, stablePods, canaryPods)
      : retargeted(value, stablePods, canaryPods),
  ]);
  return Object.fromEntries(entries) as T;
}

function selectorFor(selector: unknown, stablePods: Labels, canaryPods: Labels): unknown {
  if (typeof selector !== 'object' || selector === null) return selector;
  const { matchLabels, matchExpressions } = selector as {
    matchLabels?: Labels;
    matchExpressions?: unknown[];
  };
  const same = Object.entries(matchLabels ?? {}).every(([key, value]) => stablePods[key] === value);
  if (!same) return selector;
  return {
    ...selector,
    ...(matchLabels === undefined
      ? {}
      : { matchLabels: mapValues(matchLabels, (value, key) => canaryPods[key] ?? value) }),
    ...(matchExpressions === undefined
      ? {}
      : { matchExpressions: matchExpressions.map((one) => expressionFor(one, stablePods, canaryPods)) }),
  };
}

function expressionFor(expression: unknown, stablePods: Labels, canaryPods: Labels): unknown {
  if (typeof expression !== 'object' || expression === null) return expression;
  const { key, operator, values } = expression as { key?: string; operator?: string; values?: string[] };
  if (operator !== 'In' || key === undefined || values === undefined) return expression;
  const [from, to] = [stablePods[key], canaryPods[key]];
  if (from === undefined || to === undefined) return expression;
  return { ...expression, values: values.map((value) => (value === from ? to : value)) };
}
