/** Why a request came to nothing, in words. */

/** fetch says only "fetch failed"; what happened is in its cause, and for several addresses one level deeper. */
export function networkCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.errors.length > 0) return networkCause(error.errors[0]);
  return error.cause === undefined ? error.message : networkCause(error.cause);
}
