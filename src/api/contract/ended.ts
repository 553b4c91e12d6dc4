/** When a rollout is over; apart from the schemas, so that a browser need not load them. */

/** As Temporal calls them. */
const endings = ['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT'];

/** Whether nothing more will happen to the rollout, well or badly. */
export function hasEnded({ temporalStatus }: { readonly temporalStatus: string }): boolean {
  return endings.includes(temporalStatus);
}
