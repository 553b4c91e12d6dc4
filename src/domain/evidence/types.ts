/** What a bundle of evidence is: files, each with its hash, and a manifest that names them and the bundle before it. */
import type { TargetId } from '../plan/types.ts';

export const manifestFormat = 'sluice-evidence/1';

export interface BundleFile {
  readonly path: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Another bundle of the same target, by its place and the hash of its manifest. */
export interface BundleRef {
  readonly position: number;
  readonly sha256: string;
}

export interface Manifest {
  readonly format: typeof manifestFormat;
  readonly target: TargetId;
  readonly environment: string;
  readonly service: string;
  readonly version: string | null;
  readonly workflowId: string;
  /** The run with which the rollout ended. */
  readonly runId: string;
  /** All its runs, oldest first: more than one after a continue-as-new. */
  readonly runs: readonly string[];
  /** Null: the rollout ended without an outcome of its own. */
  readonly outcome: string | null;
  readonly temporalStatus: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly collectedAtMs: number;
  /** Counts the bundles of the target, from 1. */
  readonly position: number;
  /** Null: this is the target's first. */
  readonly previous: BundleRef | null;
  /** By path. */
  readonly files: readonly BundleFile[];
  /** What could not be had, in words. */
  readonly missing: readonly string[];
}

/** A step of a legal hold. The last one counts. */
export interface HoldStep {
  readonly action: 'hold' | 'release';
  readonly target: TargetId;
  readonly runId: string;
  readonly actor: string;
  readonly reason: string;
  readonly atMs: number;
  /** By which request, where that had an Idempotency-Key. */
  readonly request?: string;
}

/** What is left of a bundle beside its manifest when its time was over. */
export interface Tombstone {
  readonly target: TargetId;
  readonly runId: string;
  readonly position: number;
  /** Of the manifest. */
  readonly sha256: string;
  readonly files: number;
  readonly retentionDays: number;
  readonly by: string;
  readonly atMs: number;
  /** By which request, where that had an Idempotency-Key. */
  readonly request?: string;
}
