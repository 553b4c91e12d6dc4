/** What people are told of a rollout: one notice for each transition. Plain JSON throughout. */
import type { Artifact } from '../gates/types.ts';
import type { TargetId } from '../plan/types.ts';
import type { RollbackRecord } from '../rollout/rollback-record.ts';
import type { Outcome, Phase, TimelineEntry } from '../rollout/types.ts';

export const noticeEvents = [
  'rollout.started',
  'gate.waiting',
  'gate.opened',
  'gate.refused',
  'approval.asked',
  'approval.answered',
  'stage.begun',
  'stage.passed',
  'check.failed',
  'rollout.held',
  'rollout.released',
  'rollout.paused',
  'rollout.resumed',
  'drift.found',
  'event.received',
  'clock.skewed',
  'limit.near',
  'limit.struck',
  'rollback.begun',
  'restore.second-means',
  'restore.late',
  'rollback.restored',
  'rollback.verified',
  'rollout.promoted',
  'cleanup.failed',
  'rollout.ended',
  'rollout.lost',
  'emergency.opened',
  'emergency.restored',
  'emergency.released',
  'trouble.acknowledged',
  'trouble.escalated',
] as const;
export type NoticeEvent = (typeof noticeEvents)[number];

/** 1, 2 and 3 of incidents. */
export const severities = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof severities)[number];

/** What all notices of one rollout are about. */
export interface Subject {
  readonly target: TargetId;
  readonly environment: string;
  readonly service: string;
  readonly version: string;
  readonly workflowId: string;
  /** The first run: it stays when the rollout continues as new. */
  readonly runId: string;
  readonly author: string;
  readonly artifact: Artifact;
  readonly stages: readonly { readonly name: string; readonly weightPercent: number }[];
}

/** Where the rollout stands as it is told. */
export interface Progress {
  readonly phase: Phase;
  readonly outcome: Outcome | null;
  readonly stage: number;
  readonly askedPercent: number;
  readonly stableVersion: string | null;
  /** The gates that it waits for; null: it waits for none. */
  readonly waitsFor: {
    readonly gates: readonly string[];
    readonly approval: boolean;
    readonly sinceMs: number;
  } | null;
}

export interface Notice {
  /** The same for every delivery of this transition: receivers tell repetitions by it. */
  readonly key: string;
  readonly event: NoticeEvent;
  readonly severity: Severity;
  /** Whether somebody may have to act from here on, or no longer. */
  readonly trouble: 'opened' | 'resolved' | 'none';
  /** A few words, without the target. */
  readonly title: string;
  readonly text: string;
  readonly actor: string | null;
  readonly atMs: number;
  readonly progress: Progress;
  /** What is known of the rollback, once one is under way. */
  readonly rollback: RollbackRecord | null;
}

/** What the rollout hands to its companion: the lines since the last time. */
export interface Told {
  readonly lines: readonly ToldLine[];
  readonly progress: Progress;
  readonly rollback: RollbackRecord | null;
}

interface ToldLine {
  /** Its place in the rollout's story, from 0. */
  readonly place: number;
  readonly entry: TimelineEntry;
}

/** What a plan asks for beside the operator's routes. */
export interface PlanNotices {
  readonly channels: readonly PlanChannel[];
}

export interface PlanChannel {
  /** A notifier that the operator lets plans name. */
  readonly to: string;
  /** Patterns of events. */
  readonly events: readonly string[];
}

/** Whom to tell, and how eagerly. The operator's. */
export interface Route {
  readonly to: readonly string[];
  readonly events: readonly string[];
  readonly severities: readonly Severity[];
  readonly environments: readonly string[];
  readonly services: readonly string[];
  /** The same event of the same rollout is not told again before, unless it is critical. */
  readonly cooldownMs: number;
  /** How long notices are gathered into one message. */
  readonly groupMs: number;
  /** Who is told when trouble is neither acknowledged nor over after so long. */
  readonly escalate: readonly Escalation[];
}

export interface Escalation {
  readonly afterMs: number;
  readonly to: readonly string[];
}

/** What one notice leads to for one receiver. */
export interface Delivery {
  readonly to: string;
  readonly cooldownMs: number;
  readonly groupMs: number;
}

export interface Routing {
  readonly deliveries: readonly Delivery[];
  readonly escalate: readonly Escalation[];
}

/** What a receiver wants to find again at the next notice of the rollout, such as the place of its thread. */
export type Thread = Readonly<Record<string, string>>;

export interface Message {
  readonly subject: Subject;
  /** At least one, oldest first. */
  readonly notices: readonly Notice[];
  /** Of the earlier messages to this receiver; null: this is the first. */
  readonly thread: Thread | null;
}

/** The companion's work outside of Temporal. */
export interface NoticeActivities {
  route(input: {
    readonly subject: Subject;
    readonly notices: readonly Notice[];
    readonly channels: readonly PlanChannel[];
  }): Promise<{ readonly routings: readonly Routing[]; readonly giveUpAfterMs: number }>;
  deliver(input: {
    readonly to: string;
    readonly message: Message;
  }): Promise<{ readonly thread: Thread | null }>;
  /** Whether the rollout's workflow has gone without saying so. */
  isLost(subject: Subject): Promise<boolean>;
}
