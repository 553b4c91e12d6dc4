/** Whether a worker polls for rollouts, kept at hand so that many may look without asking Temporal. */
import type { TemporalDeps } from './calls.ts';
import { workerSeen } from './visibility.ts';

const refreshMs = 10_000;

export class WorkerSight {
  /** Null: Temporal did not say so lately. */
  seen: boolean | null = null;
  private readonly deps: TemporalDeps;

  constructor(deps: TemporalDeps) {
    this.deps = deps;
  }

  /** Looks from now on, for as long as the process has something else to do. */
  keep(): void {
    void this.look().finally(() => setTimeout(() => this.keep(), refreshMs).unref());
  }

  private async look(): Promise<void> {
    this.seen = await workerSeen(this.deps).catch(() => null);
  }
}
