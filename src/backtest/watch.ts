/** The watch of a stage over history: the looks and the endings of a real one, with a clock that waits for nobody. */
import type { ActivityDeps } from '../activities/deps.ts';
import { stableIsWorse } from '../activities/stable.ts';
import type { Ask } from '../activities/watch/ask.ts';
import { Looks } from '../activities/watch/looks.ts';
import type { Verdict } from '../domain/analysis/types.ts';
import type { Plan, Stage } from '../domain/plan/types.ts';
import { pulseMs } from '../domain/rollout/pace.ts';
import { soakEnd } from '../domain/rollout/soak-end.ts';
import type { Leniency, WatchCarry, WatchEnding, WatchMode, WatchResult } from '../domain/rollout/types.ts';
import type { PastClock } from './past.ts';

interface PastWatchOptions {
  readonly deps: Pick<ActivityDeps, 'providers'> & { readonly clock: PastClock };
  readonly ask: Ask;
  readonly plan: Plan;
  readonly stage: Stage;
  readonly stableVersion: string;
  readonly mode: Exclude<WatchMode, 'after'>;
  readonly leniency: Leniency | null;
  readonly awaitsRecovery: boolean;
  readonly carry: WatchCarry;
  /** Called after each look of all checks. True: no further one is wanted. */
  onLooked(verdicts: readonly Verdict[]): boolean;
  readonly untilMs: number;
}

/** Null: history was over, or no further look was wanted, before the watch was. */
export async function watchPast(options: PastWatchOptions): Promise<WatchResult | null> {
  return await new PastWatch(options).run();
}

class PastWatch {
  private readonly options: PastWatchOptions;
  private readonly looks: Looks;
  private watchedMs: number;
  private extended: boolean;
  private stableAskedAt = -1;
  private stableWorse: string | null = null;

  constructor(options: PastWatchOptions) {
    const { ask, plan, stage, carry, deps } = options;
    this.options = options;
    this.watchedMs = carry.watchedMs;
    this.extended = carry.extended;
    this.looks = new Looks({
      ask,
      checks: stage.checks,
      intervalMs: plan.analysis.intervalMs,
      judgeFromMs: deps.clock.now() - carry.watchedMs + stage.warmUpMs,
      records: carry.checks,
      looks: carry.looks,
    });
  }

  async run(): Promise<WatchResult | null> {
    const { deps, plan, mode, untilMs, onLooked } = this.options;
    const { clock } = deps;
    const pulse = pulseMs(plan);
    for (;;) {
      const ending = (await this.failed()) ?? this.obstacle() ?? this.timeIsUp();
      if (ending !== null) return { ending, carry: this.carry(), verdicts: this.looks.verdicts };
      const before = this.looks.count;
      this.looks.tick(clock.now());
      await this.looks.idle();
      if (this.looks.count > before) {
        if (onLooked(this.looks.latest)) return null;
        continue;
      }
      const stepMs = Math.min(pulse, this.looks.dueInMs(clock.now()));
      if (clock.now() + stepMs > untilMs) return null;
      await clock.sleep(stepMs);
      if (mode !== 'wait') this.watchedMs += stepMs;
    }
  }

  private async failed(): Promise<WatchEnding | null> {
    const failure = this.looks.failure();
    const { leniency, deps, plan, stage, stableVersion } = this.options;
    if (failure === null || leniency === 'kept' || leniency === 'frozen') return null;
    if (this.stableAskedAt !== this.looks.count) {
      this.stableAskedAt = this.looks.count;
      this.stableWorse = await stableIsWorse(deps, plan, stableVersion, stage, this.looks.records);
    }
    if (this.stableWorse === null) return { kind: 'failed', ...failure };
    if (leniency === 'stable-worse') return null;
    return { kind: 'stable-worse', check: failure.check, reason: `${failure.reason}; ${this.stableWorse}` };
  }

  private obstacle(): WatchEnding | null {
    const found = this.looks.obstacle();
    if (this.options.awaitsRecovery) {
      return found ? null : { kind: 'recovered', reason: 'what held it back has recovered' };
    }
    return found && this.options.mode === 'soak' ? { kind: 'obstructed', ...found } : null;
  }

  private timeIsUp(): WatchEnding | null {
    const { mode, stage } = this.options;
    if (mode === 'wait') return null;
    const { watchedMs, extended } = this;
    const end = soakEnd(mode, { stage, watchedMs, extended, records: this.looks.records });
    if (end !== 'extend') return end;
    this.extended = true;
    return null;
  }

  private carry(): WatchCarry {
    const { watchedMs, extended, looks } = this;
    return {
      watchedMs,
      extended,
      checks: looks.records,
      reasserted: 0,
      looks: looks.count,
      canaryRequests: null,
    };
  }
}
