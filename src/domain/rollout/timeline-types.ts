/** The story of a rollout: its lines, and a report of each stage. */
import type { CheckRecord } from '../analysis/types.ts';
import type { WatchEnding } from './watch-types.ts';

export const timelineKinds = [
  'started',
  'gates-open',
  'gate-refused',
  'prepared',
  'shifted',
  'stage-passed',
  'stage-extended',
  'check-failed',
  'held',
  'released',
  'command',
  'command-refused',
  'event',
  'message-malformed',
  'approval-asked',
  'override',
  'webhook',
  'clock-skewed',
  'limit-near',
  'limit-struck',
  'promoting',
  'promoted',
  'restore-started',
  'ramp',
  'second-means',
  'restore-late',
  'restored',
  'action-started',
  'action-ended',
  'verified',
  'cleaned',
  'clean-up-failed',
  'rolled-back',
  'finished',
] as const;
export type TimelineKind = (typeof timelineKinds)[number];

/** One line of the rollout's story. */
export interface TimelineEntry {
  readonly atMs: number;
  readonly kind: TimelineKind;
  readonly text: string;
  readonly stage: number | null;
  readonly actor: string | null;
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface StageReport {
  readonly name: string;
  readonly weightPercent: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly plannedMs: number;
  readonly ending: WatchEnding['kind'] | 'promoted-by-hand' | 'rolled-back' | null;
  readonly checks: readonly CheckRecord[];
  /** Requests that reached the canary while the stage was watched; null: not counted. */
  readonly canaryRequests: number | null;
}
