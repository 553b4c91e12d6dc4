/**
 * How much one look speaks for an alternative against a null hypothesis about two shares: an e-variable for two
 * binomial counts (Turner, Ly, Grünwald: Generic E-variables for exact sequential k-sample tests that allow for
 * optional stopping, 2024; Turner, Grünwald: Exact anytime-valid confidence intervals for contingency tables and
 * beyond, 2023).
 *
 * The null is a half-plane bounded by `canary = ratio × stable + difference`, the alternative (a, b) a point outside,
 * and (a0, b0) the point of the boundary with the least Kullback-Leibler divergence from it, each arm weighted with
 * its number of requests. Then S = likelihood(a, b) / likelihood(a0, b0) is at most 1 on average under every point of
 * the null: E[S] = g(p)^n · h(q)^m, where g and h are linear in the canary's true share p and stable's q. Its logarithm is
 * concave in (p, q), it is 0 at (a0, b0), and its slope there is that of the divergence, downwards, which at the nearest
 * point of a convex set points away from the set. So nothing in the null lies above 0. By the same concavity the
 * requests of a look may differ in their chances, as long as the mean chances obey the null; and each look may have
 * other chances than the one before.
 */
import type { CountsSample, Margin } from './types.ts';

/** Shares are kept this far from 0 and 1, so that every logarithm is finite. */
const edge = 1e-9;
const mostSteps = 80;

/** The two shares that are bet on. */
export interface Alternative {
  readonly canary: number;
  readonly stable: number;
}

/** ln S of one look. 0 when an arm has no requests: then nothing is learned. */
export function logEVariable({ canary, stable }: CountsSample, bet: Alternative, margin: Margin): number {
  if (canary.total <= 0 || stable.total <= 0) return 0;
  const nearest = boundaryNear(bet, margin, canary.total, stable.total);
  const limit = limitOf(nearest, margin);
  return (
    logRatio(canary.bad, canary.total, bet.canary, limit) +
    logRatio(stable.bad, stable.total, bet.stable, nearest)
  );
}

/** ln S of one arm against a fixed limit of its share. */
export function logAgainst(bad: number, total: number, bet: number, limit: number): number {
  return total <= 0 ? 0 : logRatio(bad, total, clamped(bet), clamped(limit));
}

export function clamped(share: number): number {
  return Math.min(1 - edge, Math.max(edge, share));
}

/** What the canary's share may be for this share of stable's. */
export function limitOf(stable: number, { ratio, difference }: Margin): number {
  return clamped(ratio * stable + difference);
}

/** Stable's share at the nearest point of the boundary: where the slope of the divergence along it is 0. */
function boundaryNear({ canary: a, stable: b }: Alternative, margin: Margin, n: number, m: number): number {
  const { ratio, difference } = margin;
  const slope = (u: number) => {
    const limit = ratio * u + difference;
    return (n * ratio * (limit - a)) / (limit * (1 - limit)) + (m * (u - b)) / (u * (1 - u));
  };
  const level = (a - difference) / ratio;
  let low = Math.max(edge / 2, Math.min(b, level));
  let high = Math.max(low, Math.min(1 - edge / 2, Math.max(b, level)));
  if (ratio === 1 && difference === 0) return (n * a + m * b) / (n + m);
  for (let step = 0; step < mostSteps && high - low > 1e-15 * high; step++) {
    const middle = (low + high) / 2;
    if (slope(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function logRatio(bad: number, total: number, bet: number, limit: number): number {
  return bad * Math.log(bet / limit) + (total - bad) * (Math.log1p(-bet) - Math.log1p(-limit));
}
