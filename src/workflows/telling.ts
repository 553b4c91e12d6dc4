/** Hands the rollout's story to its companion, line by line. Nothing here is waited for until the rollout has ended. */
import { CancellationScope, patched, sleep, workflowInfo } from '@temporalio/workflow';
import { tells } from '../domain/notify/names.ts';
import { linesOf, pagesAnybody, subjectOf, toldSince } from '../domain/notify/told.ts';
import type { Subject } from '../domain/notify/types.ts';
import { tell } from './companion.ts';
import type { RolloutRun } from './run.ts';

interface Quiet {
  readonly scope: CancellationScope;
  over: boolean;
}

/** So long a restore has Temporal to itself. One that takes longer is told of while it goes on. */
const quietMs = 2_000;

export class Telling {
  private readonly run: RolloutRun;
  private readonly subject: Subject;
  private on: boolean;
  private weighedLines = 0;
  private sending: Promise<void> | null = null;
  private quiet: Quiet | null = null;

  constructor(run: RolloutRun) {
    this.run = run;
    const { workflowId, firstExecutionRunId } = workflowInfo();
    this.subject = subjectOf(run.state, workflowId, firstExecutionRunId);
    // A rollout that began before there was telling is told to nobody.
    this.on = tells(run.state.plan) ? patched('tells') : run.state.toldLines !== undefined;
  }

  /** To be called whenever the story may have grown. What comes while a message is under way goes with the next one. */
  follow(): void {
    if (!this.on) this.begunByTrouble();
    if (!this.on || this.sending !== null || toldSince(this.run.state, this.toldLines()) === null) return;
    if (this.isQuiet()) return;
    // A rollout whose cancellation was asked for goes back, and tells of it.
    this.sending = CancellationScope.nonCancellable(() => this.send()).finally(() => {
      this.sending = null;
      this.follow();
    });
  }

  /**
   * Where nobody is configured to be told, what pages people opens an incident all the same; until then it costs
   * nothing.
   */
  private begunByTrouble(): void {
    if (tells(this.run.state.plan)) return;
    const told = toldSince(this.run.state, this.weighedLines);
    this.weighedLines = linesOf(this.run.state);
    if (told !== null && pagesAnybody(told)) this.on = patched('incident-without-notifiers');
  }

  /** A signal of a workflow that has ended is not sent any more, so the last one is waited for. */
  async flushed(): Promise<void> {
    for (this.follow(); this.sending !== null; this.follow()) await this.sending;
  }

  /** Telling makes work for the same server and the same worker that the restore waits for. */
  private isQuiet(): boolean {
    const restoring = this.run.state.phase === 'restoring' && patched('restores-before-telling');
    if (!restoring) {
      this.quiet?.scope.cancel();
      this.quiet = null;
      return false;
    }
    this.quiet ??= this.beQuiet();
    return !this.quiet.over;
  }

  private beQuiet(): Quiet {
    // Even of a rollout whose cancellation was asked for.
    const sheltered = new CancellationScope({ cancellable: false });
    const scope = new CancellationScope({ cancellable: true, parent: sheltered });
    const quiet: Quiet = { scope, over: false };
    scope
      .run(() => sleep(quietMs))
      .then(
        () => {
          quiet.over = true;
          this.follow();
        },
        // The restore was quicker.
        () => {},
      );
    return quiet;
  }

  private toldLines(): number {
    return this.run.state.toldLines ?? 0;
  }

  private async send(): Promise<void> {
    for (;;) {
      const told = toldSince(this.run.state, this.toldLines());
      if (told === null || this.isQuiet()) return;
      const first = this.run.state.toldLines === undefined;
      this.run.state = { ...this.run.state, toldLines: linesOf(this.run.state) };
      await tell(this.subject, this.run.state.plan.notify?.channels ?? [], told, first);
    }
  }
}
