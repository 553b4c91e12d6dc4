/** By how much counters grew in a time, from their raw samples: exact, never extrapolated, split wherever one likes. */

/** Raw samples of one series, epoch milliseconds and value, oldest first. */
export type CounterPoints = readonly (readonly [number, number])[];

/**
 * The sum over all series of what was counted in samples taken after `fromMs` and up to `toMs`. What lies between two
 * samples counts when the second is taken, however many scrapes went missing between them. A counter that falls was
 * started anew, so it counts from 0. One that appears counts from 0 as well, but only if `watched`: else nobody knows
 * whether it is new or the first that was ever seen of an old one.
 */
export function increaseIn(
  series: readonly CounterPoints[],
  fromMs: number,
  toMs: number,
  watched: boolean,
): number {
  return series.reduce((sum, points) => sum + increaseOfOne(points, fromMs, toMs, watched), 0);
}

/** Whether any of the series was seen at or before a time. */
export function seenBy(series: readonly CounterPoints[], atMs: number): boolean {
  return series.some((points) => points.some(([takenMs, value]) => takenMs <= atMs && isCount(value)));
}

function increaseOfOne(points: CounterPoints, fromMs: number, toMs: number, watched: boolean): number {
  let sum = 0;
  let before: number | null = null;
  for (const [takenMs, value] of points) {
    if (takenMs > toMs || !isCount(value)) continue;
    if (takenMs > fromMs) sum += before === null ? (watched ? value : 0) : grown(before, value);
    before = value;
  }
  return sum;
}

function grown(before: number, after: number): number {
  return after >= before ? after - before : after;
}

/** A stale marker or a broken exporter says nothing. */
function isCount(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}
