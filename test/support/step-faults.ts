/** The ways in which one recorded step of a rollout is made to fail. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { SluiceError } from '../../src/domain/errors.ts';
import { type ActivityTap, type Call, type Tap, wholeBody } from './activity-tap.ts';

export const faultModes = [
  'fails-once',
  'fails-for-ever',
  'refused-once',
  'refused-for-ever',
  'hangs',
  'late-success',
  'dies-before',
  'dies-after',
  'done-twice',
] as const;
export type FaultMode = (typeof faultModes)[number];

/** One call of one execution of an activity, as a recording met it. */
export interface Step {
  readonly label: string;
  readonly name: string;
  /** In an activity that loops, 2 stands for every later time too. */
  readonly nth: number;
}

/** How often these go round depends on the time. */
const loops = ['watch', 'ramp', 'verify'];

export function stepOf({ execution, name, nth }: Call): Step {
  return { label: execution.label, name, nth: loops.includes(execution.type) ? Math.min(nth, 2) : nth };
}

export function stepKey({ label, name, nth }: Step): string {
  return `${label} ${name}${nth > 1 ? ` ${nth}` : ''}`;
}

/** Why a mode makes no sense for a step; null: it does. */
export function exemptionOf({ label, name }: Step, mode: FaultMode): string | null {
  if (name !== wholeBody) return mode === 'done-twice' ? 'whole activities are done twice' : null;
  if (mode === 'hangs' || mode === 'late-success' || mode === 'dies-before') {
    return 'a body that never ends is a worker that dies after it';
  }
  if (mode === 'done-twice' && label.startsWith('watch')) return 'a watch is done again by every retry';
  if (mode === 'done-twice' && label.startsWith('ramp')) return 'a way down has one attempt';
  return null;
}

/** After the caller has given up, this long passes until the effect comes about. */
const latenessMs = 1_200;

const liftAfterMs = 3_000;

/** A fault at a step of one rollout; `struck` counts how often it did. */
export class StepFault {
  struck = 0;
  /** Effects that are still to come, though nobody waits for them. */
  readonly pending: Promise<unknown>[] = [];
  private lifted = false;
  private endless = false;
  private readonly step: Step;
  private readonly mode: FaultMode;
  private readonly tap: ActivityTap;

  constructor(step: Step, mode: FaultMode, tap: ActivityTap) {
    this.step = step;
    this.mode = mode;
    this.tap = tap;
  }

  /** From now on nothing but success ends the rollout, so a fault that goes on is put right after a while. */
  unbound(): void {
    this.endless = true;
  }

  readonly around: Tap = async (call, act) => {
    if (this.lifted || !this.hits(call)) return await act();
    this.struck += 1;
    if (this.endless) setTimeout(() => this.lift(), liftAfterMs);
    if (call.name === wholeBody) await act();
    return await this.strike(call, act);
  };

  private lift(): void {
    this.lifted = true;
  }

  private hits(call: Call): boolean {
    const here = stepOf(call);
    if (here.name !== this.step.name) return false;
    if (this.mode.endsWith('for-ever')) return notBefore(here, this.step);
    return this.struck === 0 && here.label === this.step.label && here.nth === this.step.nth;
  }

  private async strike(call: Call, act: () => Promise<unknown>): Promise<unknown> {
    const what = stepKey(this.step);
    switch (this.mode) {
      case 'fails-once':
      case 'fails-for-ever':
        throw retryable(call, what);
      case 'refused-once':
      case 'refused-for-ever':
        throw call.name === wholeBody
          ? ApplicationFailure.nonRetryable(`${what} is refused`)
          : new SluiceError('workload-config', `${what} is refused`);
      case 'hangs':
        return await this.givenUp(call);
      case 'late-success':
        this.pending.push(this.lateSuccess(call, act));
        return await this.givenUp(call);
      case 'dies-before':
        call.execution.dead = true;
        return await this.tap.silence();
      case 'dies-after':
        if (call.name !== wholeBody) await act();
        call.execution.dead = true;
        return await this.tap.silence();
      case 'done-twice':
        return await act();
    }
  }

  /** Rejects when the caller gives up; a caller without a limit waits for ever. */
  private givenUp({ signal }: Call): Promise<never> {
    if (signal === null) return this.tap.silence();
    return Promise.race([
      this.tap.silence(),
      new Promise<never>((_, reject) => {
        const abort = () => reject(new SluiceError('traffic-unavailable', 'broken off by the caller'));
        if (signal.aborted) abort();
        signal.addEventListener('abort', abort, { once: true });
      }),
    ]);
  }

  private async lateSuccess(call: Call, act: () => Promise<unknown>): Promise<void> {
    const over = await this.givenUp(call).catch((error: unknown) => !(error instanceof SluiceError));
    if (over) return;
    await sleep(latenessMs);
    // Being fenced off is the point.
    await act().catch(() => {});
  }
}

/** The same call at or after the step, in this execution of the activity or a later one. */
function notBefore(here: Step, step: Step): boolean {
  const [kind, turn] = here.label.split('#');
  const [wantedKind, wantedTurn] = step.label.split('#');
  if (kind !== wantedKind || Number(turn) < Number(wantedTurn)) return false;
  return turn !== wantedTurn || here.nth >= step.nth;
}

function retryable({ name }: Call, what: string): Error {
  if (name === wholeBody) return new Error(`${what} fails`);
  return new SluiceError(
    name.startsWith('metrics') ? 'metrics-unavailable' : 'traffic-unavailable',
    `${what} fails`,
  );
}
