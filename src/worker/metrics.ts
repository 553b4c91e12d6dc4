/**
 * The worker's own metrics: the story of rollouts as it is told, verdicts, deliveries, and what the watches under way
 * see.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Observer, Watching } from '../activities/deps.ts';
import type { DeliveryResult } from '../activities/notify/notices.ts';
import { outcomeIn, triggerIn } from '../domain/rollout/timeline.ts';
import { type TimelineEntry, terminalPhases, timelineKinds } from '../domain/rollout/types.ts';
import { watchedGauges } from './watched-gauges.ts';

interface WorkerMetricsOptions {
  /** What keeps it from working; null: nothing. */
  readonly notReady: () => string | null;
  /** Names of the operator's notifiers. */
  readonly receivers: readonly string[];
}

export class WorkerMetrics {
  readonly registry = new Registry();
  readonly observer: Observer;
  private readonly watched = new Set<Watching>();
  /** Of the rollouts that are going back, by workflow. */
  private readonly decisions = new Map<string, { readonly trigger: string; readonly atMs: number }>();
  private readonly events: Counter;
  private readonly finished: Counter;
  private readonly restores: Histogram;
  private readonly notices: Counter;
  private readonly evidenceProblems: Counter;

  constructor({ notReady, receivers }: WorkerMetricsOptions) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.events = new Counter({
      name: 'sluice_rollout_events_total',
      help: 'Lines of the stories of rollouts, by kind.',
      labelNames: ['kind'],
      registers,
    });
    this.finished = new Counter({
      name: 'sluice_rollouts_finished_total',
      help: 'Rollouts that ended, by outcome.',
      labelNames: ['outcome'],
      registers,
    });
    this.restores = new Histogram({
      name: 'sluice_restore_duration_seconds',
      help: 'From the decision to go back until the data plane read 0, by what turned the rollout round.',
      labelNames: ['trigger'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60, 300],
      registers,
    });
    const verdicts = new Counter({
      name: 'sluice_verdicts_total',
      help: 'Looks of checks, by the kind of the check and by what they said.',
      labelNames: ['check_kind', 'verdict'],
      registers,
    });
    this.notices = new Counter({
      name: 'sluice_notices_total',
      help: 'Attempts to tell a receiver something, by result.',
      labelNames: ['notifier', 'result'],
      registers,
    });
    this.evidenceProblems = new Counter({
      name: 'sluice_evidence_problems_total',
      help: 'What went wrong while evidence was kept; it is tried again.',
      registers,
    });
    new Gauge({
      name: 'sluice_worker_ready',
      help: '1: this worker polls Temporal for work of every kind.',
      registers,
      collect() {
        this.set(Number(notReady() === null));
      },
    });
    watchedGauges(this.watched, registers);
    this.observer = {
      watches: (watching) => {
        this.watched.add(watching);
        return () => this.watched.delete(watching);
      },
      looked: (check_kind, verdict) => verdicts.inc({ check_kind, verdict }),
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
