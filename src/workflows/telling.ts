/** Hands the rollout's story to its companion, line by line. Nothing here is waited for until the rollout has ended. */
import { CancellationScope, patched, workflowInfo } from '@temporalio/workflow';
import { tells } from '../domain/notify/names.ts';
import { linesOf, subjectOf, toldSince } from '../domain/notify/told.ts';
import type { Subject } from '../domain/notify/types.ts';
import { tell } from './companion.ts';
import type { RolloutRun } from './run.ts';

export class Telling {
  private readonly run: RolloutRun;
  private readonly subject: Subject;
  private readonly on: boolean;
  private sending: Promise<void> | null = null;

  constructor(run: RolloutRun) {
    this.run = run;
    const { workflowId, firstExecutionRunId } = workflowInfo();
    this.subject = subjectOf(run.state, workflowId, firstExecutionRunId);
    // A rollout that began before there was telling is told to nobody.
    this.on = tells(run.state.plan) && patched('tells');
  }

  /** To be called whenever the story may have grown. What comes while a message is under way goes with the next one. */
  follow(): void {
    if (!this.on || this.sending !== null || toldSince(this.run.state, this.toldLines()) === null) return;
    // A rollout whose cancellation was asked for goes back, and tells of it.
    this.sending = CancellationScope.nonCancellable(() => this.send()).finally(() => {
      this.sending = null;
      this.follow();
    });
  }

  /** A signal of a workflow that has ended is not sent any more, so the last one is waited for. */
  async flushed(): Promise<void> {
    for (this.follow(); this.sending !== null; this.follow()) await this.sending;
  }

  private toldLines(): number {
    return this.run.state.toldLines ?? 0;
  }

  private async send(): Promise<void> {
    for (;;) {
      const told = toldSince(this.run.state, this.toldLines());
      if (told === null) return;
      const first = this.run.state.toldLines === undefined;
      this.run.state = { ...this.run.state, toldLines: linesOf(this.run.state) };
      await tell(this.subject, this.run.state.plan.notify?.channels ?? [], told, first);
    }
  }
}
