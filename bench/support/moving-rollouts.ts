/** Many made-up rollouts that move as real ones do, for what only has to show them. */
import type { BoardSource } from '../../src/api/board/board.ts';
import type { Glance, RunningRollout } from '../../src/api/board/row.ts';
import type { RolloutSummary } from '../../src/api/contract.ts';
import type { VerdictKind } from '../../src/domain/analysis/types.ts';
import type { Outline } from '../../src/domain/rollout/outline.ts';
import { glanceOf, liveOf, verdictOf } from '../../test/unit/api/board/rows.ts';

const outline: Outline = {
  startedBy: 'bench',
  stages: [5, 25, 50].map((weightPercent) => ({
    name: `${weightPercent}%`,
    weightPercent,
    plannedMs: 600_000,
  })),
  watchAfterMs: 600_000,
  restoreMs: 30_000,
};
/** Every so many fails a check or lacks data. */
const failsOnceIn = 50;
const lacksOnceIn = 20;

export function movingRollouts(count: number): BoardSource {
  const startedMs = Date.now();
  const summaries = Array.from({ length: count }, (_, number) => summaryOf(number, startedMs));
  const numbers = new Map(summaries.map(({ runId }, number) => [runId, number]));
  const rollouts = summaries.map((summary): RunningRollout => ({ summary, outline }));
  return {
    running: async () => ({ askedAtMs: Date.now(), rollouts }),
    list: async () => ({ rollouts: [], next: null }),
    glance: async ({ runId = '' }) => {
      const number = numbers.get(runId) ?? 0;
      return glanceAt(rollouts[number], number, Date.now() - startedMs);
    },
  };
}

function summaryOf(number: number, nowMs: number): RolloutSummary {
  const environment = ['production', 'staging', 'test'][number % 3] ?? 'test';
  const service = `service-${number}`;
  return {
    target: `${environment}/${service}`,
    environment,
    service,
    version: `v${number % 7}`,
    phase: 'soaking',
    stage: number % outline.stages.length,
    outcome: null,
    workflowId: `rollout/${environment}/${service}`,
    runId: `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`,
    temporalStatus: 'RUNNING',
    startedAtMs: nowMs - number * 1_000,
    endedAtMs: null,
    startedBy: outline.startedBy,
  };
}

function glanceAt(rollout: RunningRollout | undefined, number: number, elapsedMs: number): Glance {
  if (rollout === undefined) throw new Error(`there is no rollout ${number}`);
  const kind: VerdictKind =
    number % failsOnceIn === 0 ? 'fail' : number % lacksOnceIn === 0 ? 'no-data' : 'pass';
  const { weightPercent, plannedMs } = outline.stages[rollout.summary.stage ?? 0] ?? {
    weightPercent: 0,
    plannedMs: 0,
  };
  const reason = `canary 99.${number % 100} % against stable 99.95 %: no evidence that it is worse`;
  const live = liveOf(
    { plannedMs, askedPercent: weightPercent, measuredPercent: weightPercent * (0.9 + Math.random() / 5) },
    [verdictOf(kind, 'success-rate', reason), verdictOf('pass', 'latency-p95', '212 ms against 208 ms')],
  );
  const carry = { ...live.carry, watchedMs: elapsedMs };
  return glanceOf({ ...rollout, live: { ...live, carry }, atMs: Date.now() });
}
