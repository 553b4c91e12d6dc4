/** What a Service and its two Deployments say, and what is to be written so that they give a share. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { SluiceError } from '../../../domain/errors.ts';
import { otherSlot, type Slot } from '../../../domain/rollout/types.ts';

export type Labels = Readonly<Record<string, string>>;

export interface Pods {
  /** Of the Deployment itself. */
  readonly matchLabels: Labels;
  /** Of its pods. */
  readonly labels: Labels;
  /** Label `pod-template-hash` of its present pods; null: there were none yet. */
  readonly hash: string | null;
  readonly replicas: number;
  /** As its controller counts them: all that are not on their way out, and those that are ready. */
  readonly running: number;
  readonly ready: number;
}

export interface PodShare {
  readonly selector: Labels;
  /** As it was before the rollout, for the pods of both. */
  readonly shared: Labels;
  /** Pods of stable before the rollout. */
  readonly total: number;
  readonly pods: { readonly blue: Pods; readonly green: Pods | null };
}

interface Todo {
  readonly selector?: Labels;
  readonly blue?: number;
  readonly green?: number;
}

const hashLabel = 'pod-template-hash';

/**
 * The selector that takes the pods of one slot only. Labels that the other slot's pods do not have are enough; where
 * there are none, or nobody knows them yet, the hash of the pods as they are now tells them apart.
 */
export function selectorOf({ shared, pods }: PodShare, slot: Slot): Labels {
  const [own, other] = [pods[slot], pods[otherSlot(slot)]];
  if (own === null) throw new SluiceError('traffic-unready', 'The canary has no Deployment yet.');
  if (other !== null) {
    const apart = Object.entries(own.matchLabels).filter(([name, value]) => other.labels[name] !== value);
    if (apart.length > 0) return { ...shared, ...Object.fromEntries(apart) };
  }
  if (own.hash === null) throw new SluiceError('traffic-unready', 'The Deployment has no pods yet.');
  return { ...shared, [hashLabel]: own.hash };
}

/**
 * What can be written now so that the green slot gets `green` percent by `count` pods; nothing: it is so, or pods are
 * awaited.
 */
export function todo(state: PodShare, green: number, count: number): Todo {
  const { selector, shared, total, pods } = state;
  const wanted = { blue: pods.blue.replicas, green: pods.green?.replicas ?? 0 };
  let by = selector;
  if (green <= 0) {
    by = selectorOf(state, 'blue');
    wanted.blue = total;
  } else {
    if (pods.green === null) throw new SluiceError('traffic-unready', 'The canary has no Deployment.');
    wanted.green = count;
    const upGreen = pods.green.ready >= count && pods.green.replicas === count;
    if (green >= 100) {
      wanted.blue = total;
      if (upGreen) by = selectorOf(state, 'green');
    } else {
      // More pods than the share takes must be gone before they are let in.
      const letIn = isDeepStrictEqual(selector, shared) || pods.green.running <= count;
      if (letIn) by = shared;
      // Stable gives up pods when the canary's are there, and takes them back at once.
      const rest = total - count;
      if (pods.blue.replicas < rest || (upGreen && letIn)) wanted.blue = rest;
    }
  }
  return {
    ...(isDeepStrictEqual(by, selector) ? {} : { selector: by }),
    ...(wanted.blue === pods.blue.replicas ? {} : { blue: wanted.blue }),
    ...(pods.green === null || wanted.green === pods.green.replicas ? {} : { green: wanted.green }),
  };
}

/** Whether it is as it was asked to be, or on its way there; if neither, somebody else has been at it. */
export function isUnderWay(state: PodShare, green: number, count: number): boolean {
  const { selector, shared, total, pods } = state;
  const is = (wanted: Labels) => isDeepStrictEqual(selector, wanted);
  if (green <= 0) return is(selectorOf(state, 'blue'));
  if (pods.green === null || pods.green.replicas !== count) return false;
  const isClosed = is(selectorOf(state, 'blue'));
  if (green >= 100) return is(selectorOf(state, 'green')) || is(shared) || isClosed;
  const isShrinking = is(selectorOf(state, 'green')) && pods.green.running > count;
  return pods.blue.replicas >= total - count && (is(shared) || isClosed || isShrinking);
}

/** By selector and numbers of pods, percent; none selected: none. */
export function realShares({ selector, pods }: PodShare): Readonly<Record<Slot, number>> {
  const count = (own: Pods | null) => (own !== null && selects(selector, own) ? own.replicas : 0);
  const [blue, green] = [count(pods.blue), count(pods.green)];
  const all = blue + green;
  return all === 0 ? { blue: 0, green: 0 } : { blue: (blue / all) * 100, green: (green / all) * 100 };
}

/** Whether the endpoints of the Service, by slot, are those that the share takes. */
export function isServed(
  { total }: PodShare,
  green: number,
  count: number,
  endpoints: Readonly<Record<Slot, number>>,
): boolean {
  if (green <= 0) return endpoints.green === 0;
  if (green >= 100) return endpoints.blue === 0 && endpoints.green > 0;
  return endpoints.green === count && endpoints.blue === total - count;
}

function selects(selector: Labels, { labels, hash }: Pods): boolean {
  const all: Labels = hash === null ? labels : { ...labels, [hashLabel]: hash };
  return Object.entries(selector).every(([name, value]) => all[name] === value);
}
