/**
 * One rollout as the bench `notices` times it from outside: its first share, the end of its first stage, and the way
 * back.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { HealthCheck } from '../../src/domain/analysis/types.ts';
import { statusQuery } from '../../src/domain/rollout/names.ts';
import type { RolloutStatus } from '../../src/domain/rollout/status.ts';
import { stageFixture } from '../../test/support/plan.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import type { BenchStack } from './bench-stack.ts';
import type { Sender } from './senders.ts';

/** Milliseconds. */
interface Timing {
  /** From the start until the data plane gives the canary its first share. */
  readonly firstShare: number;
  /** From the end of the first stage's soak until the second one has its share. */
  readonly stageEnd: number;
  /** From sending the rollback until the data plane gives the canary nothing. */
  readonly readsZero: number;
  /** From sending the rollback until the rollout has ended. */
  readonly ended: number;
}

const soakMs = 1_000;
/** In the second stage, before it is taken back. */
const dwellMs = 500;
/** Between two looks at the data plane, so that looking is no load. */
const lookEveryMs = 4;

const up: HealthCheck = {
  name: 'up',
  kind: 'health',
  unit: '',
  probe: 'memory',
  scope: 'canary',
  onFail: 'hold',
  onNoData: 'hold',
  timeoutMs: 1_000,
  failure: { consecutive: 2, kOfN: null },
  maxConsecutiveErrors: 4,
};

const plan = {
  stages: [
    stageFixture({ weightPercent: 10, soakMs, checks: [up] }),
    stageFixture({ weightPercent: 50, soakMs: 3_600_000, checks: [up] }),
  ],
  analysis: { intervalMs: 250, onInconclusive: 'hold' },
  maxDurationMs: 7_200_000,
} as const;

export async function twoStages(
  stack: BenchStack,
  service: string,
  tells: boolean,
  takeBack: Sender,
): Promise<Timing & { readonly runId: string }> {
  const reads = async (share: number) => {
    const there = async () => (await stack.shareOf(service)) === share;
    try {
      await waitFor(`${service} to read ${share} %`, there, { timeoutMs: 60_000, everyMs: lookEveryMs });
    } catch (error) {
      const { phase, holdReason } = await stack.handleOf(service).query<RolloutStatus>(statusQuery);
      throw new Error(`the rollout is ${phase}: ${holdReason ?? 'nothing holds it'}`, { cause: error });
    }
    return performance.now();
  };
  const startedMs = performance.now();
  const handle = await stack.start(service, { ...plan, ...(tells ? { notify: { channels: [] } } : {}) });
  const firstMs = await reads(10);
  await sleep(soakMs * 0.9);
  const secondMs = await reads(50);
  await sleep(dwellMs);
  const sentMs = performance.now();
  const answered = takeBack(service);
  const ended = handle.result().then(() => performance.now());
  const zeroMs = await reads(0);
  await answered;
  return {
    runId: handle.firstExecutionRunId,
    firstShare: firstMs - startedMs,
    stageEnd: secondMs - firstMs - soakMs,
    readsZero: zeroMs - sentMs,
    ended: (await ended) - sentMs,
  };
}
