/** The emergency stop: canary traffic of a whole scope to 0 in the data planes first, then every workflow is told. */
import { randomUUID } from 'node:crypto';
import { messageOf, SluiceError } from '../../domain/errors.ts';
import type { EmergencyAnswer, EmergencyStopBody, ReleaseAnswer } from '../contract.ts';
import type { DataPlanes, Written } from '../express/data-planes.ts';
import { type ExpressDeps, hasCanary, stopCanary } from './rollback.ts';
import { type Running, runningRollouts } from './running.ts';
import { type Target, Teller } from './teller.ts';

type Restored = EmergencyAnswer['restored'][number];
type NotRestored = EmergencyAnswer['notRestored'][number];
type Result = Restored | NotRestored;

interface Stopped {
  readonly results: readonly Result[];
  readonly listProblem: string | null;
}

/** How long the answer waits for the workflows to be told once all stops are through. */
const tellBudgetMs = 3000;

/** Throws `traffic-unavailable` when there was something to stop and none of it could be. */
export async function emergencyStop(
  deps: ExpressDeps,
  { scope, actor, reason }: EmergencyStopBody,
): Promise<EmergencyAnswer> {
  const payload = { actor, reason: `emergency stop: ${reason}`, requestId: randomUUID() };
  const teller = new Teller(deps, payload);
  const { results, listProblem } =
    scope === 'all' ? await stopEverything(deps, teller) : await stopSome(deps, teller, scope);
  const { told, notTold } = await teller.outcome(tellBudgetMs);
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
  const releases = planes.names.map(async (name) => ({ name, result: await planes.release(name) }));
  const results = await Promise.all(releases);
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

/** One write per data plane; which rollouts that was is asked meanwhile, and they are told without waiting for a slow one. */
async function stopEverything(deps: ExpressDeps, teller: Teller): Promise<Stopped> {
  const { planes } = deps;
  if (planes.names.length === 0) {
    throw new SluiceError('traffic-unavailable', 'No data plane is configured, so none can be stopped.');
  }
  const stops = new Map(planes.names.map((name) => [name, planes.stopAll(name)]));
  const { rollouts, listProblem } = await listed(deps);
  for (const { summary } of rollouts) teller.tell(summary);
  const ofPlanes = [...stops].map(async ([name, stop]) => resultOf('*', name, await stop));
  const ofRollouts = rollouts.map(async ({ summary, memo }): Promise<Result> => {
    const { target } = summary;
    const ref = await deps.lookup.of(summary, memo).catch(() => null);
    if (ref === null) return notRestored(target, null, unknownPlane);
    const stop = await stops.get(ref.name);
    return stop
      ? resultOf(target, ref.name, stop)
      : notRestored(target, ref.name, `"${ref.name}" is not configured here`);
  });
  return { results: await Promise.all([...ofPlanes, ...ofRollouts]), listProblem };
}

/** All at the same time; each data plane's provider has its own turns, so that none waits for another's. */
async function stopSome(
  deps: ExpressDeps,
  teller: Teller,
  { environments = [], targets = [] }: Exclude<EmergencyStopBody['scope'], 'all'>,
): Promise<Stopped> {
  const named = [...new Set(targets)].map((target) => stopNamed(deps, teller, target));
  const { rollouts, listProblem } = environments.length > 0 ? await listed(deps) : nobodyAsked;
  const found = rollouts
    .filter(
      ({ summary: { environment, target } }) =>
        environments.includes(environment) && !targets.includes(target),
    )
    .map((running) => stopRunning(deps, teller, running));
  const unseen = listProblem === null ? [] : environments;
  const ofUnseen = unseen.map((name) => notRestored(`${name}/*`, null, listProblem ?? ''));
  return { results: [...(await Promise.all([...named, ...found])), ...ofUnseen], listProblem };
}

async function stopNamed(deps: ExpressDeps, teller: Teller, target: string): Promise<Result> {
  const ref = targetFrom(target);
  try {
    const lane = await stopCanary(deps, ref);
    // A typing error must not pass for a stop.
    if (lane === null) return notRestored(target, null, 'no canary of it runs');
    teller.tell(ref);
    return resultOf(target, lane.traffic, lane.express);
  } catch (error) {
    return notRestored(target, null, messageOf(error));
  }
}

async function stopRunning(deps: ExpressDeps, teller: Teller, { summary, memo }: Running): Promise<Result> {
  const { target } = summary;
  const ref = await deps.lookup.of(summary, memo).catch(() => null);
  const stop = ref && deps.planes.stop(ref);
  // After the write has begun, and before it has ended.
  teller.tell(summary);
  return ref && stop ? resultOf(target, ref.name, await stop) : notRestored(target, null, unknownPlane);
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
