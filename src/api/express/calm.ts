/** Lets what is less urgent wait until nothing urgent is under way. */

/** Where so many came without a rest between them, more are to be expected after a moment without any. */
const storm = 5;
/** How long that moment is, for what is still on its way in: the more came, the more may. */
const settleMs = { least: 50, each: 2, most: 1000 };
/** However many others have to follow, nobody waits longer for them. */
const mostFollowedMs = 5_000;

export class Calm {
  /** How many urgent ones are under way. */
  underWay = 0;
  /** How often so many came that others had to wait until it was calm again. */
  storms = 0;
  /** By then somebody else has followed what was done in a storm. */
  private followedAtMs = 0;
  private sinceRest = 0;
  private settling: NodeJS.Timeout | null = null;
  private readonly waiting = new Set<() => void>();
  private readonly pausing = new Set<() => void>();

  async during<T>(urgent: () => Promise<T>): Promise<T> {
    this.underWay += 1;
    this.sinceRest += 1;
    if (this.sinceRest === storm) this.storms += 1;
    this.stopSettling();
    try {
      return await urgent();
    } finally {
      this.underWay -= 1;
      if (this.underWay === 0) {
        wakeAll(this.pausing);
        this.settle();
      }
    }
  }

  /** Somebody else needs about so long to follow what was done just now; one after the other. */
  follows(ms: number): void {
    const nowMs = performance.now();
    this.followedAtMs = Math.min(Math.max(this.followedAtMs, nowMs) + ms, nowMs + mostFollowedMs);
  }

  /**
   * Resolves when nothing urgent is under way, to be followed or to be expected, but after `maxMs` more at the latest.
   */
  async wait(maxMs: number): Promise<void> {
    if (this.underWay === 0 && this.settling === null) return;
    await wokenFrom(this.waiting, maxMs + this.followedInMs);
  }

  /** Resolves when nothing urgent is under way at the moment, but after `maxMs` at the latest. */
  async pause(maxMs: number): Promise<void> {
    if (this.underWay > 0) await wokenFrom(this.pausing, maxMs);
  }

  private get followedInMs(): number {
    return Math.max(0, this.followedAtMs - performance.now());
  }

  private settle(): void {
    if (this.sinceRest < storm) this.rest();
    else
      this.settling = setTimeout(() => this.rest(), Math.max(momentAfter(this.sinceRest), this.followedInMs));
  }

  private rest(): void {
    this.stopSettling();
    this.sinceRest = 0;
    wakeAll(this.waiting);
  }

  private stopSettling(): void {
    if (this.settling !== null) clearTimeout(this.settling);
    this.settling = null;
  }
}

/** In a storm there are very many of these, so each is as cheap as can be. */
function wokenFrom(sleepers: Set<() => void>, maxMs: number): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(late);
      sleepers.delete(wake);
      resolve();
    };
    const late = setTimeout(wake, maxMs);
    sleepers.add(wake);
  });
}

function wakeAll(sleepers: ReadonlySet<() => void>): void {
  for (const wake of [...sleepers]) wake();
}

function momentAfter(count: number): number {
  return Math.min(settleMs.most, Math.max(settleMs.least, count * settleMs.each));
}
