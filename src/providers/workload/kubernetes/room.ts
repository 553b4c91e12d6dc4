/** A canary that began small grows with its share of traffic, and with stable where an autoscaler makes that grow. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '../../../domain/errors.ts';
import { isProblem } from '../../kube/errors.ts';
import { nameOf, pointer } from '../../kube/types.ts';
import { notes, replicasFor } from './canary.ts';
import { isOurs } from './canary-slot.ts';
import { type Call, type Context, unchanged } from './change.ts';
import { grow } from './managed-slot.ts';
import type { Place } from './options.ts';
import { unready } from './refusals.ts';
import type { Deployment } from './shapes.ts';

const waitMs = 4_000;
const pauseMs = 300;
const maxRounds = 20;

/**
 * Errors, where it waits: `workload-unavailable` while fewer pods are available than the share takes, and
 * `workload-unready` if there is no canary, whose Service would answer with errors.
 */
export async function makeCanaryRoom(
  context: Context,
  place: Place,
  sharePercent: number,
  call: Omit<Call, 'progress'> & { readonly wait: boolean },
): Promise<void> {
  const { cluster } = context;
  const { canary: ref, options } = place;
  const { signal } = call;
  const [found, stable] = await Promise.all([cluster.deployment(ref, signal), cluster.stable(place, signal)]);
  if (found === null || (!options.userManaged && !isOurs(found.object, place))) {
    if (call.wait) throw noCanary(place, found !== null);
    return;
  }
  if (options.userManaged && (await cluster.autoscalerOf(ref, signal)) !== null) return;
  // As its traffic moves away an autoscaler makes stable smaller, so the largest size that was seen is what all takes.
  const full = Math.max(Number(found.object.metadata.annotations?.[notes.full]) || 0, stable.spec.replicas);
  const needed = replicasFor(sharePercent, full);
  if (options.userManaged) await grow(context, place, needed, call);
  else await growOwn(context, place, needed, full, call);
  const untilMs = performance.now() + (call.wait ? waitMs : 0);
  for (;;) {
    const now = await cluster.deployment(ref, signal);
    if (now === null && call.wait) throw noCanary(place, false);
    const available = now?.status.availableReplicas ?? 0;
    if (available >= needed || !call.wait) return;
    if (performance.now() > untilMs) {
      const why = `${available} of ${needed} pods that ${sharePercent} % takes are available`;
      throw new SluiceError('workload-unavailable', `${nameOf(ref)}: ${why}.`);
    }
    await sleep(pauseMs, undefined, { signal });
  }
}

function noCanary({ canary, target }: Place, isOthers: boolean): SluiceError {
  const why = isOthers ? `is not the canary of ${target}` : 'is gone';
  return unready(`${nameOf(canary)} ${why}, so it can take no traffic.`);
}

/** It makes nothing that was not there, so a stop that comes in between is not undone. */
async function growOwn(
  { client, cluster, fence }: Context,
  { canary: ref, target }: Place,
  needed: number,
  full: number,
  { epoch, signal }: Omit<Call, 'progress'>,
): Promise<void> {
  for (let round = 1; round <= maxRounds; round++) {
    const found = await cluster.deployment(ref, signal);
    const steps = found === null ? [] : growSteps(found, needed, full);
    if (found === null || steps.length === 0) return;
    await fence.check(target, 'green', epoch, signal);
    try {
      await client.patch(ref, [unchanged(found.object), ...steps], signal);
      return;
    } catch (error) {
      if (!isProblem(error, 'conflict', 'not-found')) throw error;
    }
  }
}

function growSteps({ spec, object }: Deployment, needed: number, full: number) {
  const known = object.metadata.annotations?.[notes.full];
  const noted = {
    op: 'add',
    path: pointer('metadata', 'annotations', notes.full),
    value: String(full),
  } as const;
  return [
    ...(known === String(full) ? [] : [noted]),
    ...(spec.replicas >= needed ? [] : [{ op: 'replace', path: '/spec/replicas', value: needed } as const]),
  ];
}
