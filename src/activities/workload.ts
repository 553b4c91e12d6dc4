/** Before and after the traffic: bringing the canary up, and leaving nothing behind. */
import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { emergencyOpen } from '../domain/emergency/block.ts';
import { messageOf, SluiceError } from '../domain/errors.ts';
import { type Plan, targetOf } from '../domain/plan/types.ts';
import { cooling } from '../domain/rollout/cooldown.ts';
import { type Cooldown, otherSlot, type Slot } from '../domain/rollout/types.ts';
import { within } from '../providers/limit.ts';
import type { TrafficState } from '../providers/traffic/types.ts';
import { alive } from './alive.ts';
import type { ActivityDeps } from './deps.ts';
import { translated } from './failures.ts';
import { formerRollout } from './former.ts';
import { isForeign, isHome, startStable } from './restore.ts';
import { settle } from './settle.ts';
import { clockProblem } from './skew.ts';
import { stableProblem } from './stable.ts';
import {
  attemptEpoch,
  epochAbove,
  isOfEarlierAttempt,
  type TrafficSide,
  trafficOf,
  type WorkloadSide,
  workloadOf,
} from './targets.ts';
import type { CleanInput, CleanResult, PrepareInput, PrepareResult, WatchActivities } from './types.ts';

export function createWorkloadActivities(deps: ActivityDeps): Pick<WatchActivities, 'prepare' | 'clean'> {
  return {
    prepare: (input) => translated(() => alive('preparing', () => prepare(deps, input))),
    clean: (input) => translated(() => alive('cleaning up', () => clean(deps, input))),
  };
}

async function prepare(deps: ActivityDeps, { plan, epoch, force }: PrepareInput): Promise<PrepareResult> {
  await refuseInEmergency(deps, plan);
  const { cooldown, unknown } = await cooldownOf(deps);
  if (cooldown !== null && !force) throw cooling(plan, cooldown);
  const traffic = trafficOf(deps.providers, plan);
  refuseForeignHeaders(plan, traffic.provider.matchHeader);
  await refuseShares(plan, traffic);
  await refuseSkew(deps, traffic, plan);
  const before = await traffic.provider.read(traffic.target, cancellationSignal());
  const epochBase = epochAbove(before.epoch);
  const owner = attemptEpoch(Math.max(epoch, epochBase), activityInfo().attempt);
  refuseStopped(before, epoch);
  const state = await traffic.provider.prepare(traffic.target, owner, cancellationSignal());
  if (state.stopped) {
    throw new SluiceError(
      'traffic-unready',
      'Everything behind this data plane is stopped; release the stop first.',
    );
  }
  const { provider, target } = workloadOf(deps.providers, plan);
  const found = await provider.versionIn(target, before.stableSlot, cancellationSignal());
  if (found === null) refuseEmptyHouse(plan, before.stableSlot, provider.home);
  const stableVersion = found ?? 'stable';
  refuseSameVersion(plan, stableVersion);
  // A rollout that ended abruptly after its promotion may have left users where they are not to stay.
  const left = { slot: before.stableSlot, version: stableVersion, epoch: owner };
  const stableSlot = await settle(deps, plan, left, cancellationSignal());
  const seen = { ...before, stableSlot };
  const sick = await stableProblem(deps, plan, stableVersion, cancellationSignal());
  const slot = otherSlot(seen.stableSlot);
  await provider.start(target, slot, plan.version, cancellationSignal(), heartbeat, owner);
  // A start that comes about after the rollout turned round must not outlive it.
  if (cancellationSignal().aborted) await provider.stop(target, slot, undefined, owner);
  const arms = { stableSlot: seen.stableSlot, stableVersion, canaryVersion: plan.version };
  const ownRunId = activityInfo().workflowExecution?.runId ?? '';
  const former = await formerRollout(deps.directory, targetOf(plan), ownRunId, seen);
  const notes = [former, unknown].filter((note) => note !== null);
  const note = notes.length > 0 ? notes.join('; ') : null;
  return { arms, epochBase, note, cooldown, stableProblem: sick };
}

/** A stop that came while an earlier attempt was at work belongs to this rollout; preparing again would clear it. */
function refuseStopped({ stopped, epoch }: TrafficState, own: number): void {
  const { attempt } = activityInfo();
  const ours = epoch >= attemptEpoch(own, 1) && isOfEarlierAttempt(epoch, attempt);
  if (attempt === 1 || !stopped || !ours) return;
  throw new SluiceError(
    'traffic-unready',
    'A stop was found in the data plane while this was being prepared.',
  );
}

/**
 * Users are sent where nothing runs that is known, and that is not where versions end up: what to move is not known.
 */
function refuseEmptyHouse(plan: Plan, slot: Slot, home: Slot | undefined): void {
  if (home === undefined || home === slot) return;
  const what = `The route of ${targetOf(plan)} sends to the canary's place, where no version is known to run`;
  throw new SluiceError('workload-config', `${what}; bring one up there, or point the route at stable.`);
}

/** Of a rollout that was started past the API too. That it cannot be known keeps nobody from shipping a repair. */
async function cooldownOf(
  deps: ActivityDeps,
): Promise<{ cooldown: Cooldown | null; unknown: string | null }> {
  const { workflowId = '' } = activityInfo().workflowExecution ?? {};
  try {
    const ask = (signal: AbortSignal) => deps.liveness.cooldown(workflowId, signal);
    const cooldown = await within(readLimitMs, ask, cancellationSignal());
    const inForce = cooldown !== null && cooldown.untilMs > deps.clock.now();
    return { cooldown: inForce ? cooldown : null, unknown: null };
  } catch (error) {
    cancellationSignal().throwIfAborted();
    return {
      cooldown: null,
      unknown: `whether a cooldown is in force could not be asked: ${messageOf(error)}`,
    };
  }
}

/** The API has refused it before; a rollout that was started straight through Temporal is stopped here. */
async function refuseInEmergency({ directory }: ActivityDeps, plan: Plan): Promise<void> {
  const target = targetOf(plan);
  const open = await directory.forbids(target, activityInfo().workflowExecution?.runId ?? '');
  if (open) throw emergencyOpen(target, open);
}

/** The lease would not end when it should. */
async function refuseSkew({ clock }: ActivityDeps, side: TrafficSide, plan: Plan): Promise<void> {
  const problem = await clockProblem(side, clock, plan.lease.ttlMs);
  if (problem !== null) throw new SluiceError('clock-skewed', `Nothing is rolled out: ${problem}.`);
}

/** Found before any user is touched, not when the third stage begins. */
function refuseForeignHeaders(plan: Plan, matchHeader: string): void {
  const foreign = plan.stages.find(
    ({ match }) => match && matchHeader !== '*' && match.header.toLowerCase() !== matchHeader,
  );
  if (!foreign?.match) return;
  if (matchHeader === '') {
    const message = `Stage "${foreign.name}" matches on a header, and this data plane cannot tell requests by one.`;
    throw new SluiceError('traffic-unready', message);
  }
  const why = `Stage "${foreign.name}" matches on ${foreign.match.header}, but this data plane matches on ${matchHeader} only.`;
  throw new SluiceError('traffic-unready', why);
}

/** Where shares come from numbers of pods, not every one can be given. */
async function refuseShares(plan: Plan, { provider, target }: TrafficSide): Promise<void> {
  const shares = await provider.shares?.(target, cancellationSignal());
  if (shares === undefined || shares === null) return;
  const stage = plan.stages.find(
    ({ weightPercent }) => !shares.some((share) => Math.abs(share - weightPercent) <= nearEnough),
  );
  if (stage === undefined) return;
  const all = shares.map((share) => Math.round(share * 100) / 100).join(', ');
  const message = `Stage "${stage.name}" asks for ${stage.weightPercent} %; this data plane can give ${targetOf(plan)} ${all} %.`;
  throw new SluiceError('traffic-unready', message);
}

/** Plans cannot write a third of a hundred. */
const nearEnough = 0.5;

/** Both arms would carry the same label, so no check could tell them apart. */
function refuseSameVersion(plan: Plan, stableVersion: string): void {
  if (stableVersion !== plan.version) return;
  throw new SluiceError(
    'workload-config',
    `${plan.version} is the stable version of ${plan.service} already; ship another one, for example with --set version=…`,
  );
}

/** Limits of single calls: a provider that hangs must not hold the target for as long as the activity may run. */
const readLimitMs = 5_000;
const versionLimitMs = 20_000;
const stopAttempts = 2;

async function clean(
  deps: ActivityDeps,
  { plan, arms, leaving, fallbackCold, epoch }: CleanInput,
): Promise<CleanResult> {
  const { provider, target } = trafficOf(deps.providers, plan);
  const outer = cancellationSignal();
  const state = await within(readLimitMs, (signal) => provider.read(target, signal), outer);
  const stableSlot = arms?.stableSlot ?? state.stableSlot;
  const workload = workloadOf(deps.providers, plan);
  const staysIn = leaving === 'canary' ? stableSlot : otherSlot(stableSlot);
  const home =
    leaving === 'old' && (await hasMoved(workload, plan, state, outer)) ? state.stableSlot : staysIn;
  if (isForeign(state, attemptEpoch(epoch, activityInfo().attempt))) {
    const { provider, target } = workload;
    const there = await within(
      readLimitMs,
      (signal) => provider.versionIn(target, otherSlot(home), signal),
      outer,
    );
    const own = leaving === 'canary' ? plan.version : arms?.stableVersion;
    if (state.stableSlot !== home || there !== own) return { unsafe: null, problem: leftAlone(state) };
  }
  if (!isHome(state, home, deps.clock.now())) {
    return { unsafe: `stable ${state.stableSlot}, canary ${state.weightPercent} %`, problem: null };
  }
  const settled = await settledIn(deps, plan, { slot: staysIn, leaving, epoch: state.epoch }, outer);
  if (settled.slot === null) return { unsafe: null, problem: settled.problem };
  const leave = async (signal: AbortSignal) => {
    // After a cold way back the version that users are on must be up before the other one goes.
    if (fallbackCold && arms && leaving === 'canary')
      await startStable(deps, plan, arms, signal, state.epoch);
    const letGo = async () => await provider.leave?.(target, state.epoch, signal);
    // Under the epoch of the last traffic write, which is above that of every start before it and below the next
    // rollout's.
    const end = () => workload.provider.stop(workload.target, otherSlot(settled.slot), signal, state.epoch);
    // The route lets go of the version that leaves before that goes, unless it would then send to it again.
    const steps = provider.leavesLast?.(target) ? [end, letGo] : [letGo, end];
    for (const step of steps) await step();
  };
  return { unsafe: null, problem: await triedToEnd(deps, leave, outer) };
}

/**
 * Whether an earlier clean-up, cut off by a question or a crash, has sent users to the promoted version's lasting
 * place. What it did on the way there is done again all the same: it may have been cut off before the data plane
 * followed.
 */
async function hasMoved(
  { provider, target }: WorkloadSide,
  plan: Plan,
  { stableSlot }: TrafficState,
  outer: AbortSignal,
): Promise<boolean> {
  if (provider.home !== stableSlot) return false;
  const there = (signal: AbortSignal) => provider.versionIn(target, stableSlot, signal);
  return (await within(readLimitMs, there, outer)) === plan.version;
}

/**
 * Where users are when a promoted version has come home. A failure leaves them where they are, and nothing is stopped.
 */
async function settledIn(
  deps: ActivityDeps,
  plan: Plan,
  { slot, leaving, epoch }: { slot: Slot; leaving: CleanInput['leaving']; epoch: number },
  outer: AbortSignal,
): Promise<{ slot: Slot; problem: null } | { slot: null; problem: string }> {
  if (leaving === 'canary') return { slot, problem: null };
  try {
    return { slot: await settle(deps, plan, { slot, version: plan.version, epoch }, outer), problem: null };
  } catch (error) {
    if (outer.aborted) throw error;
    return {
      slot: null,
      problem: `${plan.version} serves, but not from its lasting place: ${messageOf(error)}`,
    };
  }
}

function leftAlone({ epoch, stableSlot }: TrafficState): string {
  return `a newer owner (epoch ${epoch}) holds the target, with ${stableSlot} as its stable slot; what runs there was left alone`;
}

/** The last problem after a few tries; null: it worked. A cancelled clean-up throws: somebody wants something else. */
async function triedToEnd(
  deps: ActivityDeps,
  work: (signal: AbortSignal) => Promise<void>,
  outer: AbortSignal,
): Promise<string | null> {
  let problem: string | null = null;
  for (let attempt = 1; attempt <= stopAttempts; attempt++) {
    try {
      await within(versionLimitMs, work, outer);
      return null;
    } catch (error) {
      if (outer.aborted) throw error;
      problem = messageOf(error);
      await deps.clock.sleep(pauseMs, outer);
    }
  }
  return problem;
}

const pauseMs = 500;
