/** The mutable side of a rollout inside its workflow: the present state, and who waits for it to change. */

import type { SearchAttributePair } from '@temporalio/common';
import { proxySinks, type Sinks } from '@temporalio/workflow';
import { effectOf } from '../domain/rollout/effects.ts';
import { apply, initialState } from '../domain/rollout/machine.ts';
import type { RolloutInput } from '../domain/rollout/names.ts';
import type { Effect, RolloutEvent, RolloutState, TimelineEntry } from '../domain/rollout/types.ts';

/** Every line of the timeline leaves through this sink: to the log when it happens, to the auditor at replay. */
export interface AuditSinks extends Sinks {
  audit: { record(entry: TimelineEntry): void };
}

const { audit } = proxySinks<AuditSinks>();

export class RolloutRun {
  state: RolloutState;
  private awaited: { key: string; obsolete: () => void } | null = null;
  private stragglers: Promise<void>[] = [];
  private shown = new Map<string, unknown>();
  private recorded: number;

  constructor({ plan, actor, reason, state }: RolloutInput) {
    this.state = state ?? initialState({ plan, actor, reason, atMs: Date.now() });
    this.recorded = state ? entriesOf(state) : 0;
    this.record();
  }

  /** Takes what happened into the state. A bound function, so that effects can report on the way. */
  readonly apply = (event: RolloutEvent | null): void => {
    if (event === null) return;
    this.state = apply(this.state, event, Date.now());
    this.record();
    if (this.awaited && effectOf(this.state).key !== this.awaited.key) this.awaited.obsolete();
  };

  /** Resolves when the state asks for something other than `effect`. */
  whenObsolete(effect: Effect): Promise<'obsolete'> {
    return new Promise((resolve) => {
      this.awaited = { key: effect.key, obsolete: () => resolve('obsolete') };
      if (effectOf(this.state).key !== effect.key) resolve('obsolete');
    });
  }

  /** Keeps work that nobody waits for, so that the run does not end before it. */
  straggler(work: Promise<void>): void {
    this.stragglers.push(work);
  }

  async settled(): Promise<void> {
    const waiting = this.stragglers;
    this.stragglers = [];
    await Promise.all(waiting);
  }

  changedAttributes(pairs: readonly SearchAttributePair[]): SearchAttributePair[] {
    const changed = pairs.filter(({ key, value }) => this.shown.get(key.name) !== value);
    for (const { key, value } of changed) this.shown.set(key.name, value);
    return changed;
  }

  private record(): void {
    const fresh = entriesOf(this.state) - this.recorded;
    if (fresh <= 0) return;
    for (const entry of this.state.timeline.slice(-fresh)) audit.record(entry);
    this.recorded += fresh;
  }
}

function entriesOf(state: RolloutState): number {
  return state.timeline.length + state.droppedEntries;
}
