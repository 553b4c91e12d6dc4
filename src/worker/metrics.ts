/**
 * The worker's own metrics: the story of rollouts as it is told, verdicts, deliveries, and what the watches under way
 * see.
 */
import type { Observer, Watching } from '../activities/deps.ts';
import type { DeliveryResult } from '../activities/notify/notices.ts';
import { outcomeIn, triggerIn } from '../domain/rollout/timeline.ts';
import { type TimelineEntry, terminalPhases, timelineKinds } from '../domain/rollout/types.ts';
import { Meters } from '../telemetry/meters.ts';
import { watchedGauges } from './watched-gauges.ts';

interface WorkerMetricsOptions {
  /** What keeps it from working; null: nothing. */
  readonly notReady: () => string | null;
  /** Names of the operator's notifiers. */
  readonly receivers: readonly string[];
}

export class WorkerMetrics {
  private readonly meters = new Meters();
  readonly registry = this.meters.registry;
  readonly observer: Observer;
  private readonly watched = new Set<Watching>();
  /** Of the rollouts that are going back, by workflow. */
  private readonly decisions = new Map<string, { readonly trigger: string; readonly atMs: number }>();
  private readonly events = this.meters.counter(
    'sluice_rollout_events_total',
    'Lines of the stories of rollouts, by kind.',
    ['kind'],
  );
  private readonly finished = this.meters.counter(
    'sluice_rollouts_finished_total',
    'Rollouts that ended, by outcome.',
    ['outcome'],
  );
  private readonly restores = this.meters.histogram(
    'sluice_restore_duration_seconds',
    'From the decision to go back until the data plane read 0, by what turned the rollout round.',
    [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60, 300],
    ['trigger'],
  );
  private readonly verdicts = this.meters.counter(
    'sluice_verdicts_total',
    'Looks of checks, by the kind of the check and by what they said.',
    ['check_kind', 'verdict'],
  );
  private readonly notices = this.meters.counter(
    'sluice_notices_total',
    'Attempts to tell a receiver something, by result.',
    ['notifier', 'result'],
  );
  private readonly evidenceProblems = this.meters.counter(
    'sluice_evidence_problems_total',
    'What went wrong while evidence was kept; it is tried again.',
  );

  constructor({ notReady, receivers }: WorkerMetricsOptions) {
    this.meters.gauge('sluice_worker_ready', '1: this worker polls Temporal for work of every kind.', (one) =>
      one.set(Number(notReady() === null)),
    );
    watchedGauges(this.watched, this.meters);
    this.observer = {
      watches: (watching) => {
        this.watched.add(watching);
        return () => this.watched.delete(watching);
      },
      looked: (check_kind, verdict) => this.verdicts.inc({ check_kind, verdict }),
    };
    this.beginAtZero(receivers);
  }

  /** What appears only when it grows for the first time has not grown, by PromQL. */
  private beginAtZero(receivers: readonly string[]): void {
    for (const kind of timelineKinds) this.events.inc({ kind }, 0);
    for (const outcome of terminalPhases) this.finished.inc({ outcome }, 0);
    for (const notifier of receivers) {
      for (const result of ['delivered', 'failed']) this.notices.inc({ notifier, result }, 0);
    }
  }

  readonly takeEntry = (workflowId: string, entry: TimelineEntry): void => {
    const { kind, atMs } = entry;
    this.events.inc({ kind });
    this.recall(workflowId, entry);
    const decision = this.decisions.get(workflowId);
    if (kind === 'restored' && decision) {
      this.restores.observe({ trigger: decision.trigger }, (atMs - decision.atMs) / 1_000);
    }
    const outcome = outcomeIn(entry);
    if (outcome !== null) {
      this.finished.inc({ outcome });
      this.decisions.delete(workflowId);
    }
  };

  /** What another worker has told before: a restore that it began may end here. */
  readonly recall = (workflowId: string, entry: TimelineEntry): void => {
    const trigger = triggerIn(entry);
    if (trigger !== null) this.decisions.set(workflowId, { trigger, atMs: entry.atMs });
  };

  readonly takeDelivery = (notifier: string, result: DeliveryResult): void => {
    this.notices.inc({ notifier, result });
  };

  readonly takeEvidenceProblem = (): void => {
    this.evidenceProblems.inc();
  };
}
