import { describe, expect, it } from 'vitest';
import { cellsMatching } from '../../../../bench/judge/cells.ts';
import {
  ErrorSimulator,
  type ErrorTraffic,
  emptyErrorTraffic,
} from '../../../../bench/judge/error-traffic.ts';
import { bucketCount, emptyLatencyTraffic } from '../../../../bench/judge/latency-traffic.ts';
import { Random } from '../../../../bench/judge/random.ts';
import { argoErrors, argoSettings } from '../../../../bench/judge/rules/argo.ts';
import { flaggerErrors, flaggerLatency } from '../../../../bench/judge/rules/flagger.ts';
import { kayentaErrors, kayentaLatency } from '../../../../bench/judge/rules/kayenta.ts';
import { latencyBounds, sluiceErrors } from '../../../../bench/judge/rules/sluice.ts';

const [argoOnce, argoThree, argoMinute] = argoSettings.map(argoErrors);

/** 100 requests an arm and sample, with so many bad ones. */
function traffic(
  canaryBad: (sample: number) => number,
  stableBad: (sample: number) => number = () => 0,
): ErrorTraffic {
  const made = emptyErrorTraffic();
  made.canaryTotal.fill(100);
  made.stableTotal.fill(100);
  made.canaryBad.set(made.canaryBad.map((_, sample) => canaryBad(sample)));
  made.stableBad.set(made.stableBad.map((_, sample) => stableBad(sample)));
  return made;
}

describe("Flagger's rule", () => {
  it('counts a minute with less than 99 % success as a failed check', () => {
    expect(flaggerErrors(1).firesAt(traffic(() => 2))).toBe(12);
    expect(flaggerErrors(5).firesAt(traffic(() => 2))).toBe(60);
    expect(flaggerErrors(1).firesAt(traffic(() => 1))).toBe(0);
  });

  it('counts failed checks in all: passes take none back', () => {
    const eachThirdMinute = (sample: number) => (Math.floor(sample / 12) % 3 === 2 ? 5 : 0);
    expect(flaggerErrors(5).firesAt(traffic(eachThirdMinute))).toBe(15 * 12);
    expect(flaggerErrors(10).firesAt(traffic(eachThirdMinute))).toBe(30 * 12);
  });

  it('counts a minute without requests as a failed check', () => {
    const silent = traffic(() => 0);
    silent.canaryTotal.fill(0);
    expect(flaggerErrors(1).firesAt(silent)).toBe(12);
  });

  it('asks for a p99 of at most 500 ms', () => {
    const slow = emptyLatencyTraffic();
    slow.canary.forEach((_, at) => {
      if (at % bucketCount === 5) slow.canary[at] = 98;
      if (at % bucketCount === 7) slow.canary[at] = 2;
    });
    expect(flaggerLatency(1).firesAt(slow)).toBe(12);
    expect(flaggerLatency(5).firesAt(slow)).toBe(60);
    slow.canary.forEach((_, at) => {
      if (at % bucketCount === 7) slow.canary[at] = 0;
    });
    expect(flaggerLatency(1).firesAt(slow)).toBe(0);
  });
});

describe("Argo's rule", () => {
  it('fails at the first measurement of less than 95 % success over its five minutes', () => {
    expect(argoOnce?.firesAt(traffic(() => 6))).toBe(60);
    expect(argoOnce?.firesAt(traffic((sample) => (sample >= 60 ? 6 : 0)))).toBe(120);
    expect(argoOnce?.firesAt(traffic(() => 5))).toBe(0);
  });

  it('stands three failed measurements with failureLimit 3', () => {
    expect(argoThree?.firesAt(traffic(() => 6))).toBe(240);
    expect(argoThree?.firesAt(traffic((sample) => (sample < 180 ? 6 : 0)))).toBe(0);
  });

  it('has succeeded after `count` measurements', () => {
    expect(argoMinute?.firesAt(traffic(() => 6))).toBe(12);
    expect(argoMinute?.firesAt(traffic((sample) => (sample < 60 ? 0 : 100)))).toBe(0);
  });

  it('takes nothing from a measurement without requests', () => {
    const silent = traffic(() => 0);
    silent.canaryTotal.fill(0);
    expect(argoOnce?.firesAt(silent)).toBe(0);
  });
});

describe("Kayenta's rule", () => {
  const spread = (sample: number) => 1 + (sample % 7);

  it('fails a canary whose whole series is higher, at its judgement', () => {
    const worse = traffic((sample) => spread(sample) + 5, spread);
    expect(kayentaErrors('growing').firesAt(worse)).toBe(50);
    expect(kayentaErrors('once').firesAt(worse)).toBe(360);
  });

  it('passes equal series, a better canary, and one that is worse by less than it can tell', () => {
    const growing = kayentaErrors('growing');
    expect(growing.firesAt(traffic(spread, spread))).toBe(0);
    expect(growing.firesAt(traffic(spread, (sample) => spread(sample) + 5))).toBe(0);
    // Nine samples in ten are without errors on both arms, so the shift of the series is 0.
    expect(
      growing.firesAt(
        traffic(
          (sample) => (sample % 10 === 0 ? 9 : 0),
          () => 0,
        ),
      ),
    ).toBe(0);
  });

  it('says nothing with fewer than 50 points', () => {
    const few = traffic((sample) => spread(sample) + 5, spread);
    few.canaryTotal.forEach((_, sample) => {
      if (sample % 8 !== 0) few.canaryTotal[sample] = 0;
    });
    few.canaryBad.forEach((_, sample) => {
      if (sample % 8 !== 0) few.canaryBad[sample] = 0;
    });
    expect(kayentaErrors('once').firesAt(few)).toBe(0);
  });

  it('compares the series of p95 for latency', () => {
    const slow = emptyLatencyTraffic();
    slow.stable.forEach((_, at) => {
      if (at % bucketCount === 4) slow.stable[at] = 80 + ((at / bucketCount) % 5);
      if (at % bucketCount === 5) slow.stable[at] = 10;
      if (at % bucketCount === 5) slow.canary[at] = 80 + ((at / bucketCount) % 5);
      if (at % bucketCount === 6) slow.canary[at] = 10;
    });
    expect(kayentaLatency('growing').firesAt(slow)).toBe(50);
  });
});

describe("Sluice's rule", () => {
  it('calls those requests slow that the product would: above the bounds near the p95 of a healthy stable', () => {
    expect(latencyBounds.bound).toBe(250);
    expect(latencyBounds.others.map(({ bound }) => bound)).toEqual([100]);
  });

  it('goes by what instances tell', () => {
    const [cell] = cellsMatching('errors sick 1% 100/s 25%');
    if (cell?.kind !== 'errors') throw new Error('the cell is gone');
    const simulator = new ErrorSimulator(cell, 1, 10);
    const sick = emptyErrorTraffic(undefined, cell);
    simulator.run(Random.of(1), sick);
    expect(sluiceErrors.firesAt(sick)).toBe(0);
    expect(sluiceErrors.firesAt({ ...sick, instances: null })).toBeGreaterThan(0);
  });

  it('fires on a canary that is worse, and on neither an equal nor a better one', () => {
    const often = (sample: number) => 2 + (sample % 3);
    const never = () => 0;
    expect(sluiceErrors.firesAt(traffic((sample) => often(sample) + 20, often))).toBeGreaterThan(0);
    expect(sluiceErrors.firesAt(traffic(often, often))).toBe(0);
    expect(sluiceErrors.firesAt(traffic(never, often))).toBe(0);
  });
});
