/**
 * Hands traces on: what follows upon a start or a command belongs to the trace of the request that made it. Headers are
 * copied and nothing else, so that a history replays the same with and without them.
 */
import type { Headers, Payload } from '@temporalio/common';
import { proxySinks, type Sinks, type WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { startTraceHeader, traceHeader } from '../domain/trace.ts';

export interface TraceSinks extends Sinks {
  /** Whoever called belongs to this trace, and so does what the workflow does from now on. */
  trace: { entered(by: string, carrier: Payload): void };
}

const { trace } = proxySinks<TraceSinks>();

export const interceptors: WorkflowInterceptorsFactory = () => {
  let started: Payload | undefined;
  let current: Payload | undefined;
  const enter = (by: string, headers: Headers): void => {
    const carrier = headers[traceHeader];
    if (carrier === undefined) return;
    started ??= headers[startTraceHeader] ?? carrier;
    current = carrier;
    trace.entered(by, carrier);
  };
  const carried = <I extends { readonly headers: Headers }>(input: I): I => {
    if (current === undefined || started === undefined) return input;
    return { ...input, headers: { ...input.headers, [traceHeader]: current, [startTraceHeader]: started } };
  };
  // None of them is async: a further turn of the loop could change the order of what comes.
  return {
    inbound: [
      {
        execute: (input, next) => {
          enter('start', input.headers);
          return next(input);
        },
        handleSignal: (input, next) => {
          enter(input.signalName, input.headers);
          return next(input);
        },
        handleUpdate: (input, next) => {
          enter(input.name, input.headers);
          return next(input);
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => next(carried(input)),
        startChildWorkflowExecution: (input, next) => next(carried(input)),
        signalWorkflow: (input, next) => next(carried(input)),
        continueAsNew: (input, next) => next(carried(input)),
      },
    ],
  };
};
