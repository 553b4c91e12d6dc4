/** One sweep of an emergency: every rollout in the scope is found, told, and its data plane stopped and read, all at once. */
import { covers, isExact } from '../domain/emergency/scope.ts';
import type { EmergencyActivities, SweepInput, SweepResult, TargetLook } from '../domain/emergency/types.ts';
import { messageOf } from '../domain/errors.ts';
import { alive } from './alive.ts';
import type { ActivityDeps } from './deps.ts';
import type { FoundRollout } from './directory.ts';
import { eachOf } from './each-of.ts';
import { EmergencyPlanes } from './emergency-planes.ts';
import { lookAtAll, type Subject } from './emergency-targets.ts';

/** Calls to Temporal under way at a time. */
const asksAtOnce = 50;

export function createEmergencyActivities(deps: ActivityDeps): EmergencyActivities {
  return {
    sweep: (input) => alive('sweeping', () => sweep(deps, input)),
    releasePlanes: (names) => alive('releasing', () => releasePlanes(deps, names)),
  };
}

/** Never fails as a whole: what stands in one target's way is that target's reason. */
async function sweep(deps: ActivityDeps, input: SweepInput): Promise<SweepResult> {
  const { rollouts, problem } = await listed(deps, input);
  const subjects = new Map<string, Subject>();
  const add = (found: FoundRollout) => {
    const record = input.open.find(({ target }) => target === found.target) ?? null;
    subjects.set(found.target, { found, record });
  };
  for (const found of rollouts) if (isWanted(input, found)) add(found);
  const unlisted = await findUnlisted(deps, input, (target) => subjects.has(target));
  for (const found of unlisted.found) add(found);
  const all = [...subjects.values()];
  const planes = new EmergencyPlanes(deps);
  const released = problem === null ? await releaseFor(input, planes, rollouts) : [];
  const looks = await lookAtAll({ deps, planes, order: input.order, released }, all);
  return { looks: [...unlisted.looks, ...looks], unknown: unlisted.unknown, released, problem };
}

async function listed(
  { directory }: ActivityDeps,
  { order }: SweepInput,
): Promise<{ rollouts: readonly FoundRollout[]; problem: string | null }> {
  try {
    const rollouts = await (order.to === null ? directory.running() : directory.latest());
    return { rollouts, problem: null };
  } catch (error) {
    return { rollouts: [], problem: messageOf(error) };
  }
}

/** Whether a rollout of the list is this emergency's business, and not settled already. */
function isWanted({ order, open, settledRuns }: SweepInput, found: FoundRollout): boolean {
  const { target, runId, running, phase, outcome, emergency } = found;
  if (open.some((record) => record.target === target)) return true;
  if (settledRuns.includes(runId) || !covers(order.scope, target)) return false;
  if (running) return emergency === null && !(order.scope.includes('canary') && phase === 'watching');
  // What ended on its stable version before has no previous one to go to.
  return order.to !== null && (order.to !== 'previous' || (outcome === 'promoted' && emergency === null));
}

interface Unlisted {
  readonly found: FoundRollout[];
  /** Of those about which Temporal said nothing. */
  readonly looks: TargetLook[];
  readonly unknown: string[];
}

/** Targets named exactly, and those under way that no list has any more: asked one by one, which knows no lag. */
async function findUnlisted(
  { directory }: ActivityDeps,
  { order, open, settledRuns }: SweepInput,
  isListed: (target: string) => boolean,
): Promise<Unlisted> {
  const named = new Set([...order.scope.filter(isExact), ...open.map(({ target }) => target)]);
  const result: Unlisted = { found: [], looks: [], unknown: [] };
  await eachOf(
    [...named].filter((target) => !isListed(target)),
    asksAtOnce,
    async (target) => {
      try {
        const found = await directory.find(target);
        if (found === null) result.unknown.push(target);
        else if (!settledRuns.includes(found.runId)) result.found.push(found);
      } catch (error) {
        result.looks.push(unseen(open, target, messageOf(error)));
      }
    },
  );
  result.unknown.sort();
  return result;
}

/** What is known of the target stays as it is. */
function unseen(open: SweepInput['open'], target: string, reason: string): TargetLook {
  const record = open.find((one) => one.target === target);
  return {
    target,
    traffic: null,
    runId: record?.runId ?? null,
    told: record?.told ?? false,
    promoted: record?.promoted ?? false,
    good: false,
    done: false,
    left: false,
    reason,
    version: null,
    switched: false,
  };
}

/**
 * A stop of everything would also bar the way back to an older version. It goes as soon as no canary runs behind that
 * data plane any more; the emergency itself goes on forbidding new rollouts.
 */
async function releaseFor(
  { order }: SweepInput,
  planes: EmergencyPlanes,
  rollouts: readonly FoundRollout[],
): Promise<string[]> {
  if (order.to === null) return [];
  const runs = rollouts.filter(({ running, emergency }) => running && emergency === null);
  const busy = (name: string) => runs.some(({ traffic }) => traffic === null || traffic.name === name);
  const released: string[] = [];
  await eachOf(
    order.stoppedAll.filter((name) => !busy(name)),
    order.stoppedAll.length,
    async (name) => {
      if ((await planes.release(name)) === null) released.push(name);
    },
  );
  return released;
}

async function releasePlanes(
  deps: ActivityDeps,
  names: readonly string[],
): Promise<{ traffic: string; problem: string }[]> {
  const planes = new EmergencyPlanes(deps);
  const problems: { traffic: string; problem: string }[] = [];
  await eachOf(names, names.length, async (traffic) => {
    const problem = await planes.release(traffic);
    if (problem !== null) problems.push({ traffic, problem });
  });
  return problems;
}
