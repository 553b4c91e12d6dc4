/** Every rollout that runs, with what its memo says of its traffic. */
import type { RawWorkflowExecutionInfo } from '@temporalio/client';
import { workflowType } from '../../domain/rollout/names.ts';
import type { RolloutSummary } from '../contract.ts';
import { ask, type TemporalDeps, workerTimeoutMs } from './calls.ts';
import { memoOf, rawOf, summaryOf } from './visibility.ts';

export interface Running {
  readonly summary: RolloutSummary;
  readonly memo: (key: string) => unknown;
}

const pageSize = 1000;
const maxPages = 20;

/** From visibility, which lags a little. Throws `temporal-unavailable`. */
export async function runningRollouts(deps: TemporalDeps): Promise<Running[]> {
  const { workflowService, namespace } = rawOf(deps);
  const query = `WorkflowType = "${workflowType}" AND ExecutionStatus = "Running"`;
  const found: Running[] = [];
  const pageAfter = (nextPageToken: Uint8Array | null) =>
    ask(
      deps,
      () => workflowService.listWorkflowExecutions({ namespace, pageSize, query, nextPageToken }),
      workerTimeoutMs,
    );
  let token: Uint8Array | null = null;
  for (let pages = 0; pages < maxPages; pages++) {
    const page: Awaited<ReturnType<typeof pageAfter>> = await pageAfter(token);
    found.push(...(page.executions ?? []).map(runningOf));
    if (!page.nextPageToken?.length) break;
    token = page.nextPageToken;
  }
  return found;
}

/** Many at once share one list, which costs Temporal as much as a few single looks. */
export class RunningList {
  private underWay: Promise<ReadonlyMap<string, Running>> | null = null;
  private readonly deps: TemporalDeps;

  constructor(deps: TemporalDeps) {
    this.deps = deps;
  }

  /** By target. Throws `temporal-unavailable`. */
  byTarget(): Promise<ReadonlyMap<string, Running>> {
    this.underWay ??= this.fetch().finally(() => {
      this.underWay = null;
    });
    return this.underWay;
  }

  private async fetch(): Promise<ReadonlyMap<string, Running>> {
    const running = await runningRollouts(this.deps);
    return new Map(running.map((one) => [one.summary.target, one]));
  }
}

function runningOf(info: RawWorkflowExecutionInfo): Running {
  return { summary: summaryOf(info), memo: (key) => memoOf(info, key) };
}
