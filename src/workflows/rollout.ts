/** The story of one rollout: do what the state asks for, until it asks for nothing more. */
import {
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  patched,
  setCurrentDetails,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { isTerminal } from '../domain/rollout/commands.ts';
import { detailsOf } from '../domain/rollout/details.ts';
import { begun, effectOf, epochOf, isOpenEnded } from '../domain/rollout/effects.ts';
import { cooldownMemo, type RolloutInput } from '../domain/rollout/names.ts';
import { type RolloutStatus, statusOf } from '../domain/rollout/status.ts';
import type { Effect, RolloutEvent, RolloutState } from '../domain/rollout/types.ts';
import { attributesOf, datedAttributes } from './attributes.ts';
import { carryIn, perform } from './effects.ts';
import { Limits } from './limits.ts';
import { listen } from './messages.ts';
import { needReadable } from './payload-converter.ts';
import { reasonOf } from './proxies.ts';
import { RolloutRun } from './run.ts';
import { Telling } from './telling.ts';
import { Webhooks } from './webhooks.ts';

export async function rollout(input: RolloutInput): Promise<RolloutStatus> {
  needReadable(input);
  const run = new RolloutRun(input);
  if (input.plan.rollback.approval === true && patched('asks-in-the-clean-up')) {
    run.state = { ...run.state, asksToTheEnd: true };
  }
  const telling = new Telling(run);
  run.onStory = () => telling.follow();
  listen(run);
  telling.follow();
  // "Request Cancellation" is the biggest button of Temporal's UI, so it must be the safe one: it rolls back.
  CancellationScope.current().cancelRequested.catch(() => run.apply({ kind: 'cancelled' }));

  return await CancellationScope.nonCancellable(async () => {
    const limits = new Limits(run);
    const webhooks = new Webhooks(run);
    while (!isTerminal(run.state)) {
      limits.follow();
      webhooks.follow();
      const effect = effectOf(run.state);
      await carryOut(run, effect);
      // Work that ended and moved nothing is not begun again at once: history must not run away.
      const moved = () => effectOf(run.state).key !== effect.key;
      if (!moved() && !cutShort(effect, run.state)) await condition(moved, pauseBeforeRepeat);
      await continueWhenLong(run, { webhooks, telling }, input);
    }
    limits.cancel();
    webhooks.follow();
    await run.settled();
    await webhooks.settled();
    show(run);
    await telling.flushed();
    return statusOf(run.state);
  });
}

const pauseBeforeRepeat = '1 second';

/** Does one piece of work; drops it as soon as the state asks for something else. */
async function carryOut(run: RolloutRun, effect: Effect): Promise<void> {
  const obsolete = run.when((state) => effectOf(state).key !== effect.key || cutShort(effect, state));
  // What stops and starts versions waits for earlier work on them to end, unless it is not wanted any more.
  const touchesVersions = effect.kind === 'clean' || (effect.kind === 'restore' && run.state.fallbackCold);
  if (touchesVersions && (await Promise.race([run.settled(), obsolete])) === 'so') return;
  run.state = begun(run.state);
  show(run);
  const scope = new CancellationScope({ cancellable: true });
  const work = scope
    .run(() => perform(effect, run.state, epochOf(run.state), run.apply))
    .catch(failureOf(effect));
  const first = await Promise.race([work, obsolete]);
  if (first !== 'so') return run.apply(first);

  scope.cancel();
  // A pause hands the evidence of one watch to the next, so it waits for it; all else goes on at once.
  const last = effect.kind === 'watch' ? await Promise.race([work, run.when(asksForNoWatch)]) : 'so';
  if (last !== 'so') return run.apply(handedOver(last));
  run.straggler(work.then((event) => run.apply(event && late(effect, event))));
}

/** A watch may last for days, and a flood of messages fills a history in seconds: the next run goes on with it. */
function cutShort(effect: Effect, state: RolloutState): boolean {
  if (!isOpenEnded(effect, state) || !workflowInfo().continueAsNewSuggested) return false;
  return patched(effect.kind === 'watch' ? 'cut-watch-short' : 'cut-waits-short');
}

function asksForNoWatch(state: RolloutState): boolean {
  return effectOf(state).kind !== 'watch';
}

/** A watch that failed while it was being replaced decides nothing; what it last knew goes to the next one. */
function handedOver(event: RolloutEvent | null): RolloutEvent | null {
  if (event?.kind !== 'failed') return event;
  if (event.carry === null) return null;
  return { kind: 'watched', result: { ending: { kind: 'interrupted' }, carry: event.carry, verdicts: [] } };
}

/** What an obsolete effect still reports: evidence is kept, decisions and failures are not. */
function late(effect: Effect, event: RolloutEvent): RolloutEvent | null {
  if (effect.kind === 'watch' && event.kind === 'watched') {
    return { kind: 'evidence', stage: effect.stage, result: event.result };
  }
  return event.kind === 'promoted' ? event : null;
}

function failureOf(effect: Effect): (error: unknown) => RolloutEvent | null {
  return (error) => {
    if (isCancellation(error)) return null;
    return { kind: 'failed', step: effect.kind, reason: reasonOf(error), carry: carryIn(error) };
  };
}

async function continueWhenLong(
  run: RolloutRun,
  { webhooks, telling }: { readonly webhooks: Webhooks; readonly telling: Telling },
  input: RolloutInput,
): Promise<void> {
  if (!workflowInfo().continueAsNewSuggested || isTerminal(run.state) || !mayContinue(run.state)) return;
  await run.settled();
  if (!mayContinue(run.state)) return;
  await telling.flushed();
  if (!mayContinue(run.state)) return;
  const state = webhooks.handedOn(run.state);
  await continueAsNew<(next: RolloutInput) => Promise<RolloutStatus>>({ ...input, state });
}

/** While going back only what lasts without end: nothing may come between a decision to restore and the restore. */
function mayContinue(state: RolloutState): boolean {
  return !state.cause || cutShort(effectOf(state), state);
}

function show(run: RolloutRun): void {
  setCurrentDetails(detailsOf(run.state));
  const changed = run.changedAttributes(attributesOf(run.state));
  if (changed.length > 0) upsertSearchAttributes(datedAttributes(changed, Date.now()));
  // Kept where the next rollout of the target, which is another run, finds it.
  const cooldown = run.newCooldown();
  if (cooldown) upsertMemo({ [cooldownMemo]: cooldown });
}
