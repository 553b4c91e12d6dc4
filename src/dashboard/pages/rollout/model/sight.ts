/** As of when the view of a rollout is known to be true, which is what its heartbeat's age goes by. Pure. */
import type { Followed, StreamLost } from '../../../../client/index.ts';

/** Times by this browser's clock. */
export interface Sight {
  /** Null: nothing was seen yet. */
  readonly asOfMs: number | null;
  /** The latest sign while the API sees the rollout; null: it does not. */
  readonly heardAtMs: number | null;
}

export const sightless: Sight = { asOfMs: null, heardAtMs: null };

/**
 * A mere sign of life makes true only what stood before it: one that comes first after a silence may come before the
 * API, or the connection, has looked again.
 */
export function sightAfter(
  known: Sight,
  { kind, atMs }: Pick<Exclude<Followed, StreamLost>, 'kind' | 'atMs'>,
): Sight {
  if (kind === 'view') return { asOfMs: atMs, heardAtMs: atMs };
  if (kind === 'trouble') return { ...known, heardAtMs: null };
  return known.heardAtMs === null ? known : { asOfMs: known.heardAtMs, heardAtMs: atMs };
}
