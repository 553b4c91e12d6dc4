/** Lets what is less urgent wait until nothing urgent is under way. */
import { setTimeout as sleep } from 'node:timers/promises';

export class Calm {
  /** How many urgent ones are under way. */
  underWay = 0;
  private waiting: (() => void)[] = [];

  async during<T>(urgent: () => Promise<T>): Promise<T> {
    this.underWay += 1;
    try {
      return await urgent();
    } finally {
      this.underWay -= 1;
      if (this.underWay === 0) this.wakeAll();
    }
  }

  /** Resolves when nothing urgent is under way, but after `maxMs` at the latest. */
  async wait(maxMs: number): Promise<void> {
    if (this.underWay === 0) return;
    const over = new AbortController();
    const late = sleep(maxMs, undefined, { signal: over.signal }).catch(() => {});
    await Promise.race([new Promise<void>((resolve) => this.waiting.push(resolve)), late]);
    over.abort();
  }

  private wakeAll(): void {
    const woken = this.waiting;
    this.waiting = [];
    for (const wake of woken) wake();
  }
}
