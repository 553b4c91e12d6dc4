/** Releases of a stop of everything under a key: of each data plane Temporal keeps that it was made, by the id of a workflow. */
import { releasedWorkflowType } from '../../domain/emergency/types.ts';
import { taskQueues } from '../../domain/rollout/names.ts';
import type { ReleaseBody } from '../contract.ts';
import { type TemporalDeps, within, workerTimeoutMs } from './calls.ts';
import { digestOf, onceId } from './once.ts';
import { rawInfoOf } from './raw-info.ts';

export class ReleasesOnce {
  private readonly deps: TemporalDeps;
  private readonly order: ReleaseBody;
  private readonly id: string;

  /** Another reason under the same key is another order, as it is of the stop. */
  constructor(deps: TemporalDeps, order: ReleaseBody, key: string) {
    this.deps = deps;
    this.order = order;
    this.id = onceId(`emergency-stop-release-${digestOf([order.reason ?? ''])}`, order.actor ?? '', key);
  }

  /** Throws `temporal-unavailable`: what may have been released and stopped anew stays stopped until somebody can tell. */
  async wasMade(name: string): Promise<boolean> {
    return (await rawInfoOf(this.deps, { workflowId: this.workflowIdOf(name) }, workerTimeoutMs)) !== null;
  }

  /** A release is never taken back, so it counts also when Temporal has gone meanwhile and cannot keep it. */
  async keep(name: string): Promise<void> {
    const { client } = this.deps;
    const { actor = 'somebody', reason = 'no reason was given' } = this.order;
    await within(client, workerTimeoutMs, () =>
      client.workflow.start(releasedWorkflowType, {
        workflowId: this.workflowIdOf(name),
        taskQueue: taskQueues.rollouts,
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        // Where no worker comes, it is over all the same.
        workflowExecutionTimeout: '1 day',
        staticSummary: `stop of everything behind ${name} released`,
        staticDetails: `By ${actor}: ${reason}`,
      }),
    ).catch(() => {});
  }

  private workflowIdOf(name: string): string {
    return `${this.id}/${name}`;
  }
}
