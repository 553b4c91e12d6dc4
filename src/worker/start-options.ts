/** How a rollout's workflow is started, by the API and by an emergency alike: its id is the target's lock. */
import type { WorkflowStartOptions } from '@temporalio/client';
import {
  defineSearchAttributeKey,
  type SearchAttributePair,
  TypedSearchAttributes,
} from '@temporalio/common';
import { type Plan, targetOf, workflowIdOf } from '../domain/plan/types.ts';
import { type RolloutInput, taskQueues } from '../domain/rollout/names.ts';
import { outlineMemo, outlineOf } from '../domain/rollout/outline.ts';

/** The memo's key for where the rollout's traffic is steered. Kept by continue-as-new. */
export const trafficMemo = 'traffic';

/** The memo's key for what events from outside do. Kept by continue-as-new. */
export const eventsMemo = 'events';

/** What the rollout's memo is to hold. */
export function trafficMemoOf({ traffic: { name, options } }: Plan): Plan['traffic'] {
  return { name, options };
}

/** `memo` is kept beside what every rollout's memo has. */
export function startOptionsOf(input: RolloutInput, memo: Record<string, unknown>) {
  const { plan, actor, reason } = input;
  const target = targetOf(plan);
  return {
    workflowId: workflowIdOf(target),
    taskQueue: taskQueues.rollouts,
    // A worker that dies over a task gives it back in this time; a rollback must not wait for ten seconds.
    workflowTaskTimeout: '3s',
    args: [input],
    workflowIdConflictPolicy: 'FAIL',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    typedSearchAttributes: attributesOf(plan),
    memo: {
      ...memo,
      [trafficMemo]: trafficMemoOf(plan),
      [eventsMemo]: plan.events,
      [outlineMemo]: outlineOf(plan, actor),
    },
    staticSummary: `${target} ${plan.version}`,
    staticDetails: detailsOf(plan, actor, reason),
  } satisfies WorkflowStartOptions;
}

function attributesOf(plan: Plan): TypedSearchAttributes {
  const keyword = (name: string, value: string): SearchAttributePair => ({
    key: defineSearchAttributeKey(name, 'KEYWORD'),
    value,
  });
  return new TypedSearchAttributes([
    keyword('SluiceService', plan.service),
    keyword('SluiceEnvironment', plan.environment),
    keyword('SluiceVersion', plan.version),
    keyword('SluicePhase', 'preparing'),
  ]);
}

function detailsOf(plan: Plan, actor: string, reason: string): string {
  const stages = plan.stages.map(({ name, weightPercent }) => `- ${name}: ${weightPercent} %`);
  return [`Started by ${actor}${reason ? `: ${reason}` : ''}`, '', ...stages].join('\n');
}
