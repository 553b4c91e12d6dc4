/** What a cluster refuses, in the words of the error catalogue. */
import { type ErrorCode, SluiceError } from '../../../domain/errors.ts';
import { KubeError, type KubeProblem } from '../../kube/errors.ts';

const codes: Readonly<Record<KubeProblem, ErrorCode>> = {
  'not-found': 'workload-config',
  exists: 'workload-unavailable',
  conflict: 'workload-unavailable',
  forbidden: 'cluster-forbidden',
  invalid: 'workload-config',
  gone: 'workload-unavailable',
  unavailable: 'workload-unavailable',
};

/** Runs a call of the provider. Errors: `SluiceError` only, and what a caller's signal aborts with. */
export async function translated<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await work();
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof KubeError)) throw error;
    throw new SluiceError(codes[error.problem], `The cluster would not ${error.message}.`, { cause: error });
  }
}

export function unready(message: string): SluiceError {
  return new SluiceError('workload-unready', message);
}

export function misfit(message: string): SluiceError {
  return new SluiceError('workload-config', message);
}
