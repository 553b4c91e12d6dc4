/** Many runs on one stack: real processes, real traffic, random faults from one seed. */
import { Parts } from '../support/parts.ts';
import { HaproxyMeter } from './haproxy-meter.ts';
import { type RunResult, runOnce, type Stage } from './run.ts';
import { scheduleOf } from './schedule.ts';
import { Users } from './users.ts';

interface ChaosOptions {
  readonly seed: number;
  /** Numbers of the runs, in order; a run is the same whichever others there are. */
  readonly runs: readonly number[];
  readonly portBase: number;
  /** No run begins later than this. Default: none is too late. */
  readonly budgetMs?: number;
  readonly onRun?: (result: RunResult) => void;
  /** Aborted: no further run begins. */
  readonly signal?: AbortSignal;
}

export interface ChaosResult {
  readonly seed: number;
  readonly runs: readonly RunResult[];
  /** What was still running or listening after everything was stopped. */
  readonly left: readonly string[];
  readonly tookMs: number;
}

const firstVersion = 'v1';

export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const startedMs = Date.now();
  const results: RunResult[] = [];
  const left: string[] = [];
  const { seed, portBase, budgetMs = Number.POSITIVE_INFINITY } = options;
  let stage: Stage | null = null;
  let stableVersion = firstVersion;
  try {
    for (const run of options.runs) {
      if (options.signal?.aborted || Date.now() - startedMs > budgetMs) break;
      if (stage === null) {
        stage = await setUp(portBase);
        stableVersion = firstVersion;
      }
      const result = await runOnce(stage, scheduleOf(seed, run), stableVersion);
      results.push(result);
      options.onRun?.(result);
      if (result.evidence.status?.outcome === 'promoted') stableVersion = result.schedule.version;
      // What went wrong once must not be blamed on the runs after it.
      if (result.violations.length === 0) continue;
      left.push(...(await tearDown(stage)));
      stage = null;
    }
  } finally {
    if (stage) left.push(...(await tearDown(stage)));
  }
  return { seed, runs: results, left, tookMs: Date.now() - startedMs };
}

async function setUp(portBase: number): Promise<Stage> {
  // The users here keep every request, so the load generator of the demo is not needed.
  const parts = await Parts.start(portBase, { without: ['load generator'] });
  return { parts, users: new Users(parts.shopUrl), meter: new HaproxyMeter(parts.haproxyMetricsUrl) };
}

async function tearDown({ parts, users, meter }: Stage): Promise<string[]> {
  users.stop();
  await meter.stop();
  await parts.stop();
  return await parts.left();
}
