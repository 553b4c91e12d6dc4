/** What workers do for a trace: activities are spans of it, workflows say when they were called, log lines name it. */
import { type Context, trace } from '@opentelemetry/api';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { ActivityInterceptorsFactory, InjectedSinks } from '@temporalio/worker';
import { startTraceHeader, traceHeader } from '../domain/trace.ts';
import { beginSpan, contextOf, inSpan, traceIds } from '../telemetry/spans.ts';
import type { TraceSinks } from '../workflows/trace.ts';

export const tracedActivities: ActivityInterceptorsFactory = ({ info }) => ({
  inbound: {
    execute: (input, next) => {
      const parent = contextIn(input.headers[traceHeader]);
      if (parent === null) return next(input);
      const started = trace.getSpanContext(contextIn(input.headers[startTraceHeader]) ?? parent);
      const attributes = {
        'temporal.activity.type': info.activityType,
        'temporal.activity.id': info.activityId,
        'temporal.activity.attempt': info.attempt,
        'temporal.workflow.id': info.workflowExecution?.workflowId ?? '',
        'temporal.run.id': info.workflowExecution?.runId ?? '',
      };
      const elsewhere = started?.traceId === trace.getSpanContext(parent)?.traceId ? undefined : started;
      const links = elsewhere === undefined ? [] : [{ context: elsewhere }];
      return inSpan(`activity ${info.activityType}`, { kind: 'internal', attributes, parent, links }, () =>
        next(input),
      );
    },
  },
});

/** A rollout that somebody else traces says so all the same. */
export const untracedSinks: InjectedSinks<TraceSinks> = {
  trace: { entered: { fn: () => {}, callDuringReplay: false } },
};

/** More rollouts than a worker holds at a time are not remembered. */
const mostRemembered = 5_000;

/** Which trace each rollout belongs to now. */
export class TracedWorkflows {
  private readonly traces = new Map<string, Context>();

  /** Told again at a replay, since it is the next worker that goes on with the rollout. */
  readonly sinks: InjectedSinks<TraceSinks> = {
    trace: {
      entered: {
        fn: ({ workflowId, runId, workflowType, unsafe }, by, carrier) => {
          const parent = contextIn(carrier);
          if (parent === null) return;
          this.remember(workflowId, parent);
          if (unsafe.isReplayingHistoryEvents) return;
          const attributes = { 'temporal.workflow.id': workflowId, 'temporal.run.id': runId };
          beginSpan(`workflow ${workflowType} ${by}`, { kind: 'internal', attributes, parent }).end();
        },
        callDuringReplay: true,
      },
    },
  };

  /** For the log. */
  idsOf(workflowId: string): { trace_id?: string } {
    const { trace_id } = traceIds(this.traces.get(workflowId) ?? contextOf({}));
    return trace_id === undefined ? {} : { trace_id };
  }

  private remember(workflowId: string, of: Context): void {
    this.traces.delete(workflowId);
    this.traces.set(workflowId, of);
    const [oldest] = this.traces.keys();
    if (this.traces.size > mostRemembered && oldest !== undefined) this.traces.delete(oldest);
  }
}

/** Null: there is none, or without an SDK nobody can read it. */
function contextIn(payload: Payload | undefined): Context | null {
  if (payload === undefined) return null;
  const carrier: unknown = defaultPayloadConverter.fromPayload(payload);
  if (typeof carrier !== 'object' || carrier === null) return null;
  const found = contextOf(carrier);
  return trace.getSpanContext(found) === undefined ? null : found;
}
