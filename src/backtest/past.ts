/** A metrics source as it was at a time: whatever is asked as of now is asked as of then. */
import type { Clock } from '../activities/deps.ts';
import type { MetricsProvider } from '../providers/metrics/types.ts';

/** Time stands still until somebody sets it. */
export class PastClock implements Clock {
  nowMs: number;

  constructor(nowMs: number) {
    this.nowMs = nowMs;
  }

  now(): number {
    return this.nowMs;
  }

  async sleep(ms: number): Promise<void> {
    this.nowMs += ms;
  }
}

/** Closing it does nothing: the provider belongs to somebody else. */
export function asOf(clock: Clock, provider: MetricsProvider): MetricsProvider {
  return {
    instant: (query, options = {}) =>
      provider.instant(query, { ...options, atMs: options.atMs ?? clock.now() }),
    range: (query, options) => provider.range(query, options),
    counters: (selector, options) => provider.counters(selector, options),
    async close() {},
  };
}
