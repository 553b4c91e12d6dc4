/** Rollouts of the live list, as tests write them. */
import type { Glance } from '../../../../src/api/board/row.ts';
import type { RolloutSummary } from '../../../../src/api/contract.ts';
import type { Verdict } from '../../../../src/domain/analysis/types.ts';
import type { Outline } from '../../../../src/domain/rollout/outline.ts';
import type { WatchProgress } from '../../../../src/domain/rollout/status.ts';

export const outline: Outline = {
  startedBy: 'ada',
  stages: [
    { name: '10%', weightPercent: 10, plannedMs: 60_000 },
    { name: '50%', weightPercent: 50, plannedMs: 120_000 },
  ],
  watchAfterMs: 30_000,
  restoreMs: 20_000,
};

export function summaryOf(changes: Partial<RolloutSummary> = {}): RolloutSummary {
  const { environment = 'demo', service = 'shop' } = changes;
  return {
    target: `${environment}/${service}`,
    environment,
    service,
    version: 'v2',
    phase: 'soaking',
    stage: 0,
    outcome: null,
    workflowId: `rollout/${environment}/${service}`,
    runId: `run-of-${service}`,
    temporalStatus: 'RUNNING',
    startedAtMs: 1_000,
    endedAtMs: null,
    ...changes,
  };
}

export function verdictOf(kind: Verdict['kind'], check: string, reason = `${check} says ${kind}`): Verdict {
  return {
    kind,
    check,
    reason,
    canary: 1,
    stable: 1,
    canarySamples: 100,
    stableSamples: 900,
    atMs: 5_000,
  };
}

export function liveOf(
  changes: Partial<WatchProgress> = {},
  verdicts: readonly Verdict[] = [],
): WatchProgress {
  const record = {
    looks: 1,
    passes: 1,
    failures: 0,
    noData: 0,
    errors: 0,
    consecutiveFailures: 0,
    consecutiveErrors: 0,
    failingSinceMs: null,
    recent: [],
    answer: null,
    worst: null,
  };
  return {
    stage: 0,
    mode: 'soak',
    epoch: 1,
    carry: {
      watchedMs: 15_000,
      extended: false,
      checks: verdicts.map((last) => ({ ...record, name: last.check, last })),
      reasserted: 0,
      looks: 1,
      canaryRequests: null,
    },
    plannedMs: 60_000,
    verdicts,
    askedPercent: 10,
    measuredPercent: 9.8765,
    leaseUntilMs: 0,
    trouble: null,
    atMs: 5_000,
    ...changes,
  };
}

export function glanceOf(changes: Partial<Glance> = {}): Glance {
  const seen = { live: liveOf(), beatAgeMs: 0, untakenMs: 0, status: null, atMs: 5_000 };
  return { summary: summaryOf(), outline, ...seen, ...changes };
}
