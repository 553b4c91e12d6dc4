/** Where a rollout's traffic is steered: from its memo, else from the plan that its history begins with. */
import { defaultPayloadConverter } from '@temporalio/common';
import { z } from 'zod';
import { trafficMemo } from '../../worker/start-options.ts';
import type { RolloutSummary } from '../contract.ts';
import type { TrafficRef } from '../express/data-planes.ts';
import { ask, type TemporalDeps, workerTimeoutMs } from './calls.ts';
import { rawOf } from './visibility.ts';

const memoSchema = z.object({ name: z.string(), options: z.record(z.string(), z.unknown()) });
const inputSchema = z.object({ plan: z.object({ traffic: memoSchema }) });
type TrafficPart = z.infer<typeof memoSchema>;

type Known = Pick<RolloutSummary, 'target' | 'workflowId' | 'runId'>;

/** A run's traffic is steered in one place for all its life, so it is read once. */
export class TrafficLookup {
  private readonly byRun = new Map<string, TrafficPart>();
  private readonly latest = new Map<string, TrafficRef>();
  private readonly deps: TemporalDeps;

  constructor(deps: TemporalDeps) {
    this.deps = deps;
  }

  /**
   * Needs no worker. Null when the rollout began with no plan of ours. Throws `temporal-unavailable`, and when the plan
   * cannot be read: whoever wants to stop must not take that for none.
   */
  async of(known: Known, memo: (key: string) => unknown): Promise<TrafficRef | null> {
    const atHand = this.atHand(known, memo);
    if (atHand) return atHand;
    const part = await this.fromHistory(known);
    return part && this.remember(known, part);
  }

  /** As `of`, without asking anybody; null: not known yet. */
  atHand(known: Known, memo: (key: string) => unknown): TrafficRef | null {
    const part = this.byRun.get(known.runId) ?? this.fromMemo(known, memo);
    return part && this.remember(known, part);
  }

  /** Where the target's traffic was steered when it was last looked at. */
  lastOf(target: string): TrafficRef | null {
    return this.latest.get(target) ?? null;
  }

  private fromMemo({ runId }: Known, memo: (key: string) => unknown): TrafficPart | null {
    const reading = memoSchema.safeParse(memo(trafficMemo));
    if (!reading.success) return null;
    kept(this.byRun, runId, reading.data);
    return reading.data;
  }

  private remember({ target }: Known, { name, options }: TrafficPart): TrafficRef {
    const ref = { name, target: { id: target, options } };
    kept(this.latest, target, ref);
    return ref;
  }

  private async fromHistory({ workflowId, runId }: Known): Promise<TrafficPart | null> {
    const { workflowService, namespace } = rawOf(this.deps);
    const execution = { workflowId, runId };
    const { history } = await ask(
      this.deps,
      () => workflowService.getWorkflowExecutionHistory({ namespace, execution, maximumPageSize: 1 }),
      workerTimeoutMs,
    );
    const input = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0];
    const reading = inputSchema.safeParse(input && defaultPayloadConverter.fromPayload(input));
    if (reading.success) kept(this.byRun, runId, reading.data.plan.traffic);
    return reading.success ? reading.data.plan.traffic : null;
  }
}

const maxKept = 10_000;

function kept<K, V>(map: Map<K, V>, key: K, value: V): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next();
  if (map.size > maxKept && !oldest.done) map.delete(oldest.value);
}
