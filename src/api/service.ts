/** What the HTTP layer needs from the rest: rollouts, plans, the catalogue. Tests give it a fake. */
import type { RemoteCodec } from '../codec/encryption.ts';
import type { Problem } from '../domain/errors.ts';
import type { LinkClaim } from '../domain/gates/approval-link.ts';
import type { Plan } from '../domain/plan/types.ts';
import type { Bounds, Reach } from '../domain/policy/bounds.ts';
import type { Examined } from '../domain/policy/types.ts';
import type { OutsideEvent } from '../domain/rollout/outside-event.ts';
import type { CommandName } from '../domain/rollout/types.ts';
import type { ApprovalLinks } from '../providers/approval-links.ts';
import type { MetricsProvider } from '../providers/metrics/types.ts';
import type { ReportFormat, ReportKind } from '../report/names.ts';
import type { Sees } from './access/sight.ts';
import type { Glance, RunningRollout } from './board/row.ts';
import type {
  AckAnswer,
  AckBody,
  Audit,
  Bundle,
  BundleCollected,
  BundleList,
  BundleListQuery,
  Catalogue,
  CommandAnswer,
  CommandBody,
  Configuration,
  EmergencyAnswer,
  EmergencyList,
  EmergencyListQuery,
  EmergencyOpened,
  EmergencyReleaseAnswer,
  EmergencyReleaseBody,
  EmergencyRollbackBody,
  EmergencyStopBody,
  EmergencyView,
  EventAnswer,
  EvidenceState,
  Findings,
  HoldBody,
  IncidentList,
  IncidentQuery,
  IncidentView,
  ListQuery,
  NoticesView,
  PruneAnswer,
  PruneBody,
  Readiness,
  ReleaseAnswer,
  ReleaseBody,
  RollbackPage,
  RollbackQuery,
  RolloutPage,
  RolloutSeries,
  RolloutView,
  StopOfAll,
  Verification,
} from './contract.ts';
import type { EventKeys } from './outside/delivery.ts';

export type PlanParse =
  | { readonly ok: true; readonly plan: Plan; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] };

export interface PlanReader {
  parse(input: unknown): PlanParse;
  /** YAML, and so JSON too. */
  parseText(text: string): PlanParse;
}

/** A target, and which of its runs; without a run: the latest. */
export interface RunRef {
  readonly environment: string;
  readonly service: string;
  readonly runId?: string;
}

export interface BoundRef extends RunRef {
  readonly runId: string;
}

export interface ExamineRequest {
  readonly plan: Plan;
  /** What was found while it was read. Default: nothing. */
  readonly warnings?: readonly Problem[];
  /** Whether warnings refuse. Default: false. */
  readonly strict?: boolean;
  /** How far the sender's own rights go. Default: no further than the plan's environment and service. */
  readonly reach?: Reach;
}

export interface StartRequest extends ExamineRequest {
  readonly actor: string;
  readonly reason: string;
  readonly idempotencyKey: string | null;
  /** In spite of a cooldown and of a sick stable version. Default: false. */
  readonly force?: boolean;
}

export interface StartResult {
  readonly workflowId: string;
  readonly runId: string;
  /** False: the same request had started it before. */
  readonly created: boolean;
  readonly workerSeen: boolean;
  readonly warnings: readonly Problem[];
}

export interface CommandRequest extends CommandBody {
  readonly name: CommandName;
  /** Makes the command idempotent: the same id is carried out once. */
  readonly requestId: string;
  /** The link by which an answer came. */
  readonly link?: LinkClaim;
}

/** What is kept from before then, as of `performance.now()`, will not do. */
export interface NewEnough {
  /** Of what rollouts themselves say. */
  readonly sinceMs: number;
  /** Of lists, which lag behind a change. */
  readonly listsSinceMs: number;
}

/**
 * Rollouts, wherever they live. Errors are of the catalogue: `rollout-not-found`, `rollout-running`,
 * `idempotency-mismatch`, `plan-refused`, `dependency-unmet`, `policies-invalid`, `supersede-pending`,
 * `command-refused`, `worker-absent`, `temporal-unavailable`, `emergency-stopped`, `emergency-open`,
 * `emergency-not-found`; of the emergency stop: `traffic-unavailable` when no data plane could be written.
 */
export interface RolloutService {
  /** Ends what goes on beside answers. Absent: nothing does. */
  close?(): Promise<void>;
  /** Asks policies and dependencies. Errors: `policies-invalid`. */
  examine(request: ExamineRequest): Promise<Examined>;
  start(request: StartRequest): Promise<StartResult>;
  /**
   * Here and in the other lists: `sees`: what of it is shown. Default: everything. `sinceMs`: what is kept from before
   * then, as of `performance.now()`, will not do. Default: it will.
   */
  list(query: ListQuery, sees?: Sees, sinceMs?: number): Promise<RolloutPage>;
  /** All that run, as a list at hand knows them. */
  running(): Promise<{ readonly askedAtMs: number; readonly rollouts: readonly RunningRollout[] }>;
  /** One of them, or how it ended. */
  glance(ref: RunRef): Promise<Glance>;
  /** `anew`: a worker is asked, whatever account is at hand. Default: false. */
  get(ref: RunRef, anew?: boolean): Promise<RolloutView>;
  /**
   * `isKeyed`: its id was chosen by the sender, who may send it again; without a run it is then for the rollout that was
   * there the first time. Default: it was not.
   */
  command(ref: RunRef, command: CommandRequest, isKeyed?: boolean): Promise<CommandAnswer>;
  /** Takes an event from outside to the running rollout. Errors beside the others: `rollout-ended`. */
  event(ref: RunRef, event: OutsideEvent): Promise<EventAnswer>;
  audit(ref: RunRef): Promise<Audit>;
  /** What its checks and its share were over time. `sinceMs`: as of the lists. */
  series(ref: RunRef, sinceMs?: number): Promise<RolloutSeries>;
  /** `newEnough`: default: all that is kept will do. */
  rollbacks(query: RollbackQuery, sees?: Sees, newEnough?: NewEnough): Promise<RollbackPage>;
  /**
   * Stops all canary traffic of a scope in the data planes, then tells the rollouts. `key`: the same key and request
   * tell each once.
   */
  emergencyStop(request: EmergencyStopBody, key?: string | null): Promise<EmergencyAnswer>;
  /** Whether a stop of everything is in force. `sinceMs`: what was seen before then will not do. */
  stopOfAll(sinceMs?: number): Promise<StopOfAll>;
  /** Clears a stop of everything. `key`: the same key and request clear it once, in each data plane. */
  release(order?: ReleaseBody, key?: string | null): Promise<ReleaseAnswer>;
  /** Stops the canaries of a scope, then begins the emergency rollback, or wakes the one that is open. */
  openEmergency(request: EmergencyRollbackBody, key?: string | null): Promise<EmergencyOpened>;
  emergencies(query: EmergencyListQuery, sees?: Sees, sinceMs?: number): Promise<EmergencyList>;
  emergency(id: string): Promise<EmergencyView>;
  releaseEmergency(
    id: string,
    body: EmergencyReleaseBody,
    key: string | null,
  ): Promise<EmergencyReleaseAnswer>;
  readiness(): Promise<Readiness>;
}

/** An Idempotency-Key, and whose it is: two people may choose the same one. */
export interface KeyOf {
  readonly key: string;
  readonly actor: string;
}

/**
 * Bundles of evidence. Without a run a reference means the target's latest bundle; of `collect` the latest rollout.
 * Errors: `evidence-unconfigured`, `evidence-unavailable`, `evidence-not-found`, `evidence-damaged`, `evidence-key`.
 */
export interface EvidenceService {
  list(query: BundleListQuery, sees?: Sees): Promise<BundleList>;
  show(ref: RunRef): Promise<Bundle>;
  /** As a tar archive, with the name of its file. Errors: `evidence-pruned`. */
  archive(ref: RunRef): Promise<{ readonly name: string; readonly content: Buffer }>;
  verify(ref: RunRef): Promise<Verification>;
  /** Errors: `evidence-early`, `idempotency-mismatch`, `rollout-not-found`, `temporal-unavailable`. */
  collect(ref: RunRef, once?: KeyOf | null): Promise<BundleCollected>;
  /** Errors: `evidence-pruned`. */
  hold(ref: RunRef, action: 'hold' | 'release', body: HoldBody, key?: string | null): Promise<Bundle>;
  /** Errors: `idempotency-mismatch`. */
  prune(body: PruneBody, key?: string | null): Promise<PruneAnswer>;
  /** Of a rollout that has ended. Never fails for the store's sake. */
  state(rollout: Pick<RolloutView, 'target' | 'runId' | 'endedAtMs'>): Promise<EvidenceState>;
}

/**
 * Telling people. Errors are of the catalogue: `rollout-not-found`, `notices-not-found`, `incident-not-found`,
 * `command-refused`, `worker-absent`, `temporal-unavailable`.
 */
export interface NoticeService {
  of(ref: RunRef): Promise<NoticesView>;
  /** `key`: the same key and body are carried out once. */
  acknowledge(ref: RunRef, body: AckBody, key: string | null): Promise<AckAnswer>;
  incidents(query: IncidentQuery, sees?: Sees, sinceMs?: number): Promise<IncidentList>;
  incident(ref: RunRef): Promise<IncidentView>;
  close(ref: RunRef, body: AckBody, key: string | null): Promise<IncidentView>;
}

/** Errors: those of `EvidenceService` and, without a bundle, `rollout-not-found` and `temporal-unavailable`. */
export type ReportWriter = (ref: RunRef, kind: ReportKind, format: ReportFormat) => Promise<string>;

/** Errors: those of `ReportWriter`. */
export type FindingsReader = (ref: RunRef) => Promise<Findings>;

export interface ApiDeps {
  readonly rollouts: RolloutService;
  readonly evidence: EvidenceService;
  readonly report: ReportWriter;
  readonly findings: FindingsReader;
  readonly notices: NoticeService;
  readonly plans: PlanReader;
  /** What the operator gives whose plans of each instance. Default: nothing is bound. */
  readonly bounds?: Bounds;
  readonly catalogue: () => Catalogue;
  /** What the operator has set and may be shown. */
  readonly configuration: () => Promise<Configuration>;
  /** An operator's metrics source, for backtests. Errors: `provider-unknown`. */
  readonly metrics: (name: string) => MetricsProvider;
  /** What events from outside are signed with. */
  readonly eventKeys: EventKeys;
  /** For Temporal's UI and CLI; null: what Temporal keeps is plain. */
  readonly codec: RemoteCodec | null;
  /** By which people answer from chat and mail; `url`: how they reach this API, if not by loopback. */
  readonly approvals: { readonly links: ApprovalLinks; readonly url: string | null };
}
