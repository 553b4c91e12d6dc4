/** What a sample tells those who know the rates: the evidence of the two lower bounds. */

/** Log-likelihood ratios, a place for each sample. */
export interface Evidence {
  /** Of the canary alone: sick, or as healthy as stable, whose rates are known. */
  readonly known: Float64Array;
  /**
   * Of both arms: a sick canary beside stable, or both alike, whatever they are. Of all bets on this alternative that
   * are safe whatever the common rates are, it grows fastest (Turner, Ly, Grünwald 2024).
   */
  readonly learnt: Float64Array;
  /** The same, with stable's rate as the samples before tell it; of errors only. */
  readonly estimated: Float64Array;
}

/** What one request tells, by the kind that it is of: failed or good, or a bucket of latency. */
export interface Worth {
  readonly known: Float64Array;
  readonly canary: Float64Array;
  readonly stable: Float64Array;
}

export function emptyEvidence(samples: number): Evidence {
  const one = () => new Float64Array(samples);
  return { known: one(), learnt: one(), estimated: one() };
}

/** From the shares of each kind on a sick canary and on a healthy one, and the canary's share of all requests. */
export function worthOf(sick: readonly number[], healthy: readonly number[], canaryShare: number): Worth {
  const ratio = (one: number, other: number) => Math.log(one / other);
  const both = sick.map((share, kind) => canaryShare * share + (1 - canaryShare) * (healthy[kind] ?? 0));
  return {
    known: Float64Array.from(sick, (share, kind) => ratio(share, healthy[kind] ?? 0)),
    canary: Float64Array.from(sick, (share, kind) => ratio(share, both[kind] ?? 0)),
    stable: Float64Array.from(healthy, (share, kind) => ratio(share, both[kind] ?? 0)),
  };
}

/** The sum over all kinds of `counts` from `offset` on. */
export function told(worth: Float64Array, counts: Int32Array, offset = 0): number {
  let sum = 0;
  for (let kind = 0; kind < worth.length; kind += 1) {
    const count = counts[offset + kind] ?? 0;
    if (count > 0) sum += count * (worth[kind] ?? 0);
  }
  return sum;
}
