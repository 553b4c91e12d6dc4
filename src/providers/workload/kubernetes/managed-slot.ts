/** A canary Deployment that the team brings itself: Sluice waits for the version in it, and scales it. */
import { nameOf } from '../../kube/types.ts';
import { replicasFor } from './canary.ts';
import { type Call, type Context, change, drained, leaveNoTrace } from './change.ts';
import type { Place } from './options.ts';
import { waitReady } from './ready.ts';
import { record } from './record.ts';
import { misfit } from './refusals.ts';
import type { Deployment } from './shapes.ts';
import { sizeSteps, tryPromotion } from './stable-slot.ts';
import { stableVersion } from './way.ts';

const slot = 'green';

export async function startManaged(
  context: Context,
  place: Place,
  version: string,
  call: Call,
): Promise<void> {
  const { cluster, fence, client } = context;
  const { target, canary: ref } = place;
  const { epoch, signal, progress } = call;
  const stable = await cluster.stable(place, signal);
  if ((await cluster.deployment(ref, signal)) === null) {
    throw misfit(`There is no ${nameOf(ref)}; bring it, or leave workload.userManaged out.`);
  }
  await tryPromotion(context, place, stable, version, signal);
  await fence.claim(target, slot, epoch, signal);
  progress(`waits for ${version} in ${nameOf(ref)}`);
  await grow(context, place, firstSize(place, stable), call);
  await awaitManaged(context, place, version, call);
  await leaveNoTrace(context, ref, signal);
  await record(client, place, stable, 'CanaryReady', `${version} is ready for traffic`);
}

/** Never smaller, and never against an autoscaler of its own. */
export async function grow(
  context: Context,
  place: Place,
  size: number,
  { epoch, signal }: Omit<Call, 'progress'>,
): Promise<void> {
  const { cluster, fence } = context;
  const { target, canary: ref } = place;
  const found = await cluster.deployment(ref, signal);
  const scaled = (await cluster.autoscalerOf(ref, signal)) !== null;
  if (found === null || scaled) return;
  if (found.spec.replicas < size) await fence.noteFound(target, slot, found.spec.replicas, signal);
  const steps = (now: Deployment) => sizeSteps(now, Math.max(now.spec.replicas, size));
  await change(context, ref, { target, slot, epoch }, steps, signal);
}

async function awaitManaged(
  { cluster }: Context,
  place: Place,
  version: string,
  { signal, progress }: Call,
): Promise<void> {
  const service = await cluster.service(place.canaryService, signal);
  const awaited = {
    ref: place.canary,
    what: `${version} in ${nameOf(place.canary)}`,
    service: service && place.canaryService,
    fits: ({ spec }: Deployment) => stableVersion(spec.template, place) === version,
    still: () => {},
  };
  await waitReady(cluster, awaited, signal, progress);
}

/** Scaled to the size in which it was found; it stays. */
export async function stopManaged(
  context: Context,
  place: Place,
  { epoch, signal }: Omit<Call, 'progress'>,
): Promise<void> {
  const { cluster, fence, client } = context;
  const { target, canary: ref } = place;
  await fence.claim(target, slot, epoch, signal);
  const running = await cluster.deployment(ref, signal);
  if (running === null) return;
  await drained(place, running, epoch, signal);
  const scaled = (await cluster.autoscalerOf(ref, signal)) !== null;
  const size = (await fence.found(target, slot, signal)) ?? 0;
  await change(context, ref, { target, slot, epoch }, (now) => (scaled ? [] : sizeSteps(now, size)), signal);
  await leaveNoTrace(context, ref, signal);
  await fence.noteFound(target, slot, null, signal);
  if (!place.gitops) await leaveNoTrace(context, place.stable, signal);
  const stable = await cluster.deployment(place.stable, signal);
  await record(client, place, stable, 'CanaryRemoved', `${ref.name} is scaled to ${size}`);
}

function firstSize({ options }: Place, { spec }: Deployment): number {
  const { replicas } = options;
  return typeof replicas === 'number' ? replicas : replicasFor(Number.parseInt(replicas, 10), spec.replicas);
}
