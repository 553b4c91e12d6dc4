/** The hard limits of rollout and stage as durable timers; each says so before it strikes. */
import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import { limitsBind } from '../domain/rollout/moves.ts';
import { isRamping } from '../domain/rollout/ramp.ts';
import type { RolloutRun } from './run.ts';

/** How much of a limit is left when its warning comes. */
const warningShare = 0.1;

export class Limits {
  private readonly run: RolloutRun;
  private readonly whole: CancellationScope;
  private stage: { index: number; scope: CancellationScope } | null = null;

  constructor(run: RolloutRun) {
    this.run = run;
    const { startedAtMs, plan } = run.state;
    this.whole = this.keep('rollout', startedAtMs, plan.maxDurationMs);
  }

  /** Keeps the timer of the stage under way, if its plan has one; called whenever the state may have moved. */
  follow(): void {
    const { state } = this.run;
    const report = state.reports[state.stage];
    const timeoutMs = state.plan.stages[state.stage]?.timeoutMs ?? null;
    const binds = report && report.endedAtMs === null && limitsBind(state.phase) && timeoutMs !== null;
    if (this.stage && (!binds || this.stage.index !== state.stage)) {
      this.stage.scope.cancel();
      this.stage = null;
    }
    if (binds && !this.stage) {
      this.stage = { index: state.stage, scope: this.keep('stage', report.startedAtMs, timeoutMs) };
    }
    // A gradual way back may still be hastened by it.
    if (!limitsBind(state.phase) && !isRamping(state)) this.whole.cancel();
  }

  cancel(): void {
    this.whole.cancel();
    this.stage?.scope.cancel();
  }

  private keep(scope: 'stage' | 'rollout', fromMs: number, limitMs: number): CancellationScope {
    const timers = new CancellationScope({ cancellable: true });
    timers
      .run(() => this.strike(scope, fromMs, limitMs))
      .catch((error) => {
        if (!isCancellation(error)) throw error;
      });
    return timers;
  }

  private async strike(scope: 'stage' | 'rollout', fromMs: number, limitMs: number): Promise<void> {
    const limitAtMs = fromMs + limitMs;
    const warnAtMs = limitAtMs - limitMs * warningShare;
    if (Date.now() < warnAtMs) {
      await sleep(warnAtMs - Date.now(), { summary: `${scope} limit is near` });
      this.run.apply({ kind: 'limit', scope, near: true });
    }
    await sleep(Math.max(1, limitAtMs - Date.now()), { summary: `${scope} limit` });
    this.run.apply({ kind: 'limit', scope, near: false });
  }
}
