/** What is under way: one errand for each target, some at a time, tried again until it is done or need not be. */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Attributes, ROOT_CONTEXT } from '@opentelemetry/api';
import { messageOf } from '../domain/errors.ts';
import type { TargetId } from '../domain/plan/types.ts';
import { isProblem } from '../providers/kube/errors.ts';
import { Turns } from '../providers/turns.ts';
import { inSpan } from '../telemetry/spans.ts';
import { Nap } from './nap.ts';
import type { GuardReport } from './reports.ts';
import type { Why } from './tracked.ts';

/** Routes that are brought home at the same time; the others wait their turn. Fewer than there are connections. */
const atOnce = 16;
/** With no more than so many under way there is room for what can wait; and it waits no longer than this. */
const few = 4;
const calm = { lookEveryMs: 50, mostMs: 3_000 };
/** What passes by itself is tried again at once, what somebody has to put right more and more rarely. */
const quickMs = { first: 250, most: 1_000 };
const slowMs = { first: 1_000, most: 15_000 };

interface ErrandOptions {
  /** One try. What is `safe` is looked at once more, after what is urgent for others. */
  readonly once: (target: TargetId, errand: Underway) => Promise<'safe' | 'over'>;
  /** Asked before each try; when it is false the errand is over. */
  readonly mayAct: (target: TargetId) => boolean;
  /** What there is to be done is for this state of the target; in another one it is to be begun anew. */
  readonly stateOf: (target: TargetId) => string | null;
  readonly onEnd: (target: TargetId) => void;
  readonly report: (report: GuardReport) => void;
  readonly signal: AbortSignal;
}

export interface Underway {
  /** Steady milliseconds. */
  readonly startedMs: number;
  /** The target is safe already. */
  readonly isSafe: boolean;
}

export class Errands {
  private readonly options: ErrandOptions;
  private readonly running = new Map<TargetId, { readonly end: Promise<void>; readonly nap: Nap }>();
  private readonly turns = new Turns(atOnce);

  constructor(options: ErrandOptions) {
    this.options = options;
  }

  has(target: TargetId): boolean {
    return this.running.has(target);
  }

  /** `quiet`: most likely there is nothing to do, so nothing is said before it is known, and others go first. */
  begin(target: TargetId, why: Why, quiet: boolean): void {
    const nap = new Nap();
    if (!quiet) this.options.report({ kind: 'due', target, why });
    const run = () => this.run(target, !quiet && why !== 'lapsed', nap);
    const end = traced({ 'sluice.target': target, 'sluice.why': why }, run).finally(() => {
      this.running.delete(target);
      this.options.onEnd(target);
    });
    this.running.set(target, { end, nap });
  }

  /** Something has changed, so the next try need not wait. */
  hurry(target: TargetId): void {
    this.running.get(target)?.nap.end();
  }

  /** Resolves when few errands are under way, or after a while. */
  async calm(): Promise<void> {
    const { signal } = this.options;
    const untilMs = performance.now() + calm.mostMs;
    while (this.turns.underWay > few && performance.now() < untilMs && !signal.aborted) {
      await sleep(calm.lookEveryMs, undefined, { signal }).catch(() => {});
    }
  }

  async settled(): Promise<void> {
    await Promise.allSettled([...this.running.values()].map(({ end }) => end));
  }

  private async run(target: TargetId, isUrgent: boolean, nap: Nap): Promise<void> {
    const { once, mayAct, stateOf, report, signal } = this.options;
    const startedMs = performance.now();
    let safeFor: string | null | undefined;
    for (let attempts = 1; ; attempts++) {
      const isSafe = safeFor !== undefined;
      if (!(await this.turns.take(isUrgent && !isSafe, signal))) return;
      let nextInMs = 0;
      try {
        const attempt = () => once(target, { startedMs, isSafe });
        const state = stateOf(target);
        // A canary that has come since is not safe: it is brought home by an errand of its own.
        if (isSafe && state !== safeFor) return;
        if (!mayAct(target) || (await traceAttempt(attempts, attempt)) === 'over') return;
        safeFor = state;
      } catch (error) {
        if (signal.aborted) return;
        nextInMs = pauseAfter(error, attempts);
        report({ kind: 'failed', target, problem: messageOf(error), attempts, nextInMs });
      } finally {
        this.turns.done();
      }
      if (nextInMs > 0) await nap.sleep(nextInMs, signal);
    }
  }
}

/** A trace of its own, since nobody asks a guard. */
function traced(attributes: Attributes, run: () => Promise<void>): Promise<void> {
  return inSpan('bring route home', { kind: 'internal', parent: ROOT_CONTEXT, attributes }, run);
}

function traceAttempt<T>(number: number, work: () => Promise<T>): Promise<T> {
  return inSpan('attempt', { kind: 'client', attributes: { 'sluice.attempt': number } }, work);
}

function pauseAfter(error: unknown, attempts: number): number {
  const { first, most } = isProblem(error, 'unavailable', 'conflict', 'gone') ? quickMs : slowMs;
  return Math.min(first * 2 ** Math.min(attempts - 1, 10), most);
}
