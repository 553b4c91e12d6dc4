/** The mutable side of an emergency inside its workflow: the present state, what people see of it, who waits for it. */
import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import {
  CancellationScope,
  condition,
  patched,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { emergencyNotice, emergencySubject } from '../domain/emergency/notices.ts';
import { nextSweepInMs, noted, onAgain, onRelease, openedState } from '../domain/emergency/state.ts';
import { type EmergencyPhase, emergencyDetailsOf, phaseOf } from '../domain/emergency/status.ts';
import type { EmergencyInput, EmergencyOrder, EmergencyState } from '../domain/emergency/types.ts';
import { hand } from './companion.ts';

const phaseKey = defineSearchAttributeKey('SluicePhase', 'KEYWORD');

export class EmergencyRun {
  state: EmergencyState;
  private shown: EmergencyPhase | null = null;
  private toldPhase: EmergencyPhase | null;
  private wishes = 0;
  private telling: Promise<void> = Promise.resolve();

  constructor(input: EmergencyInput) {
    this.state = openedState(input, Date.now());
    this.toldPhase = input.state ? phaseOf(input.state) : null;
    this.show();
  }

  again(wish: Parameters<typeof onAgain>[1]): void {
    this.state = onAgain(this.state, wish, Date.now());
    this.wishes += 1;
    this.show();
  }

  release(by: { readonly actor: string; readonly reason: string }): void {
    this.state = onRelease(this.state, { ...by, atMs: Date.now() });
    this.show();
  }

  /** It was asked for something else since. */
  isOutdated({ to }: EmergencyOrder): boolean {
    return this.state.order.to !== to;
  }

  note(text: string): void {
    this.state = noted(this.state, { text, actor: null, atMs: Date.now() });
  }

  /** Resolves when the next sweep is due, at once when somebody asks for it or releases. */
  async untilDue(): Promise<void> {
    const dueInMs = nextSweepInMs(this.state);
    const before = this.wishes;
    const called = () => this.state.release !== null || this.wishes !== before;
    if (dueInMs === null) await condition(called);
    else if (dueInMs > 0) await condition(called, dueInMs);
  }

  /** Nothing is waited for until the emergency is over. */
  private tellOf(phase: EmergencyPhase): void {
    this.toldPhase = phase;
    if (this.state.order.tells !== true || !patched('emergency-tells')) return;
    const { firstExecutionRunId: runId } = workflowInfo();
    const notice = emergencyNotice(this.state, phase, runId, Date.now());
    const subject = emergencySubject(this.state, runId);
    this.telling = this.telling.then(() => CancellationScope.nonCancellable(() => hand(subject, notice)));
  }

  async told(): Promise<void> {
    await this.telling;
  }

  show(): void {
    setCurrentDetails(emergencyDetailsOf(this.state));
    const phase = phaseOf(this.state);
    if (phase !== this.toldPhase) this.tellOf(phase);
    if (phase === this.shown) return;
    this.shown = phase;
    const pair: SearchAttributePair = { key: phaseKey, value: phase };
    upsertSearchAttributes([pair]);
  }
}
