/** A rollout in the live list, from what Temporal's list says and from the latest look at it. Pure. */
import type { Verdict } from '../../domain/analysis/types.ts';
import { attentionOf } from '../../domain/rollout/attention.ts';
import type { Outline } from '../../domain/rollout/outline.ts';
import { type Silence, silenceOf, silentMs } from '../../domain/rollout/silence.ts';
import { pauseOf } from '../../domain/rollout/standstill.ts';
import type { RolloutStatus, WatchProgress } from '../../domain/rollout/status.ts';
import type { Phase } from '../../domain/rollout/types.ts';
import { hasEnded, type RolloutRow, type RolloutSummary } from '../contract.ts';
import { expectedEndOf } from './expected-end.ts';

export interface RunningRollout {
  readonly summary: RolloutSummary;
  /** Null: it was started by an earlier version, which kept none. */
  readonly outline: Outline | null;
}

/** What one look shows beyond the list. */
export interface Glance extends RunningRollout {
  /** The latest heartbeat of its watch; null: none runs. */
  readonly live: WatchProgress | null;
  /** How old that was at least, by one clock; 0: nobody knows. */
  readonly beatAgeMs: number;
  /** For how long at least what a worker has to do next was taken up by none; 0: nothing waits, or nobody knows. */
  readonly untakenMs: number;
  /**
   * Its own account, asked for where the phase does not tell enough or it can be kept; null: not asked, or nobody
   * answered.
   */
  readonly status: RolloutStatus | null;
  readonly atMs: number;
}

const watched: ReadonlySet<Phase> = new Set(['gating', 'soaking', 'holding', 'approving', 'watching']);

/** Whether a watch runs in it. */
export function isWatched(phase: Phase): boolean {
  return watched.has(phase);
}

/** `glance`: null until it was looked at; it may be of an earlier phase than the list. */
export function rowOf({ summary, outline }: RunningRollout, glance: Glance | null): RolloutRow {
  const isPresent = glance?.summary.phase === summary.phase && glance.summary.stage === summary.stage;
  // The watch of a stage that is over may still be ending.
  const live = isPresent && summary.phase !== null && isWatched(summary.phase) ? glance.live : null;
  const status = isPresent ? glance.status : null;
  const ended = hasEnded(summary);
  const silence = ended || live === null || glance === null ? null : silenceOf(live, glance.beatAgeMs);
  const untaken = !ended && isPresent && glance.untakenMs > silentMs;
  // What was true of the last heartbeat says nothing of now.
  const verdicts = ended || silence !== null ? [] : verdictsOf(live);
  const verdict = worstOf(verdicts);
  const paused = isPaused(summary, live, status);
  const stage = outline?.stages[summary.stage ?? 0];
  return {
    ...summary,
    stageName: stage?.name ?? null,
    stages: outline?.stages.length ?? null,
    askedPercent: silence === 'lapsed' ? null : askedOf(summary, outline, live, status),
    measuredPercent: silence === null ? measuredOf(live) : null,
    paused,
    attention: ended
      ? 'none'
      : attentionOf({
          phase: summary.phase,
          verdict: verdict?.kind ?? null,
          asks: status?.question !== undefined,
          troubled: live?.trouble != null || silence !== null || untaken,
        }),
    checks: countsOf(verdicts),
    verdict: verdict && { kind: verdict.kind, check: verdict.check, reason: verdict.reason },
    why: whyOf(live, status, silence ?? (untaken ? 'untaken' : null), verdict?.kind ?? null),
    expectedEndAtMs:
      ended || paused || silence !== null || untaken
        ? null
        : expectedEndOf(summary, outline, live, glance?.atMs ?? null),
    restore: restoreOf(outline, status),
    seenAtMs: glance?.atMs ?? null,
  };
}

/** All 0: no watch runs, or it has not looked yet. */
export function checkCounts(live: WatchProgress | null): RolloutRow['checks'] {
  return countsOf(verdictsOf(live));
}

function verdictsOf(live: WatchProgress | null): Verdict[] {
  return (live?.carry.checks ?? []).flatMap(({ last }) => last ?? []);
}

const worstFirst = ['fail', 'error', 'no-data', 'pass'] as const;

function worstOf(verdicts: readonly Verdict[]): Verdict | null {
  const ranked = worstFirst.flatMap((kind) => verdicts.filter((verdict) => verdict.kind === kind));
  return ranked[0] ?? null;
}

function countsOf(verdicts: readonly Verdict[]): RolloutRow['checks'] {
  const count = (kind: Verdict['kind']) => verdicts.filter((verdict) => verdict.kind === kind).length;
  return { pass: count('pass'), fail: count('fail'), noData: count('no-data'), error: count('error') };
}

/** While it soaks, a watch that only waits is a pause; in other phases the rollout's own account says it. */
function isPaused(
  summary: RolloutSummary,
  live: WatchProgress | null,
  status: RolloutStatus | null,
): boolean {
  return status?.paused ?? (summary.phase === 'soaking' && live?.mode === 'wait');
}

function askedOf(
  { phase, stage, outcome }: RolloutSummary,
  outline: Outline | null,
  live: WatchProgress | null,
  status: RolloutStatus | null,
): number | null {
  if (outcome !== null || phase === null) return outcome === 'promoted' ? 100 : outcome === null ? null : 0;
  if (status) return status.askedPercent;
  switch (phase) {
    case 'gating':
    case 'preparing':
      return live?.askedPercent ?? (stage === 0 ? 0 : null);
    case 'promoting':
    case 'watching':
      return 100;
    case 'restoring':
      return 0;
    case 'cleaning':
      return null;
    default:
      return live?.askedPercent ?? outline?.stages[stage ?? 0]?.weightPercent ?? null;
  }
}

function measuredOf(live: WatchProgress | null): number | null {
  return live?.measuredPercent == null ? null : Math.round(live.measuredPercent * 10) / 10;
}

function whyOf(
  live: WatchProgress | null,
  status: RolloutStatus | null,
  absence: Silence | 'untaken' | null,
  verdict: Verdict['kind'] | null,
): string | null {
  const trouble = absence === null ? (live?.trouble ?? null) : absences[absence];
  if (status === null) return trouble;
  const { refusal, cause, holdReason, question, gates = [] } = status;
  const closed = gates.find(({ answer }) => answer !== 'open');
  const asked = question === undefined ? null : `waits for an answer: ${question}`;
  const told = refusal ?? cause?.reason;
  // What a rollout waits for may be old, as nobody is there to tell of it.
  if (absence !== null) return told ?? trouble;
  // A check that fails is more than that somebody has stopped the clock.
  const paused = status.paused && verdict !== 'fail' ? pausedText(status) : null;
  return told ?? holdReason ?? trouble ?? asked ?? closed?.reason ?? paused;
}

function pausedText(status: RolloutStatus): string {
  const { actor, reason } = pauseOf(status);
  return `paused${actor === null ? '' : ` by ${actor}`}${reason === null ? '' : `: ${reason}`}`;
}

const absences: Readonly<Record<Silence | 'untaken', string>> = {
  untaken: 'no worker takes up what it has to do next; is one at work?',
  silent: 'nothing is heard of its watch; is a worker at work?',
  lapsed:
    'nothing is heard of its watch, and its lease has run out: the data plane sends all users to stable',
};

function restoreOf(outline: Outline | null, status: RolloutStatus | null): RolloutRow['restore'] {
  if (!status?.cause || outline === null) return null;
  const { cause, restoredAtMs } = status;
  return { decidedAtMs: cause.atMs, dueAtMs: cause.atMs + outline.restoreMs, restoredAtMs };
}
