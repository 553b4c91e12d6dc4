/** Tells webhooks what happens, beside everything else: no restore, no stage and no clean-up waits for one. */
import { workflowInfo } from '@temporalio/workflow';
import type { RolloutState } from '../domain/rollout/types.ts';
import { dueTellings, type Telling } from '../domain/rollout/webhooks.ts';
import { long, reasonOf } from './proxies.ts';
import type { RolloutRun } from './run.ts';

/** The longest pause between two tries. */
const pauseMs = 30_000;

export class Webhooks {
  private readonly run: RolloutRun;
  private readonly under = new Map<string, Promise<void>>();

  constructor(run: RolloutRun) {
    this.run = run;
  }

  /** Begins to tell what is new; called whenever the state may have moved. */
  follow(): void {
    const due = dueTellings(this.run.state);
    if (due.length === 0) return;
    this.run.apply({ kind: 'telling', keys: due.map(({ key }) => key) });
    for (const telling of due) {
      const work = this.tell(telling).finally(() => this.under.delete(telling.key));
      this.under.set(telling.key, work);
    }
  }

  /** For the run that goes on after this one: what is not told yet is told by it, under the same id. */
  handedOn(state: RolloutState): RolloutState {
    if (this.under.size === 0) return state;
    return { ...state, told: (state.told ?? []).filter((key) => !this.under.has(key)) };
  }

  /** Each ends within its budget. */
  async settled(): Promise<void> {
    await Promise.all(this.under.values());
  }

  private async tell({ key, webhook, event, stage }: Telling): Promise<void> {
    const { plan, arms, cause, phase } = this.run.state;
    const { hook, timeoutMs, tries } = webhook;
    const { workflowId, firstExecutionRunId } = workflowInfo();
    const options = {
      summary: `${plan.service}: tell ${hook} of ${event}`,
      startToCloseTimeout: timeoutMs + 1_000,
      scheduleToCloseTimeout: tries * (timeoutMs + 1_000 + pauseMs),
      retry: {
        initialInterval: '1s',
        backoffCoefficient: 2,
        maximumInterval: pauseMs,
        maximumAttempts: tries,
      },
    } as const;
    const call = {
      id: `${workflowId}/${firstExecutionRunId}/${key}`,
      action: event,
      version: plan.version,
      stableVersion: arms?.stableVersion ?? '',
      cause: cause?.reason ?? '',
      ...(stage === null ? {} : { stage: plan.stages[stage]?.name ?? '' }),
      ...(event === 'post' ? { outcome: phase } : {}),
    };
    const about = stage === null ? event : `${event} "${call.stage}"`;
    const problem = await long.tell
      .executeWithOptions(options, [{ plan, hook, timeoutMs, call }])
      .then(() => null, reasonOf);
    this.run.apply({ kind: 'told', hook, about, problem });
  }
}
