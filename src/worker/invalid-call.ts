/** What Temporal says of a call that makes no sense to it, as of a filter by an attribute that it does not know. */
import { isGrpcServiceError } from '@temporalio/client';

const invalidArgument = 3;

export function isInvalidCall(error: unknown): boolean {
  if (isGrpcServiceError(error)) return Number(error.code) === invalidArgument;
  return error instanceof Error && error.cause !== undefined && isInvalidCall(error.cause);
}
