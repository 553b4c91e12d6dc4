/**
 * The Mann-Whitney test with a confidence interval of the shift, as R's wilcox.test(conf.int = TRUE, exact = FALSE)
 * and Kayenta's MannWhitney make it: normal approximation, correction for continuity and for ties.
 */

interface Shift {
  /** Hodges and Lehmann's estimate of how much greater the first series is. */
  readonly estimate: number;
  /** Lower end of its confidence interval. */
  readonly lower: number;
}

/** Halvings until the place of a step is known to the resolution of a double. */
const HALVINGS = 52;

/** Both series ascending and not empty; `z` is the normal quantile of the interval's upper tail. */
export function shiftOf(first: Float64Array, second: Float64Array, z: number): Shift {
  const low = (first[0] ?? 0) - (second[second.length - 1] ?? 0);
  const high = (first[first.length - 1] ?? 0) - (second[0] ?? 0);
  const lastAbove = (bound: number, correction: number) => {
    let [from, to] = [low, high];
    for (let halving = 0; halving < HALVINGS; halving += 1) {
      const middle = (from + to) / 2;
      if (statistic(first, second, middle, correction) >= bound) from = middle;
      else to = middle;
    }
    // A step at 0, where ties lie, is at 0 and not at what halving left of it.
    return Math.abs(from) <= (high - low) * 1e-12 ? 0 : from;
  };
  return { estimate: lastAbove(0, 0), lower: lastAbove(z, 0.5) };
}

/** Whether the lower end of the interval lies above 0, which is quick to tell. */
export function isGreater(first: Float64Array, second: Float64Array, z: number): boolean {
  return statistic(first, second, 0, 0.5) >= z;
}

/** How many standard deviations the pairs in which `first - shift` is greater outnumber the others. */
function statistic(first: Float64Array, second: Float64Array, shift: number, correction: number): number {
  const [n, m] = [first.length, second.length];
  let [i, j, greater, ties] = [0, 0, 0, 0];
  // Both are ascending, so one merge meets every group of equal values.
  while (i < n || j < m) {
    const left = i < n ? (first[i] ?? 0) - shift : Number.POSITIVE_INFINITY;
    const right = j < m ? (second[j] ?? 0) : Number.POSITIVE_INFINITY;
    const value = Math.min(left, right);
    const [fromI, fromJ] = [i, j];
    while (i < n && (first[i] ?? 0) - shift === value) i += 1;
    while (j < m && second[j] === value) j += 1;
    const equal = i - fromI + (j - fromJ);
    greater += (i - fromI) * (fromJ + (j - fromJ) / 2);
    ties += equal ** 3 - equal;
  }
  const all = n + m;
  const centred = greater - (n * m) / 2;
  const sigma = Math.sqrt(((n * m) / 12) * (all + 1 - ties / (all * (all - 1))));
  if (sigma === 0) return 0;
  return (centred - Math.sign(centred) * correction) / sigma;
}
