/**
 * Passes on news for which nobody has to hurry: at once while there is little of it, and when much comes at once then
 * one after the other, after the rush, so that the work that it makes is not in the way of what it tells about.
 */

/** So many within that time are few. */
const few = { count: 5, withinMs: 1_000 };
/** The rush is over when nothing came for so long, or has lasted for long enough. */
const lullMs = 300;
const mostMs = 3_000;
const everyMs = 20;

type News = () => void;

export class Surge {
  private readonly held = new Map<object, News>();
  private lately: number[] = [];
  private heldSinceMs = 0;
  private timer: NodeJS.Timeout | undefined;

  /** The latest news of one asker takes the place of what was held for it. */
  pass(asker: object, news: News): void {
    const nowMs = performance.now();
    this.lately = [...this.lately.filter((atMs) => nowMs - atMs < few.withinMs), nowMs];
    if (this.held.size === 0 && this.lately.length <= few.count) {
      news();
      return;
    }
    if (this.held.size === 0) this.heldSinceMs = nowMs;
    this.held.set(asker, news);
    this.nextIn(Math.min(lullMs, this.heldSinceMs + mostMs - nowMs));
  }

  holdsFor(asker: object): boolean {
    return this.held.has(asker);
  }

  drop(asker: object): void {
    this.held.delete(asker);
  }

  private next(): void {
    const [first] = this.held;
    if (first === undefined) return;
    const [asker, news] = first;
    this.held.delete(asker);
    news();
    this.nextIn(everyMs);
  }

  private nextIn(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.next(), Math.max(0, ms));
    this.timer.unref();
  }
}
