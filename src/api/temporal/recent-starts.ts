/** Targets whose rollouts were begun from here lately: lists may not have them yet, and no stop is to miss them. */
import type { TargetId } from '../../domain/plan/types.ts';

/** Far longer than visibility lags behind. */
const rememberedMs = 30_000;

export class RecentStarts {
  /** The one that began last is the last. */
  private readonly at = new Map<TargetId, number>();
  private readonly now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  /** To be said before Temporal is asked to begin it, since nobody may be left to say so after. */
  begins(target: TargetId): void {
    this.at.delete(target);
    this.at.set(target, this.now());
    this.forget();
  }

  targets(): TargetId[] {
    this.forget();
    return [...this.at.keys()];
  }

  private forget(): void {
    for (const [oldest, atMs] of this.at) {
      if (this.now() - atMs < rememberedMs) break;
      this.at.delete(oldest);
    }
  }
}
