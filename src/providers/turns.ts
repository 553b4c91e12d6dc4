/** Lets a few pieces of work run at a time; the urgent overtake the others in the queue. */

interface Waiting {
  readonly urgent: boolean;
  start(): void;
}

export class Turns {
  private readonly limit: number;
  private running = 0;
  private queue: Waiting[] = [];

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Those that run, and those that wait. */
  get underWay(): number {
    return this.running + this.queue.length;
  }

  /** Resolves with true when it is this caller's turn, with false when `signal` aborts first. Then call `done` once. */
  async take(urgent: boolean, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    if (this.running < this.limit) {
      this.running += 1;
      return true;
    }
    return await new Promise((resolve) => {
      const waiting: Waiting = {
        urgent,
        start: () => {
          signal.removeEventListener('abort', leave);
          resolve(true);
        },
      };
      const leave = () => {
        this.queue = this.queue.filter((one) => one !== waiting);
        resolve(false);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.queue.push(waiting);
    });
  }

  done(): void {
    const next = this.queue.find(({ urgent }) => urgent) ?? this.queue[0];
    if (next === undefined) {
      this.running -= 1;
      return;
    }
    this.queue = this.queue.filter((one) => one !== next);
    next.start();
  }
}
