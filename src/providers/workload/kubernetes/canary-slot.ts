/** The canary's Deployment and Service: made from stable's, and gone without a trace when the rollout is over. */
import { SluiceError } from '../../../domain/errors.ts';
import { isProblem } from '../../kube/errors.ts';
import { type KubeObject, nameOf } from '../../kube/types.ts';
import { refuseMissingRight } from './access.ts';
import { type CanaryWanted, canaryFor, notes } from './canary.ts';
import { hasSelector, identityOf, named, updateSteps, withEpoch } from './canary-object.ts';
import { type Call, type Context, drained, leaveNoTrace, unchanged } from './change.ts';
import type { Place } from './options.ts';
import { waitReady } from './ready.ts';
import { record } from './record.ts';
import { misfit, unready } from './refusals.ts';
import type { Deployment } from './shapes.ts';
import { tryPromotion } from './stable-slot.ts';

const slot = 'green';
const maxRounds = 20;

export async function startCanary(
  context: Context,
  place: Place,
  version: string,
  call: Call,
): Promise<void> {
  const { cluster, client, fence } = context;
  const { signal, progress, epoch } = call;
  const stable = await cluster.stable(place, signal);
  if (stable.spec.replicas === 0) {
    throw misfit(`${nameOf(place.stable)} is scaled to 0, so there is no stable version to go back to.`);
  }
  const [ofStable, ofCanary] = await Promise.all([
    cluster.service(place.service, signal),
    cluster.service(place.canaryService, signal),
  ]);
  const wanted = canaryFor(stable, { stable: ofStable, canary: ofCanary }, place, version);
  // Whatever is not allowed, or would not be taken, is found out before anything is made.
  await tryAll(context, place, wanted, signal);
  await tryPromotion(context, place, stable, version, signal);
  await fence.claim(place.target, slot, epoch, signal);
  progress(`${version} starts in ${nameOf(place.canary)}, with ${wanted.deployment.spec.replicas} pods`);
  await ensureDeployment(context, place, wanted, call);
  if (wanted.service !== null) await ensureService(context, place, wanted.service, epoch, signal);
  else if (ofCanary === null)
    progress(`there is no ${nameOf(place.service)} to make one for the canary from`);
  await record(
    client,
    place,
    stable,
    'CanaryStarted',
    `${version} starts in Deployment ${place.canary.name}`,
  );
  await awaitCanary(context, place, version, call).catch(async (error: unknown) => {
    if (error instanceof SluiceError) await record(client, place, stable, 'CanaryUnready', error.message);
    throw error;
  });
  progress(`${version} is ready`);
  await record(client, place, stable, 'CanaryReady', `${version} is ready for traffic`);
}

async function awaitCanary(
  { cluster }: Context,
  place: Place,
  version: string,
  { epoch, signal, progress }: Call,
): Promise<void> {
  const { canary: ref } = place;
  const still = ({ object }: Deployment) => {
    const { annotations } = object.metadata;
    if (epoch !== undefined && Number(annotations?.[notes.epoch]) > epoch) throw fenced(epoch, object);
    if (annotations?.[notes.version] === version) return;
    throw unready(`${version} in ${nameOf(ref)}: somebody else has changed the Deployment meanwhile.`);
  };
  const service = await cluster.service(place.canaryService, signal);
  const what = `${version} in ${nameOf(ref)}`;
  const awaited = { ref, what, service: service && place.canaryService, fits: () => true, still };
  await waitReady(cluster, awaited, signal, progress);
}

async function tryAll(
  { client, cluster }: Context,
  place: Place,
  { deployment, service }: CanaryWanted,
  signal: AbortSignal,
): Promise<void> {
  const found = await cluster.deployment(place.canary, signal);
  if (found !== null) refuseForeign(found.object, place);
  const passes = (error: unknown) => {
    if (!isProblem(error, 'exists')) throw error;
  };
  await client.create(place.canary, named(deployment, place.canary.name), signal, 'try').catch(passes);
  await refuseMissingRight(client, place.canary, ['patch', 'delete'], signal);
  if (service === null) return;
  await client
    .create(place.canaryService, named(service, place.canaryService.name), signal, 'try')
    .catch(passes);
  await refuseMissingRight(client, place.canaryService, ['delete'], signal);
}

async function ensureDeployment(
  context: Context,
  place: Place,
  { deployment }: CanaryWanted,
  { epoch, signal }: Call,
): Promise<void> {
  const { client, cluster, fence } = context;
  const { canary: ref, target } = place;
  for (let round = 1; round <= maxRounds; round++) {
    const found = await cluster.deployment(ref, signal);
    await fence.check(target, slot, epoch, signal);
    try {
      if (found === null) {
        const made = await client.create(ref, named(withEpoch(deployment, epoch), ref.name), signal);
        return await stillOurs(context, place, made, epoch, signal);
      }
      refuseForeign(found.object, place);
      if (hasSelector(found, deployment)) {
        const steps = updateSteps(found, deployment, epoch);
        if (steps.length > 0) await client.patch(ref, [unchanged(found.object), ...steps], signal);
        return;
      }
      // What a Deployment selects cannot be changed.
      await client.delete(ref, signal, identityOf(found.object));
    } catch (error) {
      if (!isProblem(error, 'conflict', 'exists', 'not-found')) throw error;
    }
  }
  throw changedAgain(nameOf(ref));
}

/** A stop of a newer owner may have found nothing to stop just before: then what was made goes again. */
async function stillOurs(
  { client, fence }: Context,
  { canary, target }: Place,
  made: KubeObject,
  epoch: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  await fence.check(target, slot, epoch, signal).catch(async (error: unknown) => {
    await client.delete(canary, undefined, { uid: made.metadata.uid });
    throw error;
  });
}

async function ensureService(
  { client, fence }: Context,
  { canaryService: ref, target }: Place,
  service: object,
  epoch: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  const made = await client.create(ref, named(service, ref.name), signal).catch((error: unknown) => {
    if (isProblem(error, 'exists')) return null;
    throw error;
  });
  await fence.check(target, slot, epoch, signal).catch(async (error: unknown) => {
    if (made !== null) await client.delete(ref, undefined, { uid: made.metadata.uid });
    throw error;
  });
}

export async function stopCanary(
  context: Context,
  place: Place,
  { epoch, signal }: Omit<Call, 'progress'>,
): Promise<void> {
  const { client, cluster, fence } = context;
  const { target, canary: ref } = place;
  await fence.claim(target, slot, epoch, signal);
  const running = await cluster.deployment(ref, signal);
  const version = running?.object.metadata.annotations?.[notes.version];
  if (running !== null && isOurs(running.object, place)) await drained(place, running, epoch, signal);
  const removed = await remove(context, place, ref, epoch, signal);
  await remove(context, place, place.canaryService, epoch, signal);
  if (!place.gitops) await leaveNoTrace(context, place.stable, signal);
  if (!removed) return;
  const stable = await cluster.deployment(place.stable, signal);
  await record(client, place, stable, 'CanaryRemoved', `${version ?? 'the canary'} is gone from ${ref.name}`);
}

/** True: it was there, ours, and is gone. */
async function remove(
  { client, fence }: Context,
  place: Place,
  ref: Place['canary'],
  epoch: number | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  for (let round = 1; round <= maxRounds; round++) {
    const object = await client.find(ref, signal);
    if (object === null || !isOurs(object, place)) return false;
    await fence.check(place.target, slot, epoch, signal);
    try {
      await client.delete(ref, signal, identityOf(object));
      return true;
    } catch (error) {
      // Its status changes all the time.
      if (!isProblem(error, 'conflict')) throw error;
    }
  }
  throw changedAgain(nameOf(ref));
}

export function isOurs(object: KubeObject | undefined, { target }: Place): boolean {
  return object?.metadata.annotations?.[notes.madeFor] === target;
}

function refuseForeign(object: KubeObject, place: Place): void {
  if (isOurs(object, place)) return;
  const whose = object.metadata.annotations?.[notes.madeFor];
  const why = whose === undefined ? 'Sluice did not make it' : `it is the canary of ${whose}`;
  const advice = 'set workload.canary to another name, or workload.userManaged: true if it is yours to bring';
  throw misfit(`${nameOf(place.canary)} is there already, and ${why}; ${advice}.`);
}

function fenced(epoch: number, { metadata }: KubeObject): SluiceError {
  const why = `epoch ${metadata.annotations?.[notes.epoch]} has changed ${metadata.name} since`;
  return new SluiceError('workload-fenced', `Epoch ${epoch} is over: ${why}.`);
}

function changedAgain(what: string): SluiceError {
  return new SluiceError('workload-unavailable', `${what} was changed again and again.`);
}
