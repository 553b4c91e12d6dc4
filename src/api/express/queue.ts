/** Lets a few pieces of work run at a time, in the order in which they came but for those that go first. */

export class Queue {
  private readonly limit: number;
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Runs `work` when it is its turn and tells it how long that took. `first`: ahead of all that wait. */
  async pass<T>(work: (waitedMs: number) => Promise<T>, { first = false } = {}): Promise<T> {
    const askedMs = performance.now();
    if (this.running < this.limit) this.running += 1;
    else {
      await new Promise<void>((resolve) => {
        if (first) this.waiting.unshift(resolve);
        else this.waiting.push(resolve);
      });
    }
    try {
      return await work(performance.now() - askedMs);
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}
