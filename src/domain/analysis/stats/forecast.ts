/** When a trend will cross a limit: at the earliest, at best guess, and at the latest. */
import type { Trend } from './theil-sen.ts';

export interface Forecast {
  /** Time from `at` until the line crosses the limit, in the trend's unit of time; 0: it has; null: it never will. */
  readonly likely: number | null;
  /** The same by the steeper end of the slope's interval. */
  readonly earliest: number | null;
  /** The same by the flatter end. Null: the data do not show that the limit will be crossed at all. */
  readonly latest: number | null;
}

/** `worse` says from which side the limit is crossed. All three lines go through the trend's middle. */
export function forecast(trend: Trend, limit: number, worse: 'higher' | 'lower', at: number): Forecast {
  const until = (slope: number) => crossing(trend, slope, limit, worse, at);
  const [flat, steep] = worse === 'higher' ? [trend.low, trend.high] : [trend.high, trend.low];
  return { likely: until(trend.slope), earliest: until(steep), latest: until(flat) };
}

function crossing(
  { middleAt, middleValue }: Trend,
  slope: number,
  limit: number,
  worse: 'higher' | 'lower',
  at: number,
): number | null {
  const now = middleValue + slope * (at - middleAt);
  const left = worse === 'higher' ? limit - now : now - limit;
  const speed = worse === 'higher' ? slope : -slope;
  if (left <= 0) return 0;
  if (speed <= 0) return null;
  const time = left / speed;
  return Number.isFinite(time) ? time : null;
}
