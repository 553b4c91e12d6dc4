/** The mutable side of a rollout inside its workflow: the present state, and who waits for it to change. */

import type { SearchAttributePair } from '@temporalio/common';
import { proxySinks, type Sinks } from '@temporalio/workflow';
import { cooldownOf } from '../domain/rollout/cooldown.ts';
import { apply, initialState } from '../domain/rollout/machine.ts';
import { cooldownMemo, type RolloutInput } from '../domain/rollout/names.ts';
import type { Cooldown, RolloutEvent, RolloutState, TimelineEntry } from '../domain/rollout/types.ts';

/** Every line of the timeline leaves through this sink: to the log when it happens, to the auditor at replay. */
interface AuditSinks extends Sinks {
  audit: { record(entry: TimelineEntry): void };
}

const { audit } = proxySinks<AuditSinks>();

export class RolloutRun {
  state: RolloutState;
  private readonly waiting = new Set<{ fits: (state: RolloutState) => boolean; tell: () => void }>();
  private readonly stragglers = new Set<Promise<void>>();
  private shown = new Map<string, unknown>();
  private recorded: number;
  /** Called when the story has grown. */
  onStory: () => void = () => {};

  constructor({ plan, actor, reason, force, state }: RolloutInput) {
    const fresh = initialState({ plan, actor, reason, atMs: Date.now(), ...(force ? { force } : {}) });
    // A state that earlier code handed on lacks what was added since.
    this.state = state ? { ...fresh, ...state } : fresh;
    this.recorded = state ? entriesOf(state) : 0;
    this.record();
  }

  /** Takes what happened into the state. A bound function, so that effects can report on the way. */
  readonly apply = (event: RolloutEvent | null): void => {
    if (event === null) return;
    this.state = apply(this.state, event, Date.now());
    this.record();
    for (const waiter of this.waiting) {
      if (!waiter.fits(this.state)) continue;
      this.waiting.delete(waiter);
      waiter.tell();
    }
  };

  /** Resolves as soon as the state fits; at once if it does already. */
  when(fits: (state: RolloutState) => boolean): Promise<'so'> {
    if (fits(this.state)) return Promise.resolve('so');
    return new Promise((resolve) => {
      this.waiting.add({ fits, tell: () => resolve('so') });
    });
  }

  /** Keeps work that nobody waits for, so that the run does not end before it. */
  straggler(work: Promise<void>): void {
    const kept = work.finally(() => this.stragglers.delete(kept));
    this.stragglers.add(kept);
  }

  async settled(): Promise<void> {
    await Promise.all(this.stragglers);
  }

  changedAttributes(pairs: readonly SearchAttributePair[]): SearchAttributePair[] {
    const changed = pairs.filter(({ key, value }) => this.shown.get(key.name) !== value);
    for (const { key, value } of changed) this.shown.set(key.name, value);
    return changed;
  }

  /** The cooldown that this rollback leaves, once; null: none, or it is known already. */
  newCooldown(): Cooldown | null {
    const cooldown = cooldownOf(this.state);
    if (cooldown === null || this.shown.get(cooldownMemo) === cooldown.untilMs) return null;
    this.shown.set(cooldownMemo, cooldown.untilMs);
    return cooldown;
  }

  private record(): void {
    const fresh = entriesOf(this.state) - this.recorded;
    if (fresh <= 0) return;
    for (const entry of this.state.timeline.slice(-fresh)) audit.record(entry);
    this.recorded += fresh;
    this.onStory();
  }
}

function entriesOf(state: RolloutState): number {
  return state.timeline.length + state.droppedEntries;
}
