/**
 * Poisson numbers of one mean by inversion of the whole distribution, with a guide table: exact to 2^-53, and quick for
 * any mean.
 */
import type { Random } from './random.ts';

/** Probabilities below this are less than the resolution of a random number. */
const NEGLIGIBLE = 2 ** -60;

export class Poisson {
  private readonly first: number;
  /** P(X <= first + place). */
  private readonly cumulated: Float64Array;
  /** Where the search for a random number of each slice of [0, 1) begins (Chen and Asau 1974). */
  private readonly guide: Int32Array;

  /** `mean` is at least 0. */
  constructor(mean: number) {
    const { first, weights } = weightsAround(mean);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    this.first = first;
    this.cumulated = new Float64Array(weights.length);
    this.guide = new Int32Array(weights.length);
    let sum = 0;
    for (const [place, weight] of weights.entries()) {
      sum += weight / total;
      this.cumulated[place] = sum;
    }
    // The last step takes what rounding has left over.
    this.cumulated[weights.length - 1] = 1;
    let place = 0;
    for (let slice = 0; slice < weights.length; slice += 1) {
      while ((this.cumulated[place] ?? 1) <= slice / weights.length) place += 1;
      this.guide[slice] = place;
    }
  }

  sample(random: Random): number {
    const uniform = random.next();
    let place = this.guide[Math.floor(uniform * this.guide.length)] ?? 0;
    while ((this.cumulated[place] ?? 1) <= uniform) place += 1;
    return this.first + place;
  }
}

/**
 * The probabilities, up to a factor, of every value that can come about; from the mode outwards, so that nothing
 * overflows.
 */
function weightsAround(mean: number): { first: number; weights: number[] } {
  const mode = Math.floor(mean);
  const below: number[] = [];
  for (let value = mode, weight = 1; value > 0; value -= 1) {
    weight *= value / mean;
    if (weight < NEGLIGIBLE) break;
    below.push(weight);
  }
  const above: number[] = [];
  for (let value = mode + 1, weight = mean / value; weight >= NEGLIGIBLE; weight *= mean / value) {
    above.push(weight);
    value += 1;
  }
  return { first: mode - below.length, weights: [...below.reverse(), 1, ...above] };
}
