/** The state of an emergency rollback and what its sweeps say: plain JSON throughout. */
import type { TargetId } from '../plan/types.ts';
import type { ScopeWords } from './scope.ts';

export const emergencyWorkflowType = 'emergency';
/** Of what keeps that a stop of everything was released. */
export const releasedWorkflowType = 'emergencyStopReleased';
export const emergencyStatusQuery = 'status';
export const releaseMessage = 'release';
/** Sent by the API when an open emergency is asked for once more. */
export const againSignal = 'again';
/** Memo of a rollout that an emergency started: the emergency's id. */
export const emergencyMemo = 'emergency';
/** Memo of an emergency: what it was opened with. */
export const orderMemo = 'order';
/** Memo of an emergency: by which request it was opened, where that had an Idempotency-Key. */
export const requestMemo = 'request';

/** What an emergency is opened with; also kept as its memo, readable without a worker. */
export interface EmergencyOrder {
  readonly id: string;
  readonly scope: ScopeWords;
  /** Where promoted targets go: `previous`, or the name of a version; null: they are left. */
  readonly to: string | null;
  readonly actor: string;
  readonly reason: string;
  /** Data planes behind which everything was stopped when it was opened; released with it. */
  readonly stoppedAll: readonly string[];
  /** Whether people are told of it; missing: no notifier was configured when it was opened. */
  readonly tells?: boolean;
}

/** The workflow's only argument. `state` is set by continue-as-new. */
export interface EmergencyInput extends EmergencyOrder {
  readonly state?: EmergencyState;
}

/**
 * `restored`: the data plane was read, and it is as it should be. `verified`: read twice, and the rollout has ended.
 * `left`: nothing more can be done here, and `reason` says why.
 */
export type TargetProgress = 'not-restored' | 'restored' | 'verified' | 'left';

export interface TargetRecord {
  readonly target: TargetId;
  /** Name of the traffic instance; null: not known. */
  readonly traffic: string | null;
  /** The rollout that was found; null: none is known. */
  readonly runId: string | null;
  /** It has been told to roll back. */
  readonly told: boolean;
  /** It was promoted already when it was told, or it cleaned up: it is back only when its rollout has ended. */
  readonly promoted: boolean;
  readonly progress: TargetProgress;
  /** Why it is not restored yet, or what is left to know; null: nothing. */
  readonly reason: string | null;
  /** The version that is stable; null: not known. */
  readonly version: string | null;
  /** Good reads in a row. */
  readonly goodReads: number;
  readonly looks: number;
  /** When a rollout to the wanted version was last started; null: never. */
  readonly switchedAtMs: number | null;
  readonly foundAtMs: number;
  readonly restoredAtMs: number | null;
  readonly verifiedAtMs: number | null;
}

export interface EmergencyEntry {
  readonly atMs: number;
  readonly text: string;
  readonly actor: string | null;
}

export interface Release {
  readonly actor: string;
  readonly reason: string;
  readonly atMs: number;
}

export interface EmergencyState {
  readonly order: EmergencyOrder;
  readonly openedAtMs: number;
  readonly records: Readonly<Record<TargetId, TargetRecord>>;
  readonly unknown: readonly string[];
  readonly problem: string | null;
  readonly sweeps: number;
  /** Sweeps in a row that changed nothing. */
  readonly calmSweeps: number;
  readonly sweptAtMs: number | null;
  readonly release: Release | null;
  readonly closedAtMs: number | null;
  readonly timeline: readonly EmergencyEntry[];
}
