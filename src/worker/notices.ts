/**
 * What telling people needs: the operator's notifiers and routes, and Temporal's word on whether a rollout is still
 * there.
 */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import {
  defineSearchAttributeKey,
  type SearchAttributePair,
  TypedSearchAttributes,
} from '@temporalio/common';
import type { NoticeDeps } from '../activities/notify/notices.ts';
import { opensIncident } from '../domain/incident/state.ts';
import { type IncidentInput, incidentIdOf, incidentType, reportSignal } from '../domain/incident/types.ts';
import { noticesQueue } from '../domain/notify/names.ts';
import type { Message } from '../domain/notify/types.ts';
import type { SluiceConfig } from '../providers/config.ts';
import type { ProviderRegistry } from '../providers/registry.ts';
import { boundedCalls } from './open-emergencies.ts';

export function noticeDepsOf(
  { routes, notifications }: Pick<SluiceConfig, 'routes' | 'notifications'>,
  { notifier }: Pick<ProviderRegistry, 'notifier'>,
  client: Client,
): NoticeDeps {
  return {
    notifier,
    routes,
    planChannels: notifications.planChannels,
    giveUpAfterMs: notifications.giveUpAfter,
    url: notifications.url ?? null,
    report: (message) => report(client, message),
    isOver: (workflowId, firstRunId) => isOver(client, workflowId, firstRunId),
  };
}

/** The latest run of the rollout's workflow belongs to another rollout, or is over. */
async function isOver(client: Client, workflowId: string, firstRunId: string): Promise<boolean> {
  const call = boundedCalls(client);
  try {
    const { raw, status } = await call(() => client.workflow.getHandle(workflowId).describe());
    const { firstRunId: first, execution } = raw.workflowExecutionInfo ?? {};
    return (first || execution?.runId) !== firstRunId || status.name !== 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return true;
    throw error;
  }
}

/** What opens no incident is only added to one that is open. */
async function report(client: Client, message: Message): Promise<void> {
  const { target, environment, service } = message.subject;
  const workflowId = incidentIdOf(target);
  const call = boundedCalls(client);
  if (!message.notices.some(opensIncident)) {
    try {
      await call(() => client.workflow.getHandle(workflowId).signal<[Message]>(reportSignal, message));
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
    return;
  }
  const options = {
    workflowId,
    taskQueue: noticesQueue,
    args: [{ target }] satisfies [IncidentInput],
    signal: reportSignal,
    signalArgs: [message] satisfies [Message],
    typedSearchAttributes: placeAttributes(environment, service),
    staticSummary: `incident of ${target}`,
  };
  await call(() => client.workflow.signalWithStart(incidentType, options));
}

function placeAttributes(environment: string, service: string): TypedSearchAttributes {
  const pair = (name: string, value: string): SearchAttributePair => ({
    key: defineSearchAttributeKey(name, 'KEYWORD'),
    value,
  });
  return new TypedSearchAttributes([pair('SluiceEnvironment', environment), pair('SluiceService', service)]);
}
