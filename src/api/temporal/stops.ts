/** Stops of many canaries at once, in the data planes: of everything, or of what is named or matches. */
import { covers, type ScopeWords } from '../../domain/emergency/scope.ts';
import { messageOf, SluiceError } from '../../domain/errors.ts';
import type { EmergencyAnswer } from '../contract.ts';
import type { Written } from '../express/data-planes.ts';
import { workerTimeoutMs } from './calls.ts';
import { isKnown } from './known.ts';
import { runningRollouts } from './running.ts';
import type { Running } from './running-changes.ts';
import { type ExpressDeps, hasCanary, refsWithCanary, stopCanary } from './stop-canary.ts';
import type { Target, Teller } from './teller.ts';

export type Stopped = Pick<EmergencyAnswer, 'restored' | 'notRestored' | 'listProblem'>;
type Result = EmergencyAnswer['restored'][number] | NotRestored;
type NotRestored = EmergencyAnswer['notRestored'][number];

/** Who is told of each target whose stop has begun. */
type Told = Pick<Teller, 'tell'>;

export interface Some {
  /** Named as `environment/service`: looked up one by one, which knows no lag. */
  readonly targets: readonly string[];
  /** Words of a scope: running rollouts that they cover are meant as well. */
  readonly open: ScopeWords;
}

/**
 * One write per data plane; which rollouts that was is asked meanwhile, and they are told without waiting for a slow
 * one.
 */
export async function stopEverything(deps: ExpressDeps, teller: Told, holder: string): Promise<Stopped> {
  const { planes } = deps;
  if (planes.names.length === 0) {
    throw new SluiceError('traffic-unavailable', 'No data plane is configured, so none can be stopped.');
  }
  const stops = new Map(planes.names.map((name) => [name, planes.stopAll(name, holder)]));
  const { rollouts: running, listProblem } = await listed(deps);
  const rollouts = running.filter(({ summary }) => hasCanary(summary));
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
  return stoppedOf(await Promise.all([...ofPlanes, ...ofRollouts]), listProblem);
}

/** All at the same time; each data plane's provider has its own turns, so that none waits for another's. */
export async function stopSome(deps: ExpressDeps, some: Some, teller: Told): Promise<Stopped> {
  const { targets, open } = some;
  const named = [...new Set(targets)].map((target) => stopNamed(deps, teller, target));
  const { rollouts, listProblem } = open.length > 0 ? await listed(deps) : nobodyAsked;
  const isMeant = (target: string) => covers(open, target) && !targets.includes(target);
  const found = rollouts
    .filter(({ summary }) => hasCanary(summary) && isMeant(summary.target))
    .map((running) => stopRunning(deps, teller, running));
  const isIdle = (word: string) => !rollouts.some(({ summary }) => covers([word], summary.target));
  const ofOpen =
    listProblem === null
      ? unknownOf(deps, open.filter(isIdle))
      : open.map((word) => notRestored(word, null, listProblem));
  return stoppedOf([...(await Promise.all([...named, ...found])), ...(await ofOpen)], listProblem);
}

/** A typing error must not pass for a stop. Who is not sure says nothing. */
async function unknownOf(deps: ExpressDeps, idle: ScopeWords): Promise<NotRestored[]> {
  const signal = AbortSignal.timeout(workerTimeoutMs);
  const unknown: NotRestored[] = [];
  for (const word of idle) {
    if (signal.aborted) break;
    if (!(await isKnown(deps, word))) unknown.push(notRestored(word, null, noRollout));
  }
  return unknown;
}

async function stopNamed(deps: ExpressDeps, teller: Told, target: string): Promise<Result> {
  const ref = targetFrom(target);
  try {
    const lane = await stopCanary(deps, ref);
    // A typing error must not pass for a stop.
    if (lane === null) return notRestored(target, null, noCanary);
    teller.tell(ref);
    return resultOf(target, lane.traffic, lane.express);
  } catch (error) {
    const unknown = error instanceof SluiceError && error.code === 'rollout-not-found';
    return notRestored(target, null, unknown ? noCanary : messageOf(error));
  }
}

async function stopRunning(deps: ExpressDeps, teller: Told, { summary, memo }: Running): Promise<Result> {
  const { target } = summary;
  const refs = await deps.lookup.of(summary, memo).then(
    (ref) => (ref ? [ref] : []),
    () => refsWithCanary(deps, summary),
  );
  const stops = refs.map((ref) => deps.planes.stop(ref).then((stop) => resultOf(target, ref.name, stop)));
  // After the writes have begun, and before they have ended.
  teller.tell(summary);
  const results = await Promise.all(stops);
  const failed = results.find((result) => 'problem' in result);
  return failed ?? results[0] ?? notRestored(target, null, unknownPlane);
}

/** There was nothing to stop. */
export function isNobody({ problem }: NotRestored): boolean {
  return problem === noCanary || problem === noRollout;
}

/** Of a target that was named. */
const noCanary = 'no canary of it runs';
/** Of an environment that was named, or another word of a scope. */
const noRollout = 'no rollout there is known';
const unknownPlane = 'its data plane is not known';
const nobodyAsked = { rollouts: [], listProblem: null };

async function listed(deps: ExpressDeps): Promise<{ rollouts: Running[]; listProblem: string | null }> {
  try {
    return { rollouts: await runningRollouts(deps), listProblem: null };
  } catch (error) {
    return { rollouts: [], listProblem: messageOf(error) };
  }
}

function stoppedOf(results: readonly Result[], listProblem: string | null): Stopped {
  const restored = results.filter((result) => 'tookMs' in result);
  return { restored, notRestored: results.filter((result) => 'problem' in result), listProblem };
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
