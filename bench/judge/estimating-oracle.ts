/** What a test learns that knows all but how often stable fails, and estimates that from the samples before. */
import { gainOf } from '../../src/domain/analysis/sequential/e-variable.ts';
import type { Counts } from '../../src/domain/analysis/sequential/index.ts';

/** It begins with the guess of Sluice's judge: 0.2 % of 20 requests. */
const usual = { failing: 0.04, requests: 20 } as const;

export class RateEstimate {
  private failing: number = usual.failing;
  private expected: number;

  /** `nominal`: how often stable really fails, which serves as the unit only. */
  constructor(nominal: number) {
    this.expected = usual.requests * nominal;
  }

  /** As a multiple of the true rate. */
  get times(): number {
    return this.failing / this.expected;
  }

  /**
   * The gain of the best bet on shares of failing operations, which `shares` gives for multiples of stable's true rate;
   * then learns from the sample, taking the canary to fail `suspected` times as often.
   */
  learn(canary: Counts, stable: Counts, suspected: number, shares: (times: number) => number): number {
    const bet = { canary: shares(suspected * this.times), stable: shares(this.times) };
    const { log } = gainOf({ canary, stable }, bet, { ratio: 1, difference: 0 });
    this.failing += canary.bad + stable.bad;
    this.expected += canary.total * shares(suspected) + stable.total * shares(1);
    return log;
  }
}
