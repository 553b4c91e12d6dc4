/**
 * When a client changed something last: a replica of the API that has not heard of it may give for some seconds what
 * was before, unless it is asked for what is now.
 */

/** Longer than anything is given that has been asked for before. */
const recentMs = 10_000;

class OwnChanges {
  private atMs = Number.NEGATIVE_INFINITY;

  took(): void {
    this.atMs = performance.now();
  }

  get isRecent(): boolean {
    return performance.now() - this.atMs < recentMs;
  }
}

const known = new WeakMap<object, OwnChanges>();

/** Of the client with these settings. */
export function changesOf(settings: object): OwnChanges {
  const changes = known.get(settings) ?? new OwnChanges();
  known.set(settings, changes);
  return changes;
}
