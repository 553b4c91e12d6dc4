/** What Temporal says is not there: a workflow or the whole namespace, for which its code is the same. */
import type { ServiceError } from '@grpc/grpc-js';
import { isGrpcServiceError } from '@temporalio/client';
import { NamespaceNotFoundError } from '@temporalio/common';
import protos from '@temporalio/proto';

const grpcNotFound = 5;

/** No such workflow. Never of a namespace that is not there, where nobody can say which workflows there are. */
export function isMissing(error: unknown): error is ServiceError {
  return isGrpcServiceError(error) && error.code === grpcNotFound && !lacksNamespace(error);
}

export function lacksNamespace(error: unknown): boolean {
  if (error instanceof NamespaceNotFoundError) return true;
  if (!isGrpcServiceError(error) || error.code !== grpcNotFound) return false;
  // The server tells the two apart in the details.
  const [sent] = error.metadata.get('grpc-status-details-bin');
  if (!Buffer.isBuffer(sent)) return false;
  const { details } = protos.google.rpc.Status.decode(sent);
  return details.some(({ type_url: type }) => type?.endsWith('.NamespaceNotFoundFailure') === true);
}
