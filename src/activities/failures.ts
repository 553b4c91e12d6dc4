/** Turns errors of the catalogue into what Temporal understands: one failure type, retryable or not. */
import { ApplicationFailure } from '@temporalio/common';
import { SluiceError } from '../domain/errors.ts';

/** Runs an activity's body; only `ApplicationFailure` leaves it. */
export async function translated<T>(body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    throw failureFrom(error);
  }
}

function failureFrom(error: unknown): unknown {
  if (!(error instanceof SluiceError)) return error;
  return ApplicationFailure.create({
    message: `${error.message} ${error.advice}`,
    type: error.code,
    nonRetryable: !error.retryable,
  });
}

export function isFenced(error: unknown): boolean {
  return error instanceof SluiceError && error.code === 'traffic-fenced';
}
