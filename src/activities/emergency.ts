/** What an emergency has done: rollouts in its scope are found, then told, stopped and read, all at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { covers, isExact, isWhole, type ScopeWords } from '../domain/emergency/scope.ts';
import type {
  EmergencyActivities,
  FindInput,
  FindResult,
  FoundRollout,
  SweepInput,
  SweepResult,
} from '../domain/emergency/sweep.ts';
import { isWanted, justBeforeMs } from '../domain/emergency/wanted.ts';
import { messageOf } from '../domain/errors.ts';
import { alive } from './alive.ts';
import type { ActivityDeps } from './deps.ts';
import { eachOf } from './each-of.ts';
import { EmergencyPlanes } from './emergency-planes.ts';
import { lookAtAll } from './emergency-targets.ts';

/** Calls to Temporal under way at a time. */
const asksAtOnce = 50;
/** What one emergency can hold, by what Temporal takes in one payload. The others follow when these are settled. */
const maxFound = 4_000;

/** What is not said by then is left out: a later sweep asks again. */
const wordsWaitMs = 1_000;

/** Emergencies of earlier workers do not say who they are, and nobody is named as the holder of their stops. */
const unnamed = 'unnamed';

export function createEmergencyActivities(deps: ActivityDeps): EmergencyActivities {
  return {
    find: (input) => alive('finding', () => find(deps, input)),
    sweep: (input) => alive('sweeping', () => sweep(deps, input)),
    releasePlanes: (names, id = unnamed) => alive('releasing', () => releasePlanes(deps, names, id)),
  };
}

/** Never fails as a whole: what could not be asked is said. */
async function find(deps: ActivityDeps, input: FindInput): Promise<FindResult> {
  const { rollouts, problem } = await listed(deps, input);
  const wanted = new Map(
    rollouts.filter((one) => isWanted(input, one)).map((one) => [one.target, one] as const),
  );
  const [{ found, unseen, unknown }, nowhere] = await Promise.all([
    findUnlisted(deps, input, (target) => wanted.has(target)),
    problem === null ? soon(unknownWords(deps, input.order.scope, rollouts)) : [],
  ]);
  for (const one of found) wanted.set(one.target, one);
  const all = [...wanted.values()];
  const tooMany =
    all.length > maxFound ? `${all.length} rollouts are in the scope; ${maxFound} come first` : null;
  return {
    found: all.slice(0, maxFound),
    unseen,
    unknown: [...unknown, ...nowhere].sort(),
    idle: problem === null ? idlePlanes(input, rollouts) : [],
    problem: problem ?? tooMany,
  };
}

async function listed(
  { directory }: ActivityDeps,
  { order, openedAtMs }: FindInput,
): Promise<{ rollouts: readonly FoundRollout[]; problem: string | null }> {
  try {
    const sinceMs = openedAtMs - justBeforeMs;
    const rollouts = await (order.to === null ? directory.runningSince(sinceMs) : directory.latest());
    return { rollouts, problem: null };
  } catch (error) {
    return { rollouts: [], problem: messageOf(error) };
  }
}

/** Targets named exactly, and those under way that no list has any more: asked one by one, which knows no lag. */
async function findUnlisted(
  { directory }: ActivityDeps,
  { order, open, settledRuns }: FindInput,
  isListed: (target: string) => boolean,
) {
  const named = new Set([...order.scope.filter(isExact), ...open.map(({ target }) => target)]);
  const found: FoundRollout[] = [];
  const unseen: { target: string; reason: string }[] = [];
  const unknown: string[] = [];
  const missing = [...named].filter((target) => !isListed(target));
  await eachOf(missing, asksAtOnce, async (target) => {
    try {
      const one = await directory.find(target);
      if (one === null) unknown.push(target);
      else if (!settledRuns.includes(one.runId)) found.push(one);
    } catch (error) {
      unseen.push({ target, reason: messageOf(error) });
    }
  });
  return { found, unseen, unknown };
}

/** Nobody who is to be brought back waits long for the names of those who are not there. */
async function soon(words: Promise<string[]>): Promise<string[]> {
  return await Promise.race([words, sleep(wordsWaitMs, [])]);
}

/** Words that name no single target, and nothing that was ever rolled out. Those of which nobody can say are left out. */
async function unknownWords(
  { directory }: ActivityDeps,
  scope: ScopeWords,
  rollouts: readonly FoundRollout[],
): Promise<string[]> {
  const isIdle = (word: string) => !rollouts.some(({ target }) => covers([word], target));
  const idle = scope.filter((word) => !isExact(word) && !isWhole(word) && isIdle(word));
  const unknown: string[] = [];
  await eachOf(idle, asksAtOnce, async (word) => {
    const known = await directory.knows(word).catch(() => true);
    if (!known) unknown.push(word);
  });
  return unknown;
}

/**
 * A stop of everything would also bar the way back to an older version. It goes as soon as no canary runs behind that
 * data plane any more; the emergency itself goes on forbidding new rollouts.
 */
function idlePlanes({ order }: FindInput, rollouts: readonly FoundRollout[]): string[] {
  if (order.to === null) return [];
  const runs = rollouts.filter(({ running, emergency }) => running && emergency === null);
  const busy = (name: string) => runs.some(({ traffic }) => traffic === null || traffic.name === name);
  return order.stoppedAll.filter((name) => !busy(name));
}

/** Never fails as a whole: what stands in one target's way is that target's reason. */
async function sweep(deps: ActivityDeps, { order, subjects, idle }: SweepInput): Promise<SweepResult> {
  const planes = new EmergencyPlanes(deps);
  const released: string[] = [];
  await eachOf(idle, idle.length, async (name) => {
    if ((await planes.release(name, order.id)) === null) released.push(name);
  });
  return { looks: await lookAtAll({ deps, planes, order, released }, subjects), released };
}

async function releasePlanes(
  deps: ActivityDeps,
  names: readonly string[],
  id: string,
): Promise<{ traffic: string; problem: string }[]> {
  const planes = new EmergencyPlanes(deps);
  const problems: { traffic: string; problem: string }[] = [];
  await eachOf(names, names.length, async (traffic) => {
    const problem = await planes.release(traffic, id);
    if (problem !== null) problems.push({ traffic, problem });
  });
  return problems;
}
