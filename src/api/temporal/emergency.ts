/** The emergency stop: canary traffic of a whole scope to 0 in the data planes first, then every workflow is told. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, SluiceError } from '../../domain/errors.ts';
import { targetOf } from '../../domain/plan/types.ts';
import type { CommandPayload } from '../../domain/rollout/types.ts';
import type { EmergencyAnswer, EmergencyStopBody, ReleaseAnswer } from '../contract.ts';
import { each } from '../each.ts';
import type { DataPlanes, Written } from '../express/data-planes.ts';
import { type ExpressDeps, hasCanary, stopCanary } from './rollback.ts';
import { type Running, runningRollouts } from './running.ts';
import { askFor } from './view.ts';
import { workflowIdFor } from './visibility.ts';

type Restored = EmergencyAnswer['restored'][number];
type NotRestored = EmergencyAnswer['notRestored'][number];
type Result = Restored | NotRestored;
type Target = { readonly environment: string; readonly service: string };

/** What was done in the data planes, and whose workflows are to be told. */
interface Stopped {
  readonly results: readonly Result[];
  readonly rollouts: readonly Target[];
  readonly listProblem: string | null;
}

/** As many as HAProxy answers well at a time; the provider has turns of its own. */
const maxStops = 64;
const maxSignals = 50;
/** How long the answer waits for the workflows to be told; the rest is told after it. */
const tellBudgetMs = 3000;

/** Throws `traffic-unavailable` when there was something to stop and none of it could be. */
export async function emergencyStop(deps: ExpressDeps, request: EmergencyStopBody): Promise<EmergencyAnswer> {
  const { scope } = request;
  const { results, rollouts, listProblem } =
    scope === 'all' ? await stopEverything(deps) : await stopSome(deps, scope);
  const { told, notTold } = await tellAll(deps, rollouts, request);
  const restored = results.filter((result) => 'tookMs' in result);
  const missed = results.filter((result) => 'problem' in result);
  if (restored.length === 0 && missed.length > 0) {
    throw new SluiceError('traffic-unavailable', 'Nothing could be stopped in the data planes.', {
      details: { notRestored: missed, told, notTold },
    });
  }
  return { restored, notRestored: missed, told, notTold, listProblem };
}

/** Clears a stop of everything; stops of single targets are cleared by their next rollouts. */
export async function releaseAll(planes: DataPlanes): Promise<ReleaseAnswer> {
  const results = await each(planes.names, maxStops, async (name) => ({
    name,
    result: await planes.release(name),
  }));
  const released = results.filter(({ result }) => result.written).map(({ name }) => name);
  const notReleased = results.flatMap(({ name, result }) =>
    result.written ? [] : [{ traffic: name, problem: result.problem }],
  );
  if (released.length === 0 && notReleased.length > 0) {
    const listed = notReleased.map(({ traffic, problem }) => `${traffic}: ${problem}`).join('; ');
    const what = `No data plane could be released. ${clipped(listed)}`;
    throw new SluiceError('traffic-unavailable', what, { details: { notReleased } });
  }
  return { released, notReleased };
}

/** One write per data plane; which rollouts that was is asked meanwhile. */
async function stopEverything(deps: ExpressDeps): Promise<Stopped> {
  const { planes } = deps;
  if (planes.names.length === 0) {
    throw new SluiceError('traffic-unavailable', 'No data plane is configured, so none can be stopped.');
  }
  const [stops, { rollouts, listProblem }] = await Promise.all([
    each(planes.names, maxStops, async (name) => [name, await planes.stopAll(name)] as const),
    listed(deps),
  ]);
  const byName = new Map<string, Written>(stops);
  const ofPlanes = stops.map(([name, written]) => resultOf('*', name, written));
  const ofRollouts = await each(rollouts, maxStops, async ({ summary, memo }): Promise<Result> => {
    const { target } = summary;
    const ref = await deps.lookup.of(summary, memo).catch(() => null);
    if (ref === null) return notRestored(target, null, unknownPlane);
    const written = byName.get(ref.name);
    return written
      ? resultOf(target, ref.name, written)
      : notRestored(target, ref.name, `"${ref.name}" is not configured here`);
  });
  return {
    results: [...ofPlanes, ...ofRollouts],
    rollouts: rollouts.map(({ summary }) => summary),
    listProblem,
  };
}

async function stopSome(
  deps: ExpressDeps,
  { environments = [], targets = [] }: Exclude<EmergencyStopBody['scope'], 'all'>,
): Promise<Stopped> {
  const named = each([...new Set(targets)], maxStops, (target) => stopNamed(deps, target));
  const { rollouts, listProblem } = environments.length > 0 ? await listed(deps) : nobodyAsked;
  const found = rollouts.filter(
    ({ summary: { environment, target } }) => environments.includes(environment) && !targets.includes(target),
  );
  const ofFound = await each(found, maxStops, (running) => stopRunning(deps, running));
  const unseen = listProblem === null ? [] : environments;
  const ofUnseen = unseen.map((name) => notRestored(`${name}/*`, null, listProblem ?? ''));
  const ofNamed = await named;
  return {
    results: [...ofNamed.map(({ result }) => result), ...ofFound, ...ofUnseen],
    rollouts: [
      ...ofNamed.flatMap(({ result, idle }) => (idle ? [] : targetFrom(result.target))),
      ...found.map(({ summary }) => summary),
    ],
    listProblem,
  };
}

/** `idle`: there is nobody to tell either. */
async function stopNamed(deps: ExpressDeps, target: string): Promise<{ result: Result; idle: boolean }> {
  try {
    const lane = await stopCanary(deps, targetFrom(target));
    // A typing error must not pass for a stop.
    if (lane === null) return { result: notRestored(target, null, 'no canary of it runs'), idle: true };
    return { result: resultOf(target, lane.traffic, lane.express), idle: false };
  } catch (error) {
    const idle = error instanceof SluiceError && error.code === 'rollout-not-found';
    return { result: notRestored(target, null, messageOf(error)), idle };
  }
}

async function stopRunning(deps: ExpressDeps, { summary, memo }: Running): Promise<Result> {
  const { target } = summary;
  const ref = await deps.lookup.of(summary, memo).catch(() => null);
  if (ref === null) return notRestored(target, null, unknownPlane);
  return resultOf(target, ref.name, await deps.planes.stop(ref));
}

const unknownPlane = 'its data plane is not known';
const nobodyAsked = { rollouts: [], listProblem: null };

async function listed(deps: ExpressDeps): Promise<{ rollouts: Running[]; listProblem: string | null }> {
  try {
    const running = await runningRollouts(deps);
    return { rollouts: running.filter(({ summary }) => hasCanary(summary)), listProblem: null };
  } catch (error) {
    return { rollouts: [], listProblem: messageOf(error) };
  }
}

/** Goes on in the background when it takes longer than the answer may wait. */
async function tellAll(
  deps: ExpressDeps,
  targets: readonly Target[],
  { actor, reason }: EmergencyStopBody,
): Promise<Pick<EmergencyAnswer, 'told' | 'notTold'>> {
  const payload: CommandPayload = { actor, reason: `emergency stop: ${reason}`, requestId: randomUUID() };
  const problems = new Map(targets.map((target) => [targetOf(target), 'not told yet; it goes on']));
  const telling = each(targets, maxSignals, async (target) => {
    const handle = deps.client.workflow.getHandle(workflowIdFor(target));
    try {
      await askFor(deps, target, () => handle.signal<[CommandPayload]>('rollback', payload));
      problems.delete(targetOf(target));
    } catch (error) {
      problems.set(targetOf(target), messageOf(error));
    }
  });
  const over = new AbortController();
  await Promise.race([telling, sleep(tellBudgetMs, undefined, { signal: over.signal }).catch(() => {})]);
  over.abort();
  const notTold = [...problems].map(([target, problem]) => ({ target, problem }));
  return { told: targets.length - notTold.length, notTold };
}

function resultOf(target: string, traffic: string, result: Written): Result {
  return result.written
    ? { target, traffic, tookMs: result.tookMs }
    : notRestored(target, traffic, result.problem);
}

function notRestored(target: string, traffic: string | null, problem: string): NotRestored {
  return { target, traffic, problem };
}

function targetFrom(text: string): Target {
  const [environment = '', service = ''] = text.split('/');
  return { environment, service };
}

function clipped(text: string): string {
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
}
