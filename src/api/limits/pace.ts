/** Lets work begin at a rate: a few at once, then one after the other. Who is too early waits. */

export class Pace {
  private readonly stepMs: number;
  private readonly leadMs: number;
  private nextMs = 0;

  /** `atOnce`: so many begin without a wait after a rest. */
  constructor({ perSecond, atOnce }: { readonly perSecond: number; readonly atOnce: number }) {
    this.stepMs = 1000 / perSecond;
    this.leadMs = this.stepMs * (atOnce - 1);
  }

  /** Resolves when it is its turn; turns are in the order of the calls. */
  async turn(): Promise<void> {
    const nowMs = performance.now();
    const turnMs = Math.max(this.nextMs, nowMs);
    this.nextMs = turnMs + this.stepMs;
    const waitMs = turnMs - this.leadMs - nowMs;
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}
