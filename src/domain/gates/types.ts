/**
 * Gates: what must be true before traffic moves. What a plan asks for, and what was answered; plain JSON throughout.
 */

/** One gate of a plan. `gate` is an instance in the operator's configuration. */
export interface GateConfig {
  /** Shown to people; the instance's name unless the plan gives another. */
  readonly name: string;
  readonly gate: string;
  /** The instance's type, such as `ci`. */
  readonly type: string;
  /** Validated by the type's own schema. Never secrets. */
  readonly options: Readonly<Record<string, unknown>>;
  /** A gate that has not opened after so long refuses. */
  readonly timeoutMs: number;
}

/** A gate that must stay open as long as the canary takes traffic. */
export interface StandingGate extends GateConfig {
  readonly onRefuse: 'hold' | 'rollback';
}

/** `hold`: not yet, and waiting may help. `refuse`: waiting will not. */
export type GateAnswer = 'open' | 'hold' | 'refuse';

/** Where gates are asked: before anything, before the stage with that index, or all the time. */
export type GatePlace = 'start' | number | 'standing';

/** A raw report that an answer rests on, kept outside of the history. */
export interface ReportRef {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Where it is kept; null: nowhere, since no store of evidence is configured. */
  readonly key: string | null;
}

/** The latest answer of one gate. */
export interface GateReport {
  readonly name: string;
  readonly gate: string;
  readonly type: string;
  readonly place: GatePlace;
  readonly answer: GateAnswer;
  /** One sentence: what was found and, unless it is open, what to do. */
  readonly reason: string;
  /** What the answer rests on, small enough for the history. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly reports: readonly ReportRef[];
  readonly atMs: number;
}

/** A person's yes to what gates ask at one place. */
export interface Approval {
  readonly actor: string | null;
  readonly reason: string | null;
  readonly place: GatePlace;
  readonly atMs: number;
}

/** Somebody wants to go on in spite of windows; nothing changes until another person confirms it. */
export interface OverrideRequest {
  readonly actor: string;
  readonly reason: string;
  /** How long it is to count. */
  readonly forMs: number;
  readonly atMs: number;
}

export interface Override extends OverrideRequest {
  readonly confirmedBy: string;
  readonly confirmedAtMs: number;
  readonly untilMs: number;
}

/** What is rolled out, as the world outside knows it; gates look it up by these names. */
export interface Artifact {
  /** `registry/repository:tag`, or with `@sha256:…`. */
  readonly image?: string;
  /** `owner/name`. */
  readonly repository?: string;
  readonly commit?: string;
}

/** Kept in a state: more would fill histories. */
export const maxGates = 20;
