/** What activities are given: providers, time and a view of their own workflow. Everything else they import is pure. */

import type { CheckConfig, VerdictKind } from '../domain/analysis/types.ts';
import type { GatePlace, ReportRef } from '../domain/gates/types.ts';
import type { Plan, TargetId } from '../domain/plan/types.ts';
import type { WatchProgress } from '../domain/rollout/status.ts';
import type { Arms, Cooldown } from '../domain/rollout/types.ts';
import type { AlertsProvider } from '../providers/alerts/types.ts';
import type { Gate, RawReport } from '../providers/gates/types.ts';
import type { HealthProvider } from '../providers/health/types.ts';
import type { Hook } from '../providers/hooks/types.ts';
import type { MetricsProvider } from '../providers/metrics/types.ts';
import type { TrafficProvider } from '../providers/traffic/types.ts';
import type { WorkloadProvider } from '../providers/workload/types.ts';
import type { Directory } from './directory.ts';

/** Finds the operator's provider instances by name. Errors: `provider-unknown`. */
export interface Providers {
  traffic(name: string): TrafficProvider;
  metrics(name: string): MetricsProvider;
  workload(name: string): WorkloadProvider;
  health(name: string): HealthProvider;
  alerts(name: string): AlertsProvider;
  hook(name: string): Hook;
}

/** The operator's gates, and where their raw reports are kept. */
export interface Gates {
  /** Errors: `provider-unknown`. */
  find(name: string): { readonly gate: Gate; readonly intervalMs: number };
  /** Never fails: an answer counts without its raw report, whose reference says that it was not kept. */
  keep(about: ReportAbout, report: RawReport): Promise<ReportRef>;
}

interface ReportAbout {
  readonly target: TargetId;
  readonly runId: string;
  readonly place: GatePlace;
  readonly gate: string;
}

export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Whether the workflow that this activity works for still runs. */
export interface Liveness {
  /** Errors: anything when Temporal does not answer. */
  isRunning(workflowId: string, runId: string): Promise<boolean>;
  /**
   * The latest cooldown that earlier runs of the workflow left; null: none. Errors: anything when Temporal does not
   * answer.
   */
  cooldown(workflowId: string, signal: AbortSignal): Promise<Cooldown | null>;
}

/** A watch under way, for whoever wants to see it now. */
export interface Watching {
  readonly plan: Plan;
  readonly arms: Arms;
  progress(): WatchProgress;
}

/** Told of what activities do, for metrics. */
export interface Observer {
  /** Returns how to end it. */
  watches(watching: Watching): () => void;
  looked(check: CheckConfig['kind'], verdict: VerdictKind): void;
}

export interface ActivityDeps {
  readonly providers: Providers;
  readonly gates: Gates;
  readonly clock: Clock;
  readonly liveness: Liveness;
  readonly directory: Directory;
  /** Default: nobody looks on. */
  readonly observer?: Observer;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done, { once: true });
    }),
};
