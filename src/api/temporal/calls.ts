/** Calls to Temporal with a deadline each; what goes wrong becomes an error of the catalogue. */
import {
  type Client,
  isGrpcDeadlineError,
  isGrpcServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { messageOf, SluiceError } from '../../domain/errors.ts';
import { NoAnswer } from '../../providers/limit.ts';
import { lacksNamespace } from '../../worker/not-found.ts';
import type { ServerClock } from './server-clock.ts';

/** Ordinary calls are answered in milliseconds; whatever takes longer is an outage. */
export const callTimeoutMs = 5000;
/** Updates and queries need a worker; nobody should wait long for one that is away. */
export const workerTimeoutMs = 2000;

export interface TemporalDeps {
  readonly client: Client;
  /** For messages to people. */
  readonly address: string;
  /** Where people find Temporal's own UI. Default: nowhere. */
  readonly uiUrl?: string | null;
  /** By which Temporal's times have an age. Default: by this machine's, which may be apart from Temporal's. */
  readonly clock?: ServerClock;
}

/** Throws what Temporal's client throws; for callers that decide by the kind of the error. */
export async function within<T>(client: Client, timeoutMs: number, call: () => Promise<T>): Promise<T> {
  return await client.withDeadline(Date.now() + timeoutMs, call);
}

/** Throws `rollout-not-found` and `temporal-unavailable`. */
export async function ask<T>(
  deps: TemporalDeps,
  call: () => Promise<T>,
  timeoutMs = callTimeoutMs,
): Promise<T> {
  try {
    return await within(deps.client, timeoutMs, call);
  } catch (error) {
    throw translated(deps, error);
  }
}

export function translated(deps: TemporalDeps, error: unknown): unknown {
  if (error instanceof SluiceError) return error;
  if (error instanceof WorkflowNotFoundError) {
    return new SluiceError('rollout-not-found', 'There is no such rollout.', { cause: error });
  }
  if (lacksNamespace(error)) {
    const { namespace } = deps.client.options;
    return unavailable(deps, `it has no namespace ${namespace}`, error);
  }
  if (timedOut(error)) return unavailable(deps, 'it gave no answer in time', error);
  const details = grpcDetailsOf(error);
  return details === null ? error : unavailable(deps, details, error);
}

function unavailable(deps: TemporalDeps, why: string, cause: unknown): SluiceError {
  return new SluiceError(
    'temporal-unavailable',
    `Temporal at ${deps.address} could not serve the call: ${why}.`,
    {
      cause,
    },
  );
}

export function timedOut(error: unknown): boolean {
  return (
    error instanceof WorkflowUpdateRPCTimeoutOrCancelledError ||
    error instanceof NoAnswer ||
    isGrpcDeadlineError(error)
  );
}

/** What the server or the connection said; null: the error is of another kind, such as a bug of ours. */
function grpcDetailsOf(error: unknown): string | null {
  const grpc = error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : error;
  if (isGrpcServiceError(grpc)) return grpc.details || messageOf(grpc);
  return null;
}
