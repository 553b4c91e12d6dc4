/**
 * An incident of a target: opened by trouble of a rollout, one at a time, closed on recovery. Plain JSON throughout.
 */
import type { NoticeEvent } from '../notify/types.ts';
import type { TargetId } from '../plan/types.ts';
import type { RollbackRecord } from '../rollout/rollback-record.ts';

export const incidentType = 'incident';
export const reportSignal = 'report';
export const closeMessage = 'close';
export const incidentQuery = 'incident';
/** Memo of an incident: its summary, readable without a worker. */
export const incidentMemo = 'incident';

export function incidentIdOf(target: TargetId): string {
  return `incident/${target}`;
}

/** 1: users may be hurt and nothing goes back by itself. 2: users were brought back, or a person has to look. */
type IncidentSeverity = 1 | 2;

export interface IncidentRollout {
  readonly runId: string;
  readonly version: string;
  readonly author: string;
  /** The latest that is known; null: it was not rolled back. */
  readonly rollback: RollbackRecord | null;
}

export interface IncidentEntry {
  readonly atMs: number;
  readonly event: NoticeEvent | 'incident.closed';
  readonly text: string;
  readonly actor: string | null;
}

export interface Incident {
  readonly target: TargetId;
  readonly severity: IncidentSeverity;
  readonly state: 'open' | 'closed';
  readonly title: string;
  readonly openedAtMs: number;
  readonly updatedAtMs: number;
  /** When users were well again; null: they are not, or it is not known. */
  readonly recoveredAtMs: number | null;
  readonly closedAtMs: number | null;
  /** After a restore, stable could not be shown to be well: only a person, or what shows it, ends the incident. */
  readonly unverified?: true;
  readonly acknowledgedBy: string | null;
  /** Rollouts that had trouble while it was open, the latest last. */
  readonly rollouts: readonly IncidentRollout[];
  readonly timeline: readonly IncidentEntry[];
}

/** The workflow's only argument. `incident` is set by continue-as-new. */
export interface IncidentInput {
  readonly target: TargetId;
  readonly incident?: Incident;
}
