/** The emergency stop: canary traffic of a whole scope to 0 in the data planes first, then every workflow is told. */

import { randomUUID } from 'node:crypto';
import { byHand, heldBy } from '../../domain/emergency/holders.ts';
import { SluiceError } from '../../domain/errors.ts';
import { isOpen } from '../../worker/open-emergencies.ts';
import type { EmergencyAnswer, EmergencyStopBody, ReleaseAnswer, ReleaseBody } from '../contract.ts';
import { digestOf, onceId } from './once.ts';
import { rawInfoOf } from './raw-info.ts';
import { ReleasesOnce } from './released.ts';
import type { ExpressDeps } from './stop-canary.ts';
import { isNobody, type Some, stopEverything, stopSome } from './stops.ts';
import { Teller } from './teller.ts';

/** How long the answer waits for the workflows to be told once all stops are through. */
const tellBudgetMs = 3000;

/**
 * `key`: the same key and request tell each rollout once. The stops are written all the same, and never wait for a
 * look at what was asked before: what moves by now is to stop as well. Throws `traffic-unavailable` when there was
 * something to stop and none of it could be; `rollout-not-found` when there was nothing.
 */
export async function emergencyStop(
  deps: ExpressDeps,
  order: EmergencyStopBody,
  key: string | null,
): Promise<EmergencyAnswer> {
  const { scope, actor, reason } = order;
  const requestId = key ?? randomUUID();
  const payload = { actor, reason: `emergency stop: ${reason}`, requestId, gradual: false };
  const teller = new Teller(deps, payload, signalIdOf(order, requestId));
  const { restored, notRestored, listProblem } =
    scope === 'all'
      ? await stopEverything(deps, teller, byHand)
      : await stopSome(deps, someOf(scope), teller);
  if (restored.some(({ target }) => target === '*')) deps.orders.took(order);
  const { told, notTold } = await teller.outcome(tellBudgetMs);
  if (restored.length === 0 && notRestored.length > 0) {
    const details = { notRestored, told, notTold };
    if (notRestored.every(isNobody)) {
      throw new SluiceError('rollout-not-found', 'No canary of what was named runs.', { details });
    }
    throw new SluiceError('traffic-unavailable', 'Nothing could be stopped in the data planes.', { details });
  }
  return { restored, notRestored, told, notTold, listProblem };
}

/** Another order under the same key is told as one of its own, so that its reason is in the history too. */
function signalIdOf({ scope, actor, reason }: EmergencyStopBody, key: string): string {
  return onceId(`emergency-stop-${digestOf([scope, reason])}`, actor, key);
}

function someOf({ environments = [], targets = [] }: Exclude<EmergencyStopBody['scope'], 'all'>): Some {
  return { targets, open: environments.map((name) => `${name}/*`) };
}

/**
 * Releases what `emergencyStop` stopped altogether; stops of single targets are cleared by their next rollouts. What an
 * open emergency holds stays stopped. `key`: of each data plane the same key and request are carried out once, whoever has
 * stopped it again since. Throws `traffic-unavailable`, and with a key `temporal-unavailable`.
 */
export async function releaseAll(
  deps: ExpressDeps,
  order: ReleaseBody,
  key: string | null,
): Promise<ReleaseAnswer> {
  const { names } = deps.planes;
  const once = key === null ? null : new ReleasesOnce(deps, order, key);
  const { latest } = deps.orders;
  // Nothing is released before it is known of all of them.
  const before = await Promise.all(names.map(async (name) => (await once?.wasMade(name)) === true));
  const releases = names.map(async (name, at) => {
    if (before[at]) {
      // Whoever has stopped it again since is still the one who did.
      const letGo = (await deps.planes.isStopped(name)) === false;
      return { name, problem: null, wasStopped: null, letGo };
    }
    const result = await releaseOne(deps, name);
    if (result.problem === null) await once?.keep(name);
    return { name, ...result };
  });
  const results = await Promise.all(releases);
  if (results.every(({ letGo }) => letGo)) deps.orders.over(latest);
  const released = results.filter(({ problem }) => problem === null).map(({ name }) => name);
  const notReleased = results.flatMap(({ name, problem }) =>
    problem === null ? [] : [{ traffic: name, problem }],
  );
  if (released.length === 0 && notReleased.length > 0) {
    const listed = notReleased.map(({ traffic, problem }) => `${traffic}: ${problem}`).join('; ');
    const what = `No data plane could be released. ${clipped(listed)}`;
    throw new SluiceError('traffic-unavailable', what, { details: { notReleased } });
  }
  const notStopped = results.filter((one) => one.problem === null && one.wasStopped === false);
  return {
    released,
    notReleased,
    ...(notStopped.length === 0 ? {} : { notStopped: notStopped.map(({ name }) => name) }),
  };
}

interface ReleasedOne {
  /** What stands in the way; null: nothing. */
  readonly problem: string | null;
  /** Whether everything was stopped there before; null: nobody could say. */
  readonly wasStopped: boolean | null;
  /** Whether nobody holds it by hand any more. */
  readonly letGo: boolean;
}

async function releaseOne(deps: ExpressDeps, name: string): Promise<ReleasedOne> {
  let result = await deps.planes.release(name, byHand);
  const wasStopped = result.heldBy === null ? null : result.wasStopped;
  const letGo = result.heldBy !== null;
  for (const holder of result.heldBy ?? []) {
    // One that was terminated releases nothing any more.
    if (await isOver(deps, holder)) result = await deps.planes.release(name, holder);
  }
  if (result.heldBy === null) return { problem: result.problem, wasStopped, letGo };
  return { problem: result.heldBy.length === 0 ? null : heldBy(result.heldBy), wasStopped, letGo };
}

/** Not while nobody can say. */
async function isOver(deps: ExpressDeps, workflowId: string): Promise<boolean> {
  const info = await rawInfoOf(deps, { workflowId }).catch(() => undefined);
  return info === null || (info !== undefined && !isOpen(info));
}

function clipped(text: string): string {
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
}
