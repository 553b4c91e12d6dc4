/** The stable Deployment: a promoted version comes into it, and goes out of it again when it is taken back. */
import { isProblem } from '../../kube/errors.ts';
import { type JsonPatch, nameOf } from '../../kube/types.ts';
import { type Call, type Context, change, leaveNoTrace } from './change.ts';
import { selects } from './labels.ts';
import type { Place } from './options.ts';
import { waitReady } from './ready.ts';
import { record } from './record.ts';
import { misfit, unready } from './refusals.ts';
import type { Deployment } from './shapes.ts';
import { templateFor } from './template.ts';
import { templateSteps } from './template-steps.ts';
import { stableVersion, versionIn, wayTo } from './way.ts';

const slot = 'blue';

export async function startStable(
  context: Context,
  place: Place,
  version: string,
  call: Call,
): Promise<void> {
  if (place.gitops) return await awaitStable(context, place, version, call);
  const { fence, client } = context;
  const { target, stable: ref } = place;
  const { epoch, signal } = call;
  await fence.claim(target, slot, epoch, signal);
  const way = await wayTo(context, place, version, signal);
  const replicas = await sizeAnew(context, place, signal);
  let changes: JsonPatch = [];
  const steps = (found: Deployment) => {
    refuseUnfit(found, place);
    changes = [
      ...templateSteps(found, way.template(found)),
      ...sizeSteps(found, found.spec.replicas || replicas),
    ];
    return changes;
  };
  const before = await change(context, ref, { target, slot, epoch }, steps, signal);
  const changed = changes.length > 0;
  if (changed) {
    call.progress(`${version} goes into ${nameOf(ref)}`);
    const former = stableVersion(before.spec.template, place);
    await record(client, place, before, 'Promoting', `${version} goes in, where ${former} was`);
  }
  await awaitStable(context, place, version, call);
  call.progress(`${version} is ready`);
  await leaveNoTrace(context, ref, signal);
  if (changed)
    await record(client, place, before, way.back ? 'RolledBack' : 'Promoted', `${version} is stable`);
}

/** Asks the API server whether the version could be brought in later, before any user is touched. */
export async function tryPromotion(
  { client }: Context,
  place: Place,
  stable: Deployment,
  version: string,
  signal: AbortSignal,
): Promise<void> {
  if (place.gitops) return;
  refuseUnfit(stable, place);
  const steps = templateSteps(stable, templateFor(stable.spec.template, place, version));
  // Its status changes all the time, so a trial is not tied to what was read; one that lost a race is no refusal.
  await client.patch(place.stable, steps, signal, 'try').catch((error: unknown) => {
    if (!isProblem(error, 'conflict')) throw error;
  });
}

/** Never deleted, and never scaled against an autoscaler or below a budget: with either it stays as it is. */
export async function stopStable(
  context: Context,
  place: Place,
  { epoch, signal }: Omit<Call, 'progress'>,
): Promise<void> {
  if (place.gitops) return;
  const { cluster, fence } = context;
  const { target, stable: ref } = place;
  await fence.claim(target, slot, epoch, signal);
  const found = await cluster.deployment(ref, signal);
  if (found === null) return;
  const isKept =
    (await cluster.autoscalerOf(ref, signal)) !== null || (await cluster.budgetOf(found, signal)) !== null;
  const to = isKept ? found.spec.replicas : 0;
  if (to < found.spec.replicas) await fence.noteFound(target, slot, found.spec.replicas, signal);
  await change(context, ref, { target, slot, epoch }, (now) => (isKept ? [] : sizeSteps(now, to)), signal);
  await leaveNoTrace(context, ref, signal);
}

/** Errors: `workload-config` for a Deployment that a version cannot be brought into without a gap. */
function refuseUnfit({ spec, object }: Deployment, { stable }: Place): void {
  const what = nameOf(stable);
  if (object.metadata.deletionTimestamp !== undefined) throw misfit(`${what} is being deleted.`);
  if (spec.paused) throw misfit(`${what} is paused, so that it would take no new version; resume it first.`);
  if (spec.strategy.type !== 'Recreate') return;
  throw misfit(
    `${what} has the strategy Recreate, with which no pod serves while versions change; set RollingUpdate.`,
  );
}

/** Pods that a Deployment without any gets: as many as it had, or what its autoscaler begins with. */
async function sizeAnew({ cluster, fence }: Context, place: Place, signal: AbortSignal): Promise<number> {
  const found = await cluster.stable(place, signal);
  if (found.spec.replicas > 0) return found.spec.replicas;
  const autoscaler = await cluster.autoscalerOf(place.stable, signal);
  const known = autoscaler?.spec.minReplicas ?? (await fence.found(place.target, slot, signal));
  const canary = known === null ? await cluster.deployment(place.canary, signal) : null;
  await fence.noteFound(place.target, slot, null, signal);
  return known ?? (canary?.spec.replicas || 1);
}

export function sizeSteps({ spec }: Deployment, replicas: number): JsonPatch {
  return spec.replicas === replicas ? [] : [{ op: 'replace', path: '/spec/replicas', value: replicas }];
}

async function awaitStable({ cluster }: Context, place: Place, version: string, call: Call): Promise<void> {
  const { stable: ref } = place;
  const what = `${version} in ${nameOf(ref)}`;
  const [found, service] = await Promise.all([
    cluster.stable(place, call.signal),
    cluster.service(place.service, call.signal),
  ]);
  const serves = selects(service?.spec.selector ?? {}, found.spec.template.metadata.labels ?? {});
  const fits = (now: Deployment) => versionIn(now, place) === version;
  if (place.gitops && !fits(found)) call.progress(`${what}: waits until it is brought there`);
  const still = (now: Deployment) => {
    if (place.gitops || fits(now)) return;
    throw unready(`${what}: somebody else has changed the Deployment meanwhile.`);
  };
  await waitReady(
    cluster,
    { ref, what, service: serves ? place.service : null, fits, still },
    call.signal,
    call.progress,
  );
}
