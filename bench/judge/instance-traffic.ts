/**
 * Requests of each instance of both arms, where instances differ from each other: drawn one by one, and added up for
 * the test.
 */
import type { Counts, InstanceSample } from '../../src/domain/analysis/sequential/index.ts';
import { Poisson } from './poisson.ts';
import type { Random } from './random.ts';

/**
 * `scattered`: each instance fails so many times as often as its version, drawn for each rollout (a standard deviation
 * of 0.48 of the mean). `sick`: one instance of the canary fails 20 times as often, whatever its version.
 */
export type Instances = 'scattered' | 'sick';

const instancesOf = { canary: 3, stable: 9 } as const;
const levels = { scattered: [0.4, 0.7, 0.9, 1.2, 1.8], sick: [1, 20] } as const;
const MOST_ERRORS = 0.9;

/** What one arm counted: a place for each sample and instance. */
interface InstanceArm {
  readonly count: number;
  readonly bad: Int32Array;
  readonly total: Int32Array;
}

export interface InstanceTraffic {
  readonly canary: InstanceArm;
  readonly stable: InstanceArm;
}

export function emptyInstanceTraffic(samples: number): InstanceTraffic {
  const arm = (count: number) => ({
    count,
    bad: new Int32Array(samples * count),
    total: new Int32Array(samples * count),
  });
  return { canary: arm(instancesOf.canary), stable: arm(instancesOf.stable) };
}

/** Draws the instances of one arm. */
export class InstanceDraws {
  private readonly kind: Instances;
  private readonly arm: 'canary' | 'stable';
  private readonly byLevel: readonly { readonly good: Poisson; readonly failing: Poisson }[];

  /** `requests` of the whole arm in a sample, of which the share `errors` fails. */
  constructor(kind: Instances, arm: 'canary' | 'stable', requests: number, errors: number) {
    this.kind = kind;
    this.arm = arm;
    const each = requests / instancesOf[arm];
    this.byLevel = levels[kind].map((level) => {
      const bad = Math.min(errors * level, MOST_ERRORS);
      return { good: new Poisson(each * (1 - bad)), failing: new Poisson(each * bad) };
    });
  }

  /** The level of each instance, for one rollout. */
  drawLevels(random: Random): number[] {
    return Array.from({ length: instancesOf[this.arm] }, (_, instance) => {
      if (this.kind === 'sick') return this.arm === 'canary' && instance === 0 ? 1 : 0;
      return Math.floor(random.next() * this.byLevel.length);
    });
  }

  /** Writes one sample of all instances; gives back the sums. */
  draw(of: readonly number[], random: Random, sample: number, into: InstanceArm): Counts {
    let [bad, total] = [0, 0];
    for (const [instance, level] of of.entries()) {
      const failing = this.byLevel[level]?.failing.sample(random) ?? 0;
      const all = failing + (this.byLevel[level]?.good.sample(random) ?? 0);
      into.bad[sample * into.count + instance] = failing;
      into.total[sample * into.count + instance] = all;
      bad += failing;
      total += all;
    }
    return { bad, total };
  }
}

/** The sums of each instance from the start on, as the test is told them. */
export class InstanceSums {
  private readonly traffic: InstanceTraffic;
  private readonly sums: InstanceSample;

  constructor(traffic: InstanceTraffic) {
    this.traffic = traffic;
    const none = (count: number) => Array.from({ length: count }, () => ({ bad: 0, total: 0 }));
    this.sums = { canary: none(traffic.canary.count), stable: none(traffic.stable.count) };
  }

  /** To be called for each sample in turn. */
  upTo(sample: number): InstanceSample {
    for (const name of ['canary', 'stable'] as const) {
      const { count, bad, total } = this.traffic[name];
      for (const [instance, sum] of this.sums[name].entries()) {
        const place = sample * count + instance;
        Object.assign(sum, {
          bad: sum.bad + (bad[place] ?? 0),
          total: sum.total + (total[place] ?? 0),
        });
      }
    }
    return this.sums;
  }
}
