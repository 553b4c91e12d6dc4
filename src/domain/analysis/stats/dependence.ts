/** How much less a series says than as many independent values would, because neighbours are alike. */
import { ranked } from './ranks.ts';

/** Beyond it a series says next to nothing, and the estimate gets wild. */
const mostAlike = 0.9;

/**
 * By what factor the variance of a mean (or a rank sum) exceeds that of independent values: (1 + r) / (1 − r) for a
 * series whose neighbours correlate by r (Bayley and Hammersley 1946), at least 1. The correlation is one of ranks,
 * with the correction of Kendall (1954) for its bias in short series.
 */
export function inflationOf(series: readonly number[]): number {
  const n = series.length;
  if (n < 4) return 1;
  const middle = (n + 1) / 2;
  const off = ranked(series).ranks.map((rank) => rank - middle);
  const spread = off.reduce((sum, one) => sum + one * one, 0);
  if (spread === 0) return 1;
  const together = off.slice(1).reduce((sum, one, at) => sum + one * (off[at] ?? 0), 0);
  const found = together / spread;
  const r = Math.min(mostAlike, found + (1 + 3 * found) / n);
  return Math.max(1, (1 + r) / (1 - r));
}
