/**
 * Budgets that refill with time, one for each key: what is used up is refused, and nobody is refused for what others
 * use.
 */

export interface Budget {
  /** What may be kept up for ever. */
  readonly perSecond: number;
  /** What may come at once, after a pause. */
  readonly burst: number;
}

export interface Taken {
  readonly ok: boolean;
  /** Left after this one. */
  readonly left: number;
  /** Until there is one more. */
  readonly waitSeconds: number;
  /** Until all of it is there again. */
  readonly fullSeconds: number;
}

/** More keys than anybody has; beyond them the one that was used longest ago begins anew. */
const mostKeys = 10_000;

export class Buckets {
  readonly budget: Budget;
  private readonly nowMs: () => number;
  private readonly levels = new Map<string, { readonly left: number; readonly atMs: number }>();

  constructor(budget: Budget, nowMs: () => number = () => performance.now()) {
    this.budget = budget;
    this.nowMs = nowMs;
  }

  take(key: string): Taken {
    const { perSecond, burst } = this.budget;
    const atMs = this.nowMs();
    const before = this.levels.get(key) ?? { left: burst, atMs };
    const refilled = Math.min(burst, before.left + ((atMs - before.atMs) / 1000) * perSecond);
    const ok = refilled >= 1;
    const left = ok ? refilled - 1 : refilled;
    this.keep(key, { left, atMs });
    return {
      ok,
      left: Math.floor(left),
      waitSeconds: Math.max(1, Math.ceil((1 - left) / perSecond)),
      fullSeconds: Math.ceil((burst - left) / perSecond),
    };
  }

  /** A map keeps the order in which keys came, so the first is the one used longest ago. */
  private keep(key: string, level: { left: number; atMs: number }): void {
    this.levels.delete(key);
    const [oldest] = this.levels.keys();
    if (this.levels.size >= mostKeys && oldest !== undefined) this.levels.delete(oldest);
    this.levels.set(key, level);
  }
}
