/**
 * The time that one call to the data plane may take; each call has its own, so that a slow one takes none from the
 * next.
 */

const callTimeoutMs = 2_000;

export function callSignal(): AbortSignal {
  return AbortSignal.timeout(callTimeoutMs);
}
