/** Lets a few pieces of work run at a time, in the order in which they came. */

export class Queue {
  private readonly limit: number;
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.limit = limit;
  }

  /** How many wait for their turn. */
  get length(): number {
    return this.waiting.length;
  }

  /** Runs `work` when it is its turn and tells it how long that took. */
  async pass<T>(work: (waitedMs: number) => Promise<T>): Promise<T> {
    const askedMs = performance.now();
    if (this.running < this.limit) this.running += 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work(performance.now() - askedMs);
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}
