/** The rollout as a line of stages: what is past, what is now and how much of it is left, and what is planned. Pure. */
import type { RolloutView } from '../../../../api/contract.ts';
import type { RolloutStatus, WatchProgress } from '../../../../domain/rollout/status.ts';
import type { StageReport } from '../../../../domain/rollout/types.ts';

export type StageState = 'past' | 'failed' | 'now' | 'planned' | 'dropped';
/**
 * Of the stage under way. `blind`: its watch cannot see or steer. `unheard`: nobody tells of it now, so what is known
 * is old.
 */
export type Progress = 'goes' | 'paused' | 'waits' | 'blind' | 'unheard';

export interface StageLine {
  readonly key: string;
  readonly name: string;
  readonly weightPercent: number;
  readonly state: StageState;
  /** Of other stages: `goes`. */
  readonly progress: Progress;
  /** How it ended, or what is done in it now; empty: it has not begun. */
  readonly word: string;
  /** Null: not yet. */
  readonly startedAtMs: number | null;
  /** Of a stage that is not over: when it will be, if nothing stands in its way; null: that is not known. */
  readonly endsAtMs: number | null;
  readonly isOver: boolean;
  readonly plannedMs: number;
  /** Of the planned time, 0 to 1. */
  readonly done: number;
  /** Of the soak, also while its clock stands still; null: there is nothing to count, or it is not known. */
  readonly remainingMs: number | null;
  /** Whether one is still to be asked for. */
  readonly approval: boolean;
}

interface Told {
  /** When the view was told, if nothing is heard of the rollout now, else now; by the clock of the workers. */
  readonly nowMs: number;
  /** Whether that is now: else no time is told that may be over by now. */
  readonly isHeard: boolean;
}

/** Empty: the rollout gives no account of itself. */
export function stageLines(view: RolloutView, told: Told): StageLine[] {
  const { status } = view;
  if (status === null) return [];
  const lines = status.stages.map((_, at) => lineOf(view, status, at, told));
  const all = [...lines, ...afterPromotion(view, status, told)];
  return told.isHeard ? withPlannedTimes(all, told.nowMs) : all;
}

function lineOf(view: RolloutView, status: RolloutStatus, at: number, told: Told): StageLine {
  const stage = status.stages[at];
  const report = status.reports[at];
  const plannedMs = (stage?.soakMs ?? 0) + (stage?.warmUpMs ?? 0);
  const line = {
    key: String(at),
    name: stage?.name ?? '',
    weightPercent: stage?.weightPercent ?? 0,
    progress: 'goes' as const,
    approval: stage?.approval === true,
    plannedMs,
  };
  if (report !== undefined && report.endedAtMs !== null) {
    const failed = report.ending === 'rolled-back';
    const times = { startedAtMs: report.startedAtMs, endsAtMs: report.endedAtMs, isOver: true };
    const word = endingWord(report);
    return { ...line, ...times, state: failed ? 'failed' : 'past', word, done: 1, remainingMs: null };
  }
  if (report === undefined && !isNext(status, at)) {
    const state = isGoingOn(status) ? 'planned' : 'dropped';
    const word = state === 'dropped' ? 'not reached' : '';
    return {
      ...line,
      state,
      word,
      startedAtMs: null,
      endsAtMs: null,
      isOver: false,
      done: 0,
      remainingMs: null,
    };
  }
  const approval = line.approval && status.phase !== 'approving';
  return { ...line, ...underWay(view, status, report, told, plannedMs), approval };
}

/** The stage that the rollout is in, also while its gates are asked and its share is set. */
function isNext({ stage, phase, cause }: RolloutStatus, at: number): boolean {
  return cause === null && stage === at && ['gating', 'shifting', 'holding', 'approving'].includes(phase);
}

function isGoingOn({ cause, outcome, phase }: RolloutStatus): boolean {
  return cause === null && outcome === null && !['promoting', 'watching', 'cleaning'].includes(phase);
}

function underWay(
  { live }: RolloutView,
  status: RolloutStatus,
  report: StageReport | undefined,
  { nowMs, isHeard }: Told,
  soakMs: number,
): Omit<StageLine, 'key' | 'name' | 'weightPercent' | 'approval'> {
  const watched = live?.stage === status.stage ? live : null;
  const plannedMs = watched?.plannedMs ?? soakMs;
  const soaks = status.phase === 'soaking' || status.phase === 'holding';
  const progress = isHeard ? progressOf(status, watched) : 'unheard';
  const runs = watched !== null && progress === 'goes';
  const watchedMs = (watched?.carry.watchedMs ?? 0) + (runs ? Math.max(0, nowMs - watched.atMs) : 0);
  const remainingMs = watched !== null && soaks ? Math.max(0, plannedMs - watchedMs) : null;
  return {
    state: 'now',
    progress,
    word: nowWord(status),
    startedAtMs: report?.startedAtMs ?? null,
    endsAtMs: remainingMs === null || !runs ? null : nowMs + remainingMs,
    isOver: false,
    plannedMs,
    done: plannedMs > 0 ? Math.min(1, watchedMs / plannedMs) : 0,
    remainingMs,
  };
}

function progressOf({ phase, paused }: RolloutStatus, watched: WatchProgress | null): Progress {
  if (paused) return 'paused';
  if (phase === 'holding' || phase === 'approving') return 'waits';
  return watched !== null && watched.trouble !== null ? 'blind' : 'goes';
}

function afterPromotion(view: RolloutView, status: RolloutStatus, told: Told): StageLine[] {
  const plannedMs = status.times?.watchAfterMs ?? 0;
  if (plannedMs === 0) return [];
  const line = { key: 'after', name: 'watch after promotion', weightPercent: 100, approval: false };
  const promoted = status.timeline.find(({ kind }) => kind === 'promoted');
  const idle = {
    startedAtMs: promoted?.atMs ?? null,
    endsAtMs: null,
    isOver: false,
    progress: 'goes' as const,
    plannedMs,
    remainingMs: null,
  };
  if (status.phase === 'watching') {
    const now = underWay(view, { ...status, phase: 'soaking' }, undefined, told, plannedMs);
    return [{ ...line, ...now, word: nowWord(status), startedAtMs: idle.startedAtMs }];
  }
  if (promoted === undefined) {
    const state = status.cause === null && status.outcome === null ? 'planned' : 'dropped';
    return [{ ...line, ...idle, state, word: state === 'dropped' ? 'not reached' : '', done: 0 }];
  }
  const failed = status.cause !== null;
  const endsAtMs = status.cause?.atMs ?? status.endedAtMs;
  const over = { endsAtMs, isOver: true, done: 1, word: failed ? 'rolled back' : 'passed' };
  return [{ ...line, ...idle, ...over, state: failed ? 'failed' : 'past' }];
}

/**
 * Planned stages follow the one under way, if its end can be told; approvals and gates take whatever time they take.
 */
function withPlannedTimes(lines: readonly StageLine[], nowMs: number): StageLine[] {
  let fromMs: number | null = lines.some(({ state }) => state === 'now') ? null : nowMs;
  return lines.map((line) => {
    if (line.state === 'now') fromMs = line.approval ? null : line.endsAtMs;
    if (line.state !== 'planned' || fromMs === null) return line;
    const startedAtMs: number = fromMs;
    const endsAtMs: number = startedAtMs + line.plannedMs;
    fromMs = line.approval ? null : endsAtMs;
    return { ...line, startedAtMs, endsAtMs };
  });
}

const endings: Readonly<Record<string, string>> = {
  soaked: 'passed',
  conclusive: 'passed early',
  'promoted-by-hand': 'ended by hand',
  'rolled-back': 'rolled back',
};

function endingWord({ ending }: StageReport): string {
  return ending === null ? 'ended' : (endings[ending] ?? ending);
}

function nowWord({ phase, paused }: RolloutStatus): string {
  if (paused) return 'paused';
  const words: Readonly<Record<string, string>> = {
    gating: 'gates are asked',
    shifting: 'share is being set',
    soaking: 'soaking',
    holding: 'held',
    approving: 'waits for approval',
    watching: 'watched',
  };
  return words[phase] ?? phase;
}
