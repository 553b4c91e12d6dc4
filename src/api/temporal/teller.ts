/**
 * Tells many workflows to roll back, a bounded number at a time; what takes too long for an answer goes on after it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, SluiceError } from '../../domain/errors.ts';
import { targetOf } from '../../domain/plan/types.ts';
import type { CommandPayload } from '../../domain/rollout/types.ts';
import type { EmergencyAnswer } from '../contract.ts';
import type { TemporalDeps } from './calls.ts';
import { signalOnce } from './signal-once.ts';
import { askFor } from './view.ts';
import { workflowIdFor } from './visibility.ts';

export type Target = { readonly environment: string; readonly service: string };

const maxAtOnce = 50;

export class Teller {
  private readonly deps: TemporalDeps;
  private readonly payload: CommandPayload;
  private readonly requestId: string;
  private readonly problems = new Map<string, string>();
  private readonly waiting: Target[] = [];
  private readonly work: Promise<void>[] = [];
  private busy = 0;
  private told = 0;

  /** `requestId`: a run that was told under it before is told nothing again. */
  constructor(deps: TemporalDeps, payload: CommandPayload, requestId: string) {
    this.deps = deps;
    this.payload = payload;
    this.requestId = requestId;
  }

  /** Returns at once. */
  tell(target: Target): void {
    this.problems.set(targetOf(target), 'not told yet; it goes on');
    this.waiting.push(target);
    if (this.busy < maxAtOnce) this.work.push(this.tellOn());
  }

  /** Waits for everything that was asked for so far, but no longer than `budgetMs`. */
  async outcome(budgetMs: number): Promise<Pick<EmergencyAnswer, 'told' | 'notTold'>> {
    const over = new AbortController();
    const budget = sleep(budgetMs, undefined, { signal: over.signal }).catch(() => {});
    await Promise.race([Promise.all(this.work), budget]);
    over.abort();
    const notTold = [...this.problems].map(([target, problem]) => ({ target, problem }));
    return { told: this.told, notTold };
  }

  private async tellOn(): Promise<void> {
    this.busy += 1;
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) await this.tellOne(next);
    this.busy -= 1;
  }

  private async tellOne(target: Target): Promise<void> {
    const { deps, payload, requestId } = this;
    const signal = { workflowId: workflowIdFor(target), name: 'rollback', payload, requestId };
    try {
      await askFor(deps, target, () => signalOnce(deps, signal));
      this.told += 1;
      this.problems.delete(targetOf(target));
    } catch (error) {
      // It has ended meanwhile, perhaps because it found the stop: there is nobody to tell.
      if (error instanceof SluiceError && error.code === 'rollout-not-found') {
        this.problems.delete(targetOf(target));
      } else this.problems.set(targetOf(target), messageOf(error));
    }
  }
}
