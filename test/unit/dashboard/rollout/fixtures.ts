/** Views and series of one rollout for the tests of its page. */
import type { CheckSeries, RolloutSeries, RolloutView } from '../../../../src/api/contract.ts';
import type { Verdict } from '../../../../src/domain/analysis/types.ts';
import type { RollbackRecord } from '../../../../src/domain/rollout/rollback-record.ts';
import type { WatchProgress } from '../../../../src/domain/rollout/status.ts';
import { emptyCarry } from '../../../../src/domain/rollout/types.ts';
import { type statusOf, viewOf } from '../../api/fakes.ts';

export const startMs = 1_795_900_000_000;
export const at = (afterS: number) => startMs + 1000 * afterS;

export const rollbackRecord: RollbackRecord = {
  target: 'demo/shop',
  version: 'v2',
  stableVersion: 'v1',
  trigger: 'command',
  reason: 'too slow',
  actor: 'ann',
  evidence: [],
  firstBadAtMs: null,
  decidedAtMs: 1000,
  restoredAtMs: null,
  decideMs: null,
  restoreMs: null,
  exposedMs: null,
  canaryRequests: null,
  actions: [],
};

export function verdictOf(changes: Partial<Verdict> = {}): Verdict {
  return {
    check: 'errors',
    kind: 'pass',
    reason: 'errors are as on stable',
    canary: 1,
    stable: 0.5,
    canarySamples: 100,
    stableSamples: 900,
    atMs: at(20),
    ...changes,
  };
}

export function liveOf(changes: Partial<WatchProgress> = {}): WatchProgress {
  return {
    stage: 0,
    epoch: 1,
    carry: { ...emptyCarry, watchedMs: 10_000 },
    plannedMs: 60_000,
    verdicts: [verdictOf()],
    askedPercent: 10,
    measuredPercent: 9.5,
    leaseUntilMs: at(60),
    trouble: null,
    atMs: at(21),
    ...changes,
  };
}

export function checkOf(changes: Partial<CheckSeries> = {}): CheckSeries {
  return {
    name: 'errors',
    kind: 'counts',
    unit: '%',
    allowed: { min: null, max: null, beside: { side: 'max', lines: [{ times: 2, plus: 1 }] }, alone: 5 },
    record: null,
    atMs: [at(10)],
    verdict: ['pass'],
    canary: [0.8],
    stable: [0.5],
    low: [0.1],
    high: [2],
    ...changes,
  };
}

export function seriesOf(changes: Partial<RolloutSeries> = {}): RolloutSeries {
  return {
    target: 'demo/shop',
    runId: viewOf().runId,
    stages: [{ stage: 0, name: '10%', weightPercent: 10, after: false, checks: [checkOf()] }],
    asked: { atMs: [at(5)], percent: [10] },
    measured: { atMs: [at(10)], percent: [9.8] },
    liveAtMs: at(10),
    ...changes,
  };
}

/** Two stages of a minute, the first under way since five seconds after the start. */
export function running(
  status: Parameters<typeof statusOf>[0] = {},
  changes: Partial<RolloutView> = {},
): RolloutView {
  const first = {
    name: '10%',
    weightPercent: 10,
    startedAtMs: at(5),
    endedAtMs: null,
    plannedMs: 60_000,
    ending: null,
    checks: [],
    canaryRequests: null,
  };
  return viewOf(
    {
      startedAtMs: startMs,
      stages: [
        { name: '10%', weightPercent: 10, soakMs: 60_000, warmUpMs: 0 },
        { name: '50%', weightPercent: 50, soakMs: 60_000, warmUpMs: 0 },
      ],
      arms: { stableSlot: 'blue', stableVersion: 'v1', canaryVersion: 'v2' },
      reports: [first],
      times: { lookEveryMs: 5_000, leaseMs: 45_000, watchAfterMs: 30_000 },
      ...status,
    },
    { live: liveOf(), ...changes },
  );
}
