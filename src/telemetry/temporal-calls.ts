/** Starts, signals and updates of workflows, as part of the trace that is under way. */
import type { Headers, WorkflowClientInterceptor } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { traceHeader } from '../domain/trace.ts';
import { carrierOf, inSpan, isTraced } from './spans.ts';

/** What nobody traces goes its way untouched, such as what a process does by itself. */
export const tracedCalls = {
  start: (input, next) => traced(`start ${input.workflowType}`, input.options.workflowId, input, next),
  startWithDetails: (input, next) =>
    traced(`start ${input.workflowType}`, input.options.workflowId, input, next),
  signal: (input, next) =>
    traced(`signal ${input.signalName}`, input.workflowExecution.workflowId, input, next),
  signalWithStart: (input, next) =>
    traced(`signal ${input.signalName}`, input.options.workflowId, input, next),
  startUpdate: (input, next) =>
    traced(`update ${input.updateName}`, input.workflowExecution.workflowId, input, next),
} satisfies WorkflowClientInterceptor;

async function traced<I extends { readonly headers: Headers }, T>(
  name: string,
  workflowId: string,
  input: I,
  next: (input: I) => Promise<T>,
): Promise<T> {
  if (!isTraced()) return await next(input);
  const options = { kind: 'client', attributes: { 'temporal.workflow.id': workflowId } } as const;
  return await inSpan(name, options, () => {
    const carrier = defaultPayloadConverter.toPayload(carrierOf());
    return next({ ...input, headers: { ...input.headers, [traceHeader]: carrier } });
  });
}
