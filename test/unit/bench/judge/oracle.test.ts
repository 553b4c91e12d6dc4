import { describe, expect, it } from 'vitest';
import { ErrorSimulator, emptyErrorTraffic } from '../../../../bench/judge/error-traffic.ts';
import { emptyLatencyTraffic, LatencySimulator } from '../../../../bench/judge/latency-traffic.ts';
import { Random } from '../../../../bench/judge/random.ts';
import { comparingOracle, estimatingOracle, oracle } from '../../../../bench/judge/rules/oracle.ts';

const setting = { shape: 'poisson', baseErrors: 0.01, rate: 10, sharePercent: 5 } as const;

describe('the oracle', () => {
  it("needs as many requests as Wald's approximation says", () => {
    const factor = 5;
    const simulator = new ErrorSimulator(setting, factor, factor);
    const traffic = emptyErrorTraffic();
    const runs = 1_000;
    let requests = 0;
    for (let run = 0; run < runs; run += 1) {
      simulator.run(Random.of(8, run), traffic);
      requests += oracle.firesAt(traffic) * 2.5;
    }
    const [p, q] = [0.05, 0.01];
    const perRequest = p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q));
    const wald = Math.log(100) / perRequest;
    // Wald leaves out what lies beyond the line in the end: on average about half of an error's worth, ln 5, and a
    // sample.
    const overshoot = (Math.log(5) / 2 + perRequest * 2.5) / perRequest;
    expect(requests / runs).toBeGreaterThan(wald);
    expect(requests / runs).toBeLessThan(wald + 1.5 * overshoot);
  });

  it('keeps its error probability, on bursty traffic too', () => {
    for (const shape of ['poisson', 'bursty'] as const) {
      const simulator = new ErrorSimulator({ ...setting, shape, rate: 100 }, 1, 5);
      const traffic = emptyErrorTraffic();
      const fired = [0, 0, 0];
      for (let run = 0; run < 2_000; run += 1) {
        simulator.run(Random.of(12, run), traffic);
        for (const [place, rule] of [oracle, comparingOracle, estimatingOracle].entries())
          if (rule.firesAt(traffic) > 0) fired[place] = (fired[place] ?? 0) + 1;
      }
      for (const count of fired) {
        // At most 1 % by Ville's inequality: 20, and 4 standard errors.
        expect(count).toBeLessThan(20 + 4 * Math.sqrt(20));
        expect(count).toBeGreaterThan(0);
      }
    }
  });

  it('needs more time when it may not take the rate of stable for granted, least with a small canary', () => {
    const meanOf = (rule: typeof oracle, sharePercent: number) => {
      const simulator = new ErrorSimulator({ ...setting, rate: 500 / sharePercent, sharePercent }, 5, 5);
      const traffic = emptyErrorTraffic();
      let sum = 0;
      for (let run = 0; run < 300; run += 1) {
        simulator.run(Random.of(15, run), traffic);
        sum += rule.firesAt(traffic);
      }
      return sum / 300;
    };
    const price = (sharePercent: number) =>
      meanOf(comparingOracle, sharePercent) / meanOf(oracle, sharePercent);
    expect(price(1)).toBeGreaterThan(1);
    expect(price(1)).toBeLessThan(1.1);
    // By the divergences at 25 %: KL(5 %, 1 %) / (KL(5 %, 2 %) + 3 KL(1 %, 2 %)) = 1.61, less what lies beyond the
    // line.
    expect(price(25)).toBeGreaterThan(1.3);
    expect(price(25)).toBeLessThan(1.7);
  });

  it('knows slow canaries by their buckets', () => {
    const traffic = emptyLatencyTraffic();
    const sick = new LatencySimulator({ shape: 'bursty', rate: 100, sharePercent: 5 }, 1.5, 1.5);
    sick.run(Random.of(1), traffic);
    expect(oracle.firesAt(traffic)).toBeGreaterThan(0);
    expect(oracle.firesAt(traffic)).toBeLessThan(24);
    const healthy = new LatencySimulator({ shape: 'bursty', rate: 100, sharePercent: 5 }, 1, 1.5);
    healthy.run(Random.of(1), traffic);
    expect(oracle.firesAt(traffic)).toBe(0);
  });
});
