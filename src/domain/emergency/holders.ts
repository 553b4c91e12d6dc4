/** Who holds a stop of everything behind a data plane: people, by the emergency stop, or open emergencies. */

/** Of `POST /v1/emergency-stop`. Emergencies hold theirs by the id of their workflow. */
export const byHand = 'emergency-stop';

/** Why what was to be released stays stopped, and what to do. */
export function heldBy(holders: readonly string[]): string {
  const named = holders.map((holder) =>
    holder === byHand
      ? 'an emergency stop (POST /v1/emergency-stop/release)'
      : `the emergency "${holder.replace('emergency/', '')}"`,
  );
  return `it is still held by ${named.join(' and ')}; release that as well`;
}
