/** What a cluster refuses, in the words of the error catalogue. */
import { type ErrorCode, SluiceError } from '../../../domain/errors.ts';
import { KubeError, type KubeProblem } from '../../kube/errors.ts';

const codes: Readonly<Record<KubeProblem, ErrorCode>> = {
  'not-found': 'traffic-unready',
  exists: 'traffic-unavailable',
  conflict: 'traffic-unavailable',
  forbidden: 'cluster-forbidden',
  invalid: 'traffic-unready',
  gone: 'traffic-unavailable',
  unavailable: 'traffic-unavailable',
};

/** Runs a call of a traffic provider. Errors: `SluiceError` only. */
export async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    throw new SluiceError(codes[error.problem], `The cluster would not ${error.message}.`, { cause: error });
  }
}
