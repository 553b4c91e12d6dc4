/** What Sluice needs from a gate: one answer to "may traffic move?", with what it rests on. */
import type { z } from 'zod';
import type {
  Approval,
  Artifact,
  GateAnswer,
  GatePlace,
  GateReport,
  Override,
} from '../../domain/gates/types.ts';
import type { TargetId } from '../../domain/plan/types.ts';
import type { Rights } from '../kube/rights.ts';

export interface GateQuestion {
  readonly target: TargetId;
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  /** The version that users are on; null: not known yet, before the rollout has begun. */
  readonly stableVersion: string | null;
  readonly artifact: Artifact;
  readonly place: GatePlace;
  /** Who started the rollout. */
  readonly author: string;
  readonly approvals: readonly Approval[];
  /** What two people agreed on in spite of windows; null: nothing. Whether it is in force is for the gate to see. */
  readonly override: Override | null;
  /** Digests that gates found earlier in this rollout, by the gate's instance. */
  readonly digests: Readonly<Record<string, string>>;
  /** The latest answers of the other gates at this place. */
  readonly answers: readonly GateReport[];
  /** The instance that is asked. */
  readonly gate: string;
  /** The plan's options, validated by the gate's own schema. */
  readonly options: Readonly<Record<string, unknown>>;
  /** When this gate was first asked at this place, epoch milliseconds. */
  readonly sinceMs: number;
  readonly nowMs: number;
  /** The same for every look of this gate in this rollout: for what a gate makes and must make once. */
  readonly id: string;
}

export interface GateVerdict {
  readonly answer: GateAnswer;
  /** One sentence: what was found and, unless it is open, what to do. No secrets. */
  readonly reason: string;
  /** Numbers and names that the answer rests on; small, no secrets. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** Only with `hold`: it says nothing new yet, so that under a canary what it said before counts for so long. */
  readonly pendingForMs?: number;
  /** Raw reports, kept as evidence. */
  readonly reports?: readonly RawReport[];
}

export interface RawReport {
  readonly name: string;
  readonly mediaType: string;
  readonly content: string;
}

/**
 * All calls are bounded by `signal` and change nothing that a second call would change again. What is missing holds or
 * refuses, and never opens. Errors: `gate-unavailable`, which holds; any other refuses.
 */
export interface Gate {
  evaluate(question: GateQuestion, signal: AbortSignal): Promise<GateVerdict>;
  close(): Promise<void>;
}

/** How a gate enters the catalogue: one file, one line in `index.ts`, one run of the contract suite. */
export interface GateType {
  readonly type: string;
  readonly summary: string;
  /** What a plan may set. */
  readonly options: z.ZodType<Record<string, unknown>>;
  /**
   * What the operator sets: addresses, credentials by reference. A gate whose settings may be empty needs no instance.
   */
  readonly settings: z.ZodType<Record<string, unknown>>;
  /** Time between two looks while it holds. Default: 10 s. */
  readonly intervalMs?: number;
  /** How long it may hold if the plan sets no `timeout`. Default: 30 minutes. */
  readonly timeoutMs?: number;
  /** What it takes on a cluster, if it speaks to one. */
  readonly rights?: Rights;
  create(settings: Record<string, unknown>): Gate;
}
