/** Stops of many canaries at once, in the data planes: of everything, or of what is named or matches. */
import { setTimeout as sleep } from 'node:timers/promises';
import { covers, problemOfTyped, type ScopeWords } from '../../domain/emergency/scope.ts';
import { messageOf, SluiceError } from '../../domain/errors.ts';
import { type EmergencyAnswer, hasEnded } from '../contract.ts';
import type { Written } from '../express/data-planes.ts';
import { Queue } from '../express/queue.ts';
import { workerTimeoutMs } from './calls.ts';
import { type Early, EarlyStops } from './early-stops.ts';
import { isKnown } from './known.ts';
import { runningRollouts } from './running.ts';
import type { Running } from './running-changes.ts';
import { type ExpressDeps, hasCanary, refsWithCanary, stopCanary, wasAway } from './stop-canary.ts';
import type { Target, Teller } from './teller.ts';
import { describe } from './view.ts';

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
  /**
   * Somebody else goes on looking for what began just now, so the answer need not wait until lists have it. Default:
   * nobody does.
   */
  readonly isSwept?: boolean;
}

/** Without a list Temporal is mostly away, and what is stopped need not wait for it to say what runs. */
const withoutListMs = 500;

/** Temporal is asked about so many at a time whom it does not list. */
const looksAtOnce = 10;

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
  const named = [...new Set(some.targets)].map((target) => stopNamed(deps, teller, target));
  const ofOpen = some.open.length > 0 ? await stopOpen(deps, teller, some) : nobodyAsked;
  return stoppedOf([...(await Promise.all(named)), ...ofOpen.results], ofOpen.listProblem);
}

interface OfOpen {
  readonly results: readonly Result[];
  readonly listProblem: string | null;
}

/** Looks once more, when lists have caught up, before it says of a word that nobody runs there. */
async function stopOpen(
  deps: ExpressDeps,
  teller: Told,
  some: Some,
  early = new EarlyStops(deps, (target) => isMeant(some, target)),
  isLast = false,
): Promise<OfOpen> {
  const { open } = some;
  const { found, unlisted, met, listProblem } = await stopCovered(deps, teller, some, early);
  const resultsWith = async (more: readonly Result[]) => [
    ...(await Promise.all(found)),
    ...unlisted,
    ...more,
  ];
  const without = async (words: ScopeWords, problem: string): Promise<OfOpen> => ({
    results: await resultsWith(words.map((word) => notRestored(word, null, problem))),
    listProblem,
  });
  if (listProblem !== null) return await without(open, listProblem);
  const idle = open.filter((word) => !met.some((target) => covers([word], target)));
  const unsure = some.isSwept === true && !isLast ? await unknownOf(deps, idle) : idle;
  // What no target can be called nobody has begun just now.
  if (isLast || !unsure.some(isTypable)) return await without(await unknownOf(deps, unsure), noRollout);
  await sleep(deps.listsLagMs);
  const later = await stopOpen(deps, teller, { ...some, open: unsure }, early, true);
  return { ...later, results: await resultsWith(later.results) };
}

/** Named targets have stops of their own. */
function isMeant({ targets, open }: Some, target: string): boolean {
  return covers(open, target) && !targets.includes(target);
}

/** Stops under way of those that are listed, those of others, and every target of which a rollout runs. */
async function stopCovered(deps: ExpressDeps, teller: Told, some: Some, early: EarlyStops) {
  const { rollouts, listProblem } = await listed(deps);
  const inList = new Set(rollouts.map(({ summary }) => summary.target));
  const isUnlisted = (target: string) => isMeant(some, target) && !inList.has(target);
  const found = rollouts
    .filter(({ summary }) => hasCanary(summary) && isMeant(some, summary.target))
    .map((running) => stopRunning(deps, teller, running, early));
  // They have ended, go on as other runs, or began just now; or there is no list.
  const lately = early.all.filter(({ ref }) => isUnlisted(ref.target.id));
  const isEarly = new Set(lately.map(({ ref }) => ref.target.id));
  const begun = deps.begun.targets().filter((target) => isUnlisted(target) && !isEarly.has(target));
  const patienceMs = listProblem === null ? workerTimeoutMs : withoutListMs;
  const looks = new Queue(looksAtOnce);
  const look = ({ ref }: Early) =>
    looks.pass(async (waitedMs) =>
      waitedMs < patienceMs ? await describe(deps, targetFrom(ref.target.id), patienceMs - waitedMs) : null,
    );
  const looked = await Promise.all([
    ...lately.map((one) => stopUnlisted(deps, teller, early, one, look(one))),
    ...begun.map((target) => stopNamed(deps, teller, target)),
  ]);
  const unlisted = looked.filter((result) => !isNobody(result));
  const met = [...inList, ...unlisted.map(({ target }) => target)];
  return { found, unlisted, met, listProblem };
}

function isTypable(word: string): boolean {
  return problemOfTyped([word]) === null;
}

/** A typing error must not pass for a stop. Who is not sure says nothing. */
async function unknownOf(deps: ExpressDeps, idle: ScopeWords): Promise<string[]> {
  const signal = AbortSignal.timeout(workerTimeoutMs);
  const unknown: string[] = [];
  for (const word of idle) {
    if (signal.aborted) break;
    if (!(await isKnown(deps, word))) unknown.push(word);
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

/**
 * The list at hand knew it, and Temporal's does not: it may have been promoted meanwhile, and then there was nothing to
 * stop. Only where Temporal does not say so in time does the early write stand for its stop. `look`: null when nobody
 * could be asked in time.
 */
async function stopUnlisted(
  deps: ExpressDeps,
  teller: Told,
  early: EarlyStops,
  { ref, written }: Early,
  look: Promise<Running | null>,
): Promise<Result> {
  const target = ref.target.id;
  let now: Running | null;
  try {
    now = await look;
  } catch (error) {
    if (!wasAway(error)) return notRestored(target, null, noCanary);
    now = null;
  }
  if (now === null) {
    teller.tell(targetFrom(target));
    const first = await written;
    return resultOf(target, ref.name, first.written ? first : await deps.planes.stop(ref));
  }
  const isOver = hasEnded(now.summary) || !hasCanary(now.summary);
  return isOver ? notRestored(target, null, noCanary) : await stopRunning(deps, teller, now, early);
}

async function stopRunning(
  deps: ExpressDeps,
  teller: Told,
  { summary, memo }: Running,
  early: EarlyStops,
): Promise<Result> {
  const { target } = summary;
  const refs = await deps.lookup.of(summary, memo).then(
    (ref) => (ref ? [ref] : []),
    () => refsWithCanary(deps, summary),
  );
  const stops = refs.map((ref) => early.stop(summary, ref).then((stop) => resultOf(target, ref.name, stop)));
  // After the writes have begun, and before they have ended.
  teller.tell(summary);
  const results = await Promise.all(stops);
  const failed = results.find((result) => 'problem' in result);
  return failed ?? results[0] ?? notRestored(target, null, unknownPlane);
}

/** There was nothing to stop. */
export function isNobody(result: Result): boolean {
  return 'problem' in result && (result.problem === noCanary || result.problem === noRollout);
}

/** Whether nobody was found for a word that was asked for. */
export function isUnknownIn({ notRestored }: Stopped, word: string): boolean {
  return notRestored.some((result) => result.target === word && isNobody(result));
}

/** Of a target that was named. */
const noCanary = 'no canary of it runs';
/** Of an environment that was named, or another word of a scope. */
const noRollout = 'no rollout there is known';
const unknownPlane = 'its data plane is not known';
const nobodyAsked: OfOpen = { results: [], listProblem: null };

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
