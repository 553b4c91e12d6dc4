import { describe, expect, it } from 'vitest';
import { ErrorSimulator, emptyErrorTraffic } from '../../../../bench/judge/error-traffic.ts';
import { emptyLatencyTraffic, LatencySimulator } from '../../../../bench/judge/latency-traffic.ts';
import { Random } from '../../../../bench/judge/random.ts';
import { oracle } from '../../../../bench/judge/rules/oracle.ts';

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
    // Wald leaves out what lies beyond the line in the end: on average about half of an error's worth, ln 5, and a sample.
    const overshoot = (Math.log(5) / 2 + perRequest * 2.5) / perRequest;
    expect(requests / runs).toBeGreaterThan(wald);
    expect(requests / runs).toBeLessThan(wald + 1.5 * overshoot);
  });

  it('keeps its error probability, on bursty traffic too', () => {
    for (const shape of ['poisson', 'bursty'] as const) {
      const simulator = new ErrorSimulator({ ...setting, shape, rate: 100 }, 1, 5);
      const traffic = emptyErrorTraffic();
      let fired = 0;
      for (let run = 0; run < 2_000; run += 1) {
        simulator.run(Random.of(12, run), traffic);
        if (oracle.firesAt(traffic) > 0) fired += 1;
      }
      // At most 1 % by Ville's inequality: 20, and 4 standard errors.
      expect(fired).toBeLessThan(20 + 4 * Math.sqrt(20));
      expect(fired).toBeGreaterThan(0);
    }
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
