/** Ranks with ties, and middles of sorted numbers: what the rank tests share. */

interface Ranked {
  /** Rank of each value in the order given, from 1; equal values share the mean of their ranks. */
  readonly ranks: readonly number[];
  /** Sum of t³ − t over the groups of t equal values; 0 without ties. */
  readonly tieSum: number;
}

export function ranked(values: readonly number[]): Ranked {
  const order = values.map((value, at) => ({ value, at })).sort((a, b) => a.value - b.value);
  const ranks = new Array<number>(values.length).fill(0);
  let tieSum = 0;
  for (let from = 0; from < order.length; ) {
    const value = order[from]?.value;
    let to = from + 1;
    while (to < order.length && order[to]?.value === value) to++;
    const ties = to - from;
    tieSum += ties ** 3 - ties;
    // Ranks from + 1 to `to`.
    for (const { at } of order.slice(from, to)) ranks[at] = (from + 1 + to) / 2;
    from = to;
  }
  return { ranks, tieSum };
}

export function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

/** The middle of a sorted list, or the mean of the two middle ones; NaN for an empty list. */
export function medianOfSorted(list: readonly number[]): number {
  const middle = list.length >> 1;
  const upper = list[middle] ?? Number.NaN;
  if (list.length % 2 === 1) return upper;
  // Halved first, so that the sum of huge values stays finite.
  return (list[middle - 1] ?? Number.NaN) / 2 + upper / 2;
}

/** A difference that stays finite for huge values, so that no median of differences is NaN. */
export function difference(a: number, b: number): number {
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, a - b));
}
