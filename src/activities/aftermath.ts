/** After a restore, before the clean-up: the actions of a phased rollback, and whether the stable version is well. */
import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { SluiceError } from '../domain/errors.ts';
import { type PhasedAction, targetOf, type VerifyConfig } from '../domain/plan/types.ts';
import { otherSlot } from '../domain/rollout/types.ts';
import { within } from '../providers/limit.ts';
import type { TrafficState } from '../providers/traffic/types.ts';
import { alive } from './alive.ts';
import type { ActivityDeps } from './deps.ts';
import { translated } from './failures.ts';
import { isForeign, isHome, startStable } from './restore.ts';
import { lookAtStable } from './stable.ts';
import { attemptEpoch, trafficOf, workloadOf } from './targets.ts';
import type { ActInput, VerifyInput, VerifyResult, WatchActivities } from './types.ts';

export function createAftermathActivities(deps: ActivityDeps): Pick<WatchActivities, 'act' | 'verify'> {
  return {
    act: (input) =>
      translated(() =>
        alive(input.action.action, () =>
          within(
            input.action.timeoutMs + graceMs,
            (signal) => actions[input.action.action](deps, input, signal),
            cancellationSignal(),
          ),
        ),
      ),
    verify: (input) => translated(() => alive('verifying', () => verify(deps, input))),
  };
}

/** A drain ends by itself at its time, and all else is broken off soon after. */
const graceMs = 500;

/** A new action is one line here and its name in the plan. Each is safe to repeat. */
const actions: Record<
  PhasedAction['action'],
  (deps: ActivityDeps, input: ActInput, signal: AbortSignal) => Promise<void>
> = {
  drain,
  'flag-off': callHook,
  webhook: callHook,
  command: callHook,
  'scale-down': scaleDown,
  ready,
};

const readEveryMs = 250;

/**
 * Dwells until the canary's last request has come to an end, by the data plane's own count, or until the time is over.
 */
async function drain(
  deps: ActivityDeps,
  { plan, arms, action }: ActInput,
  signal: AbortSignal,
): Promise<void> {
  const { provider, target } = trafficOf(deps.providers, plan);
  const slot = otherSlot(arms.stableSlot);
  const untilMs = deps.clock.now() + action.timeoutMs;
  while (deps.clock.now() < untilMs && !signal.aborted) {
    const counts = await provider.counts?.(target, signal);
    // Who cannot count can only wait: the whole time is the dwell.
    if (counts?.current[slot] === 0) return;
    await deps.clock.sleep(readEveryMs, signal);
  }
}

async function callHook(deps: ActivityDeps, input: ActInput, signal: AbortSignal): Promise<void> {
  const { plan, arms, action, cause, actionId } = input;
  const hook = deps.providers.hook(action.hook ?? '');
  const { version } = plan;
  const { stableVersion } = arms;
  await hook.call(
    { id: actionId, target: targetOf(plan), action: action.action, version, stableVersion, cause },
    signal,
  );
}

async function scaleDown(deps: ActivityDeps, input: ActInput, signal: AbortSignal): Promise<void> {
  const { plan, arms } = input;
  const state = await ownState(deps, input, signal);
  if (!isHome(state, arms.stableSlot, deps.clock.now())) {
    throw new SluiceError(
      'traffic-mismatch',
      `Traffic of ${targetOf(plan)} moves again; nothing was stopped.`,
    );
  }
  const { provider, target } = workloadOf(deps.providers, plan);
  await provider.stop(target, otherSlot(arms.stableSlot), signal, state.epoch);
}

/** The old version's slot was kept warm; whether it is, and if not, that it is soon, is seen after the switch. */
async function ready(deps: ActivityDeps, input: ActInput, signal: AbortSignal): Promise<void> {
  const { epoch } = await ownState(deps, input, signal);
  await startStable(deps, input.plan, input.arms, signal, epoch);
}

/** Errors: `traffic-fenced` when a newer owner holds the target, whose versions are its own. */
async function ownState(
  deps: ActivityDeps,
  { plan, epoch }: ActInput,
  signal: AbortSignal,
): Promise<TrafficState> {
  const { provider, target } = trafficOf(deps.providers, plan);
  const state = await provider.read(target, signal);
  if (!isForeign(state, attemptEpoch(epoch, activityInfo().attempt))) return state;
  throw new SluiceError('traffic-fenced', `Epoch ${state.epoch} owns ${target.id} by now.`);
}

/** Looks until so many looks in a row have passed or have failed, or until the time is over. */
async function verify(deps: ActivityDeps, { plan, arms }: VerifyInput): Promise<VerifyResult> {
  const config = plan.rollback.verify;
  if (!config) return { result: 'passed', reason: 'the plan asks for nothing', looks: 0 };
  const { clock } = deps;
  const untilMs = clock.now() + config.timeoutMs;
  const stable = { version: arms.stableVersion, slot: arms.stableSlot };
  const run = { passed: 0, failed: 0 };
  let reason = 'nothing was seen';
  for (let looks = 1; ; looks++) {
    const verdicts = await lookAtStable(deps, plan, stable, config.checks, cancellationSignal());
    const failed = verdicts.find(({ kind }) => kind === 'fail');
    const open = verdicts.find(({ kind }) => kind === 'no-data' || kind === 'error');
    run.failed = failed ? run.failed + 1 : 0;
    run.passed = failed || open ? 0 : run.passed + 1;
    reason = (failed ?? open)?.reason ?? reason;
    if (run.passed >= config.consecutive) return { result: 'passed', reason: passedText(run.passed), looks };
    if (run.failed >= config.consecutive) return { result: 'failed', reason, looks };
    if (clock.now() + config.intervalMs > untilMs)
      return { result: 'timed-out', reason: lastText(config, reason), looks };
    await clock.sleep(config.intervalMs, cancellationSignal());
    cancellationSignal().throwIfAborted();
  }
}

function passedText(looks: number): string {
  return looks === 1 ? 'one look has passed' : `${looks} looks in a row have passed`;
}

function lastText({ consecutive }: VerifyConfig, reason: string): string {
  return `never ${consecutive} looks in a row passed; last: ${reason}`;
}
