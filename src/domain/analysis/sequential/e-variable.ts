/**
 * How much one look speaks for an alternative against a null hypothesis about two shares: an e-variable for two
 * binomial counts (Turner, Ly, Grünwald: Generic E-variables for exact sequential k-sample tests that allow for
 * optional stopping, 2024; Turner, Grünwald: Exact anytime-valid confidence intervals for contingency tables and
 * beyond, 2023).
 *
 * The null is the half-plane on one side of `canary = ratio × stable + difference`, the alternative (a, b) a point on
 * the other, and (a0, b0) the point of the boundary nearest to it: the least Kullback-Leibler divergence, each arm
 * weighted with its number of requests. Then S = likelihood(a, b) / likelihood(a0, b0) is at most 1 on average
 * everywhere in the null. For E[S] = g(p)^n · h(q)^m, where g and h are linear in the canary's true share p and
 * stable's q; its logarithm is concave in (p, q), it is 0 at (a0, b0), and its slope there is the negative slope of the
 * divergence, which at the nearest point of a convex set points away from the set; so nothing in the null lies above 0.
 * By the same concavity the requests of a look may differ in their chances, as long as the means obey the null; and
 * each look may have other chances than the one before.
 */
import type { CountsSample, Margin } from './types.ts';

/** Shares are kept this far from 0 and 1, so that every logarithm is finite. */
const edge = 1e-9;
/** Halvings of an interval within [0, 1]; what is left is below the resolution of a number. */
const mostSteps = 80;

/** The two shares that are bet on. */
interface Bet {
  readonly canary: number;
  readonly stable: number;
}

export interface Gain {
  /** ln S of the look. */
  readonly log: number;
  /** How much a single bad request of the canary adds to it. */
  readonly perBad: number;
}

/** Of a look that says nothing. */
export const nothing: Gain = { log: 0, perBad: 0 };

/** Where an arm has no requests, nothing is learned. */
export function gainOf({ canary, stable }: CountsSample, bet: Bet, margin: Margin): Gain {
  if (canary.total <= 0 || stable.total <= 0) return nothing;
  const nearest = boundaryNear(bet, margin, canary.total, stable.total);
  const own = gainAgainst(canary.bad, canary.total, bet.canary, limitOf(nearest, margin));
  const other = gainAgainst(stable.bad, stable.total, bet.stable, nearest);
  return { log: own.log + other.log, perBad: own.perBad };
}

/** The same for one arm and a fixed limit of its share: a ratio of two binomial likelihoods. */
export function gainAgainst(bad: number, total: number, bet: number, limit: number): Gain {
  const perBad = Math.log(bet / limit);
  const perGood = Math.log1p(-bet) - Math.log1p(-limit);
  return { log: bad * perBad + (total - bad) * perGood, perBad };
}

/** What the canary's share may be for this share of stable's. */
export function limitOf(stable: number, { ratio, difference }: Margin): number {
  return clamped(ratio * stable + difference);
}

export function clamped(share: number): number {
  return Math.min(1 - edge, Math.max(edge, share));
}

/** Stable's share at the nearest point of the boundary: there the slope of the divergence along it is 0. */
function boundaryNear({ canary: a, stable: b }: Bet, margin: Margin, n: number, m: number): number {
  const { ratio, difference } = margin;
  if (ratio === 1 && difference === 0) return (n * a + m * b) / (n + m);
  const slope = (u: number) => {
    const limit = limitOf(u, margin);
    return (n * ratio * (limit - a)) / (limit * (1 - limit)) + (m * (u - b)) / (u * (1 - u));
  };
  const level = clamped((a - difference) / ratio);
  let low = Math.min(b, level);
  let high = Math.max(b, level);
  for (let step = 0; step < mostSteps && high - low > Number.EPSILON * high; step++) {
    const middle = (low + high) / 2;
    if (slope(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
