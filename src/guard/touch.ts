/**
 * Whether the API server was within reach without a break. What was not heard while it was away, or while this process
 * stood still, proves nothing: renewals could not be made, or not be seen.
 */

/** A longer break between two answers counts. It is several times what lies between two questions. */
export const breakMs = 3_000;

export class Touch {
  private lastMs: number | null = null;

  /** The server has answered. Returns how long it had been out of touch; 0: it was not. */
  answered(nowMs: number): number {
    const sinceMs = this.lastMs === null ? 0 : nowMs - this.lastMs;
    this.lastMs = nowMs;
    return sinceMs > breakMs ? sinceMs : 0;
  }

  /** Steady milliseconds of the last answer; null: there was none. */
  get answeredAtMs(): number | null {
    return this.lastMs;
  }

  holds(nowMs: number): boolean {
    return this.lastMs !== null && nowMs - this.lastMs <= breakMs;
  }
}
