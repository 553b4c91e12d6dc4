/** How evidence is kept by itself: what is due, what failed, when it is tried again. Pure; the activity goes by it. */

export const keeperType = 'evidenceKeeper';
export const keeperId = 'evidence-keeper';

export interface EndedRollout {
  readonly target: string;
  readonly runId: string;
  readonly endedAtMs: number;
}

interface Failing extends EndedRollout {
  readonly tries: number;
  readonly nextAtMs: number;
  readonly problem: string;
}

/** Handed from one attempt to the next. Bounded. */
export interface KeeperProgress {
  /** What ended before is either kept or among `failing`. */
  readonly sinceMs: number;
  readonly failing: readonly Failing[];
  /** More failed than `failing` has room for, so that the next list must go back as far. */
  readonly cut?: boolean;
  readonly prunedAtMs: number;
}

export interface EvidenceActivities {
  /** Returns after some hours, so that the history can begin anew. */
  keepEvidence(progress: KeeperProgress | null): Promise<KeeperProgress>;
}

export const freshProgress: KeeperProgress = { sinceMs: 0, failing: [], prunedAtMs: 0 };

/** Lists lag, and clocks differ: so far back it is looked again. */
export const overlapMs = 600_000;
const firstRetryMs = 5_000;
const maxRetryMs = 300_000;
const maxFailing = 200;
const maxProblem = 300;

/** Oldest first, so that each target's chain is in order of time. */
export function dueOf(
  ended: readonly EndedRollout[],
  { failing }: KeeperProgress,
  kept: ReadonlySet<string>,
  nowMs: number,
): EndedRollout[] {
  const later = new Set(failing.filter(({ nextAtMs }) => nextAtMs > nowMs).map(({ runId }) => runId));
  return ended
    .filter(({ runId }) => !kept.has(runId) && !later.has(runId))
    .sort((a, b) => a.endedAtMs - b.endedAtMs);
}

export function afterFailure(
  progress: KeeperProgress,
  rollout: EndedRollout,
  problem: string,
  nowMs: number,
): KeeperProgress {
  const tries = (progress.failing.find(({ runId }) => runId === rollout.runId)?.tries ?? 0) + 1;
  const nextAtMs = nowMs + Math.min(maxRetryMs, firstRetryMs * 2 ** (tries - 1));
  const { target, runId, endedAtMs } = rollout;
  const failed = { target, runId, endedAtMs, tries, nextAtMs, problem: problem.slice(0, maxProblem) };
  const others = progress.failing.filter((one) => one.runId !== runId);
  const failing = [...others, failed].slice(-maxFailing);
  return { ...progress, failing, cut: progress.cut === true || others.length >= maxFailing };
}

export function afterSuccess(progress: KeeperProgress, runId: string): KeeperProgress {
  return { ...progress, failing: progress.failing.filter((one) => one.runId !== runId) };
}

/** Once a whole list has been gone through. What Temporal does not list any more cannot be collected any more. */
export function afterSweep(
  progress: KeeperProgress,
  ended: readonly EndedRollout[],
  nowMs: number,
): KeeperProgress {
  const listed = new Set(ended.map(({ runId }) => runId));
  const failing = progress.failing.filter(({ runId }) => listed.has(runId));
  const oldest = Math.min(nowMs, ...failing.map(({ endedAtMs }) => endedAtMs));
  const sinceMs = progress.cut ? progress.sinceMs : Math.max(progress.sinceMs, oldest);
  return { ...progress, failing, sinceMs, cut: false };
}
