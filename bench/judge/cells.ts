/**
 * What is measured: every cell is a kind of traffic, and every condition a canary in it, healthy or worse by a factor.
 */
import type { ErrorSetting } from './error-traffic.ts';
import type { LatencySetting } from './latency-traffic.ts';

export type Cell =
  | (ErrorSetting & { readonly kind: 'errors' })
  | (LatencySetting & { readonly kind: 'latency' });

const shapes = ['poisson', 'bursty'] as const;
const rates = [1, 10, 100, 1_000];
const sharesPercent = [1, 5, 25];
const baseErrors = [0.001, 0.01];

export const allCells: readonly Cell[] = [
  ...shapes.flatMap((shape) =>
    baseErrors.flatMap((base) =>
      rates.flatMap((rate) =>
        sharesPercent.map(
          (sharePercent): Cell => ({ kind: 'errors', shape, baseErrors: base, rate, sharePercent }),
        ),
      ),
    ),
  ),
  ...shapes.flatMap((shape) =>
    rates.flatMap((rate) =>
      sharesPercent.map((sharePercent): Cell => ({ kind: 'latency', shape, rate, sharePercent })),
    ),
  ),
  // Instances that differ come last, so that the others keep their places, and with them their random numbers.
  ...(['scattered', 'sick'] as const).flatMap((instances) =>
    baseErrors.flatMap((base) =>
      [100, 1_000].map(
        (rate): Cell => ({
          kind: 'errors',
          shape: 'poisson',
          baseErrors: base,
          rate,
          sharePercent: 25,
          instances,
        }),
      ),
    ),
  ),
];

/** How many times as many errors, or as long a p95, the worse canaries have. */
export const worseFactors: { readonly [K in Cell['kind']]: readonly number[] } = {
  errors: [2, 5, 10, 50],
  latency: [1.2, 1.5, 2],
};

/** What the oracle looks for while the canary is healthy. */
const suspectedWhenHealthy: { readonly [K in Cell['kind']]: number } = { errors: 10, latency: 1.5 };

export function suspectedFactor(cell: Cell, factor: number): number {
  return factor === 1 ? suspectedWhenHealthy[cell.kind] : factor;
}

/** Such as `errors poisson 0.1% 100/s 5%`, `errors sick 1% 100/s 25%` or `latency bursty 10/s 25%`. */
export function idOf(cell: Cell): string {
  const base = cell.kind === 'errors' ? [`${cell.baseErrors * 100}%`] : [];
  const shape = cell.kind === 'errors' ? (cell.instances ?? cell.shape) : cell.shape;
  return [cell.kind, shape, ...base, `${cell.rate}/s`, `${cell.sharePercent}%`].join(' ');
}

/** The cells whose id has every word of at least one of the alternatives, which commas part; empty: all. */
export function cellsMatching(filter: string): readonly Cell[] {
  const alternatives = filter.split(',').map((words) => words.split(' ').filter(Boolean));
  return allCells.filter((cell) => {
    const words = idOf(cell).split(' ');
    return alternatives.some((wanted) => wanted.every((word) => words.includes(word)));
  });
}
