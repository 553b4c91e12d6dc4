/**
 * What an emergency does for each target in one sweep: tells its rollout, stops its canary, reads, and brings versions
 * back.
 */

import { firstLook } from '../domain/emergency/record.ts';
import type { FoundRollout, Subject, TargetLook } from '../domain/emergency/sweep.ts';
import type { EmergencyOrder } from '../domain/emergency/types.ts';
import { messageOf } from '../domain/errors.ts';
import type { ActivityDeps } from './deps.ts';
import { eachOf } from './each-of.ts';
import type { EmergencyPlanes } from './emergency-planes.ts';
import { bringBack } from './emergency-switch.ts';

export interface SweepContext {
  readonly deps: ActivityDeps;
  readonly planes: EmergencyPlanes;
  readonly order: EmergencyOrder;
  /** Data planes that were just released. */
  readonly released: readonly string[];
}

const tellsAtOnce = 50;
/** Targets of one data plane at a time; each data plane has its own, so that none waits for another's. */
const looksAtOnce = 20;
const maxReasonLength = 500;

export async function lookAtAll(
  context: SweepContext,
  subjects: readonly Subject[],
): Promise<readonly TargetLook[]> {
  const untold = subjects.filter(({ found, record }) => isToBeTold(found) && !wasTold(found, record));
  const telling = tellAll(context, untold);
  const looks: TargetLook[] = [];
  const looking = byPlane(subjects).map((some) =>
    eachOf(some, looksAtOnce, async (subject) => void looks.push(await lookAt(context, subject))),
  );
  await Promise.all(looking);
  const notTold = await telling;
  return looks.map((look) => {
    const problem = notTold.get(look.target);
    return problem === undefined ? look : { ...look, told: false, reason: look.reason ?? problem };
  });
}

/**
 * In another order in each sweep, so that targets whose reads hang do not keep the same others from being asked every
 * time.
 */
function byPlane(subjects: readonly Subject[]): Subject[][] {
  const groups = new Map<string, Subject[]>();
  const places = new Map(subjects.map((subject) => [subject, Math.random()]));
  const placeOf = (subject: Subject) => places.get(subject) ?? 0;
  for (const subject of subjects.toSorted((a, b) => placeOf(a) - placeOf(b))) {
    const name = subject.found.traffic?.name ?? '';
    groups.set(name, [...(groups.get(name) ?? []), subject]);
  }
  return [...groups.values()];
}

/** By target: why it could not be told. */
async function tellAll(
  { deps, order }: SweepContext,
  subjects: readonly Subject[],
): Promise<ReadonlyMap<string, string>> {
  const problems = new Map<string, string>();
  const payload = {
    actor: order.actor,
    reason: `emergency rollback: ${order.reason}`.slice(0, maxReasonLength),
    requestId: `emergency-${order.id}`.slice(0, maxReasonLength),
    gradual: false,
  };
  await eachOf(subjects, tellsAtOnce, async ({ found }) => {
    try {
      await deps.directory.tell(found.target, 'rollback', payload);
    } catch (error) {
      problems.set(found.target, `not told to roll back: ${messageOf(error)}`);
    }
  });
  return problems;
}

function isToBeTold({ running, emergency }: FoundRollout): boolean {
  return running && emergency === null;
}

function wasTold({ runId }: FoundRollout, record: Subject['record']): boolean {
  return record?.told === true && record.runId === runId;
}

async function lookAt(context: SweepContext, subject: Subject): Promise<TargetLook> {
  const { found: named, record } = subject;
  const told = isToBeTold(named) || wasTold(named, record);
  const look = { ...firstLook(named), told, promoted: isPromoted(subject), reason: null };
  try {
    const found = await withTraffic(context, subject.found);
    if (found === null) return { ...look, reason: 'its data plane is not known' };
    const traffic = found.traffic.name;
    return { ...look, traffic, ...(await stateOf(context, { ...subject, found })) };
  } catch (error) {
    return { ...look, reason: messageOf(error) };
  }
}

type Located = FoundRollout & { readonly traffic: NonNullable<FoundRollout['traffic']> };
export type LocatedSubject = Subject & { readonly found: Located };
type Seen = Partial<TargetLook>;

async function stateOf(context: SweepContext, subject: LocatedSubject): Promise<Seen> {
  const { found, record } = subject;
  if (found.running) return await runningState(context, subject);
  if (context.order.to !== null) return await bringBack(context, subject);
  if (found.outcome === 'promoted' && wasTold(found, record)) {
    const reason =
      'it ended promoted before the rollback reached it; --to previous brings the version before back';
    return { left: true, done: true, reason };
  }
  const reason = await homeProblem(context, found);
  return { good: reason === null, done: true, reason };
}

async function runningState(context: SweepContext, subject: LocatedSubject): Promise<Seen> {
  const { found } = subject;
  if (found.emergency === context.order.id) return await switchState(context, found);
  if (found.emergency !== null) {
    return { reason: `emergency "${found.emergency}" is bringing a version back: ${found.phase}` };
  }
  // A promoted version is no canary: only the end of its rollout says that the version before serves again.
  if (isPromoted(subject)) return { reason: `its rollout is not over yet: ${found.phase}` };
  const reason = await homeProblem(context, found);
  return { good: reason === null, reason };
}

/**
 * The rollout that this emergency started has nothing to prove: it is promoted as soon as its version has the users.
 */
async function switchState({ deps, order }: SweepContext, { target }: Located): Promise<Seen> {
  const found = await deps.directory.find(target);
  const phase = found?.phase ?? 'not begun';
  if (phase === 'soaking' || phase === 'holding') {
    const reason = `emergency ${order.id}`.slice(0, maxReasonLength);
    await deps.directory.tell(target, 'promote', { actor: order.actor, reason, full: true });
  }
  return { told: true, reason: `the version is on its way: ${phase}` };
}

function homeProblem({ planes }: SweepContext, { target, traffic }: Located): Promise<string | null> {
  return planes.bringHome(traffic.name, { id: target, options: traffic.options }, null);
}

async function withTraffic({ deps }: SweepContext, found: FoundRollout): Promise<Located | null> {
  const traffic = found.traffic ?? (await deps.directory.planOf(found))?.traffic ?? null;
  return traffic && { ...found, traffic };
}

function isPromoted({ found, record }: Subject): boolean {
  return record?.runId === found.runId ? record.promoted : firstLook(found).promoted;
}
