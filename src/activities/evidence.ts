/**
 * `keepEvidence`: collects a bundle of each rollout that has ended, one after the other, and prunes what is past its
 * time.
 */
import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { messageOf } from '../domain/errors.ts';
import {
  afterFailure,
  afterSuccess,
  afterSweep,
  dueOf,
  type EndedRollout,
  freshProgress,
  type KeeperProgress,
  overlapMs,
} from '../domain/evidence/keeper.ts';
import { within } from '../providers/limit.ts';
import type { Clock } from './deps.ts';

/** Errors of each are told and tried again. */
export interface EvidenceWork {
  endedSince(sinceMs: number): Promise<readonly EndedRollout[]>;
  /** Does nothing if it is kept already. */
  collect(rollout: EndedRollout): Promise<void>;
  prune(): Promise<void>;
}

interface KeeperTimes {
  readonly pollMs: number;
  /** After so long the workflow begins its history anew. */
  readonly lastsMs: number;
  readonly pruneEveryMs: number;
}

const usualTimes: KeeperTimes = { pollMs: 3_000, lastsMs: 6 * 3_600_000, pruneEveryMs: 6 * 3_600_000 };

const oneWorkMs = 60_000;
/**
 * Well below the heartbeat's time-out, however long one piece of work takes, so that a dead worker is soon found out.
 */
const beatEveryMs = 5_000;

export function createKeepEvidence(
  work: EvidenceWork,
  clock: Clock,
  onProblem: (problem: string) => void,
  times: KeeperTimes = usualTimes,
): (given: KeeperProgress | null) => Promise<KeeperProgress> {
  return async (given) => {
    const keeper = new Keeper(work, clock, onProblem, times, lastKnown() ?? given ?? freshProgress);
    return await keeper.run();
  };
}

function lastKnown(): KeeperProgress | null {
  const details: unknown = activityInfo().heartbeatDetails;
  return typeof details === 'object' && details !== null && 'sinceMs' in details
    ? (details as KeeperProgress)
    : null;
}

class Keeper {
  private progress: KeeperProgress;
  private readonly kept = new Set<string>();
  private readonly work: EvidenceWork;
  private readonly clock: Clock;
  private readonly onProblem: (problem: string) => void;
  private readonly times: KeeperTimes;

  constructor(
    work: EvidenceWork,
    clock: Clock,
    onProblem: (problem: string) => void,
    times: KeeperTimes,
    progress: KeeperProgress,
  ) {
    this.work = work;
    this.clock = clock;
    this.onProblem = onProblem;
    this.times = times;
    this.progress = progress;
  }

  async run(): Promise<KeeperProgress> {
    const untilMs = this.clock.now() + this.times.lastsMs;
    const beating = setInterval(() => this.beat(), beatEveryMs);
    try {
      while (this.clock.now() < untilMs) await this.turn(cancellationSignal());
      return this.progress;
    } finally {
      clearInterval(beating);
    }
  }

  private async turn(signal: AbortSignal): Promise<void> {
    await this.tried('the list of ended rollouts', () => this.sweep(signal));
    await this.prune();
    this.beat();
    await this.clock.sleep(this.times.pollMs, signal);
    signal.throwIfAborted();
  }

  private async sweep(signal: AbortSignal): Promise<void> {
    const { work, clock, progress } = this;
    const sinceMs = Math.max(0, progress.sinceMs - overlapMs);
    const nowMs = clock.now();
    const ended = await within(oneWorkMs, () => work.endedSince(sinceMs), signal);
    for (const rollout of dueOf(ended, progress, this.kept, nowMs)) {
      this.beat();
      signal.throwIfAborted();
      await this.collect(rollout, signal);
    }
    this.progress = afterSweep(this.progress, ended, nowMs);
    const listed = new Set(ended.map(({ runId }) => runId));
    for (const runId of this.kept) if (!listed.has(runId)) this.kept.delete(runId);
  }

  private async collect(rollout: EndedRollout, signal: AbortSignal): Promise<void> {
    try {
      await within(oneWorkMs, () => this.work.collect(rollout), signal);
      this.kept.add(rollout.runId);
      this.progress = afterSuccess(this.progress, rollout.runId);
    } catch (error) {
      signal.throwIfAborted();
      this.onProblem(
        `no evidence of ${rollout.target}, run ${rollout.runId}, could be kept: ${messageOf(error)}`,
      );
      this.progress = afterFailure(this.progress, rollout, messageOf(error), this.clock.now());
    }
  }

  private async prune(): Promise<void> {
    const nowMs = this.clock.now();
    if (nowMs - this.progress.prunedAtMs < this.times.pruneEveryMs) return;
    this.progress = { ...this.progress, prunedAtMs: nowMs };
    this.beat();
    await this.tried('pruning', () => within(oneWorkMs, () => this.work.prune(), cancellationSignal()));
  }

  /** What fails as a whole comes again by itself. */
  private async tried(what: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      cancellationSignal().throwIfAborted();
      this.onProblem(`${what} failed: ${messageOf(error)}`);
    }
  }

  private beat(): void {
    heartbeat(this.progress);
  }
}
