/** The emergency stop: canary traffic of a whole scope to 0 in the data planes first, then every workflow is told. */
import { randomUUID } from 'node:crypto';
import { SluiceError } from '../../domain/errors.ts';
import type { EmergencyAnswer, EmergencyStopBody, ReleaseAnswer } from '../contract.ts';
import type { DataPlanes } from '../express/data-planes.ts';
import type { ExpressDeps } from './stop-canary.ts';
import { type Some, stopEverything, stopSome } from './stops.ts';
import { type Target, Teller } from './teller.ts';

/** How long the answer waits for the workflows to be told once all stops are through. */
const tellBudgetMs = 3000;

/** Throws `traffic-unavailable` when there was something to stop and none of it could be. */
export async function emergencyStop(
  deps: ExpressDeps,
  { scope, actor, reason }: EmergencyStopBody,
): Promise<EmergencyAnswer> {
  const payload = { actor, reason: `emergency stop: ${reason}`, requestId: randomUUID() };
  const teller = new Teller(deps, payload);
  const { restored, notRestored, listProblem } =
    scope === 'all' ? await stopEverything(deps, teller) : await stopSome(deps, someOf(scope), teller);
  const { told, notTold } = await teller.outcome(tellBudgetMs);
  if (restored.length === 0 && notRestored.length > 0) {
    throw new SluiceError('traffic-unavailable', 'Nothing could be stopped in the data planes.', {
      details: { notRestored, told, notTold },
    });
  }
  return { restored, notRestored, told, notTold, listProblem };
}

function someOf({ environments = [], targets = [] }: Exclude<EmergencyStopBody['scope'], 'all'>): Some {
  const covers = ({ environment }: Target) => environments.includes(environment);
  return { targets, unlisted: environments.map((name) => `${name}/*`), covers };
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

function clipped(text: string): string {
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
}
