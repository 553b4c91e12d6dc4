/** The exact distribution of Mann and Whitney's U for two samples without ties. */

/** Index u holds the chance that U = u when both samples come from one distribution; there are m·n + 1 of them. */
export type RankSumDistribution = readonly number[];

/**
 * Mann and Whitney's own recursion (1947): the greatest of all values belongs to the first sample with the chance
 * m / (m + n), and then beats all n of the second.
 */
export function rankSumDistribution(m: number, n: number): RankSumDistribution {
  let row: number[][] = Array.from({ length: n + 1 }, () => [1]);
  for (let first = 1; first <= m; first++) {
    const next: number[][] = [[1]];
    for (let second = 1; second <= n; second++) {
      next.push(joined(row[second] ?? [], next[second - 1] ?? [], first, second));
    }
    row = next;
  }
  return row[n] ?? [];
}

/** The chance of at most `u`. */
export function atMost(distribution: RankSumDistribution, u: number): number {
  let sum = 0;
  for (let at = 0; at <= Math.min(u, distribution.length - 1); at++) sum += distribution[at] ?? 0;
  return Math.min(1, sum);
}

/** The smallest u for which U is at most u with the chance `p` or more. */
export function quantileOf(distribution: RankSumDistribution, p: number): number {
  let sum = 0;
  for (const [u, chance] of distribution.entries()) {
    sum += chance;
    if (sum >= p) return u;
  }
  return distribution.length - 1;
}

function joined(
  withoutFirst: readonly number[],
  withoutSecond: readonly number[],
  first: number,
  second: number,
): number[] {
  const share = first / (first + second);
  return Array.from(
    { length: first * second + 1 },
    (_, u) => share * (withoutFirst[u - second] ?? 0) + (1 - share) * (withoutSecond[u] ?? 0),
  );
}
