/** Tells webhooks what happens, beside everything else: no restore, no stage and no clean-up waits for one. */
import { condition, patched, workflowInfo } from '@temporalio/workflow';
import type { RolloutState } from '../domain/rollout/types.ts';
import { dueTellings, type Telling } from '../domain/rollout/webhooks.ts';
import { long, reasonOf } from './proxies.ts';
import type { RolloutRun } from './run.ts';

/** The longest pause between two tries. */
const pauseMs = 30_000;
/** So long a rollout that has ended tries on: while it does, nothing else may begin on its target. */
const lastMs = 20_000;

interface Under {
  readonly work: Promise<void>;
  readonly hook: string;
  readonly about: string;
}

export class Webhooks {
  private readonly run: RolloutRun;
  private readonly under = new Map<string, Under>();

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
      this.under.set(telling.key, { work, hook: telling.webhook.hook, about: this.aboutOf(telling) });
    }
  }

  /** For the run that goes on after this one: what is not told yet is told by it, under the same id. */
  handedOn(state: RolloutState): RolloutState {
    if (this.under.size === 0) return state;
    return { ...state, told: (state.told ?? []).filter((key) => !this.under.has(key)) };
  }

  /** Of a rollout that has ended: who cannot be told soon is given up. */
  async settled(): Promise<void> {
    if (this.under.size === 0) return;
    if (!patched('webhooks-end-soon')) {
      await Promise.all([...this.under.values()].map(({ work }) => work));
      return;
    }
    if (await condition(() => this.under.size === 0, lastMs)) return;
    const problem = `it did not answer within ${lastMs / 1_000}s of the end of the rollout, and was given up`;
    for (const { hook, about } of this.under.values()) this.run.apply({ kind: 'told', hook, about, problem });
  }

  private aboutOf({ event, stage }: Telling): string {
    return stage === null ? event : `${event} "${this.run.state.plan.stages[stage]?.name ?? ''}"`;
  }

  private async tell(telling: Telling): Promise<void> {
    const { key, webhook, event, stage } = telling;
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
    const about = this.aboutOf(telling);
    const problem = await long.tell
      .executeWithOptions(options, [{ plan, hook, timeoutMs, call }])
      .then(() => null, reasonOf);
    this.run.apply({ kind: 'told', hook, about, problem });
  }
}
