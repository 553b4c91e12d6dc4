/** Lets what is less urgent wait until nothing urgent is under way. */
import { setTimeout as sleep } from 'node:timers/promises';

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
  private waiting: (() => void)[] = [];

  async during<T>(urgent: () => Promise<T>): Promise<T> {
    this.underWay += 1;
    this.sinceRest += 1;
    if (this.sinceRest === storm) this.storms += 1;
    this.stopSettling();
    try {
      return await urgent();
    } finally {
      this.underWay -= 1;
      if (this.underWay === 0) this.settle();
    }
  }

  /** Somebody else needs about so long to follow what was done just now; one after the other. */
  follows(ms: number): void {
    const nowMs = performance.now();
    this.followedAtMs = Math.min(Math.max(this.followedAtMs, nowMs) + ms, nowMs + mostFollowedMs);
  }

  /** Resolves when nothing urgent is under way, to be followed or to be expected, but after `maxMs` more at the latest. */
  async wait(maxMs: number): Promise<void> {
    if (this.underWay === 0 && this.settling === null) return;
    const over = new AbortController();
    const late = sleep(maxMs + this.followedInMs, undefined, { signal: over.signal }).catch(() => {});
    await Promise.race([new Promise<void>((resolve) => this.waiting.push(resolve)), late]);
    over.abort();
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
    const woken = this.waiting;
    this.waiting = [];
    for (const wake of woken) wake();
  }

  private stopSettling(): void {
    if (this.settling !== null) clearTimeout(this.settling);
    this.settling = null;
  }
}

function momentAfter(count: number): number {
  return Math.min(settleMs.most, Math.max(settleMs.least, count * settleMs.each));
}
