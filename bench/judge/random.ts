/**
 * Seeded random numbers, xoshiro128** 1.1 (Blackman and Vigna, prng.di.unimi.it): quick, and long enough for a bench's
 * 10^9 draws.
 */

const GOLDEN = 0x9e3779b9;
const HALF = 2 ** 27;
const WHOLE = 2 ** 53;

export class Random {
  private s0: number;
  private s1: number;
  private s2: number;
  private s3: number;

  /** At least one of the four 32-bit words of state must not be 0. */
  constructor(state: readonly [number, number, number, number]) {
    [this.s0, this.s1, this.s2, this.s3] = state;
  }

  /** A sequence of its own for each list of whole numbers, so that a run is the same whatever ran before it. */
  static of(...keys: readonly number[]): Random {
    let hash = GOLDEN;
    for (const key of keys) hash = mix((hash ^ mix(key + GOLDEN)) + GOLDEN);
    const word = (place: number) => mix(hash + Math.imul(place, GOLDEN));
    return new Random([word(1), word(2), word(3), word(4) | 1]);
  }

  /** A whole number from 0 to below 2^32. */
  nextUint32(): number {
    const product = Math.imul(this.s1, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = this.s1 << 9;
    this.s2 ^= this.s0;
    this.s3 ^= this.s1;
    this.s1 ^= this.s2;
    this.s0 ^= this.s3;
    this.s2 ^= shifted;
    this.s3 = (this.s3 << 11) | (this.s3 >>> 21);
    return result;
  }

  /** In [0, 1), with 53 bits. */
  next(): number {
    const high = this.nextUint32() >>> 6;
    return (high * HALF + (this.nextUint32() >>> 5)) / WHOLE;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** How many tries fail before one succeeds, each with the same chance; its mean is (1 - success) / success. */
  failuresBefore(success: number): number {
    return success >= 1 ? 0 : Math.floor(Math.log(1 - this.next()) / Math.log1p(-success));
  }
}

/** MurmurHash3's finaliser: every bit of the key touches every bit of the result. */
function mix(key: number): number {
  let hash = key | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
