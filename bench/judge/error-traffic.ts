/** Simulates requests and errors of both arms, one count per sample, and what an oracle would learn from each. */
import { Poisson } from './poisson.ts';
import type { Random } from './random.ts';
import {
  bursty,
  drawStates,
  type Shape,
  sampleSeconds,
  samplesPerRun,
  surroundingsOf,
} from './surroundings.ts';

export interface ErrorSetting {
  readonly shape: Shape;
  /** Share of requests that fail on stable, outside of troubles. */
  readonly baseErrors: number;
  /** Requests per second over both arms, in the long run. */
  readonly rate: number;
  /** The canary's share of the requests, in percent. */
  readonly sharePercent: number;
}

/** One run: a place for each sample. */
export interface ErrorTraffic {
  readonly canaryTotal: Int32Array;
  readonly canaryBad: Int32Array;
  readonly stableTotal: Int32Array;
  readonly stableBad: Int32Array;
  /** Log-likelihood ratio of the canary's operations: a canary that is `suspected` times as bad against a healthy one. */
  readonly evidence: Float64Array;
}

/** No share of failing requests is above this, whatever the factors. */
const MOST_ERRORS = 0.9;

/** One arm in one state: good requests and failing operations come independently (thinning of a Poisson process). */
interface Arm {
  readonly good: Poisson;
  readonly failing: Poisson;
}

export class ErrorSimulator {
  private readonly states = new Uint8Array(samplesPerRun);
  private readonly canary: readonly Arm[];
  private readonly stable: readonly Arm[];
  private readonly perFailure: Float64Array;
  private readonly perSuccess: Float64Array;
  private readonly setting: ErrorSetting;
  private readonly requestsPerFailure: number;

  /** The canary fails `factor` times as often as stable (1: healthy); the oracle looks for `suspected` times. */
  constructor(setting: ErrorSetting, factor: number, suspected: number) {
    this.setting = setting;
    this.requestsPerFailure = setting.shape === 'bursty' ? bursty.requestsPerFailure : 1;
    const states = surroundingsOf[setting.shape].map((state) => ({
      requests: setting.rate * state.rateFactor * sampleSeconds,
      errors: setting.baseErrors * (state.trouble ? bursty.trouble.errorFactor : 1),
    }));
    const share = setting.sharePercent / 100;
    this.canary = states.map(({ requests, errors }) => this.arm(requests * share, errors * factor));
    this.stable = states.map(({ requests, errors }) => this.arm(requests * (1 - share), errors));
    const odds = states.map(
      ({ errors }) => [this.failing(errors * suspected), this.failing(errors)] as const,
    );
    this.perFailure = Float64Array.from(odds, ([sick, healthy]) => Math.log(sick / healthy));
    this.perSuccess = Float64Array.from(odds, ([sick, healthy]) => Math.log((1 - sick) / (1 - healthy)));
  }

  /** Writes a new run into `into`. */
  run(random: Random, into: ErrorTraffic): void {
    drawStates(this.setting.shape, random, this.states);
    for (let sample = 0; sample < samplesPerRun; sample += 1) {
      const state = this.states[sample] ?? 0;
      const canary = this.canary[state];
      const stable = this.stable[state];
      if (canary === undefined || stable === undefined) continue;
      const good = canary.good.sample(random);
      const failing = canary.failing.sample(random);
      const bad = this.requestsOf(failing, random);
      into.canaryTotal[sample] = good + bad;
      into.canaryBad[sample] = bad;
      const stableBad = this.requestsOf(stable.failing.sample(random), random);
      into.stableTotal[sample] = stable.good.sample(random) + stableBad;
      into.stableBad[sample] = stableBad;
      into.evidence[sample] = failing * (this.perFailure[state] ?? 0) + good * (this.perSuccess[state] ?? 0);
    }
  }

  private arm(requests: number, errors: number): Arm {
    const bad = Math.min(errors, MOST_ERRORS);
    return {
      good: new Poisson(requests * (1 - bad)),
      failing: new Poisson((requests * bad) / this.requestsPerFailure),
    };
  }

  /** The share of operations, retries not counted, that fail when this share of requests does. */
  private failing(errors: number): number {
    const bad = Math.min(errors, MOST_ERRORS);
    const operations = bad / this.requestsPerFailure;
    return operations / (operations + 1 - bad);
  }

  /** Every operation that fails makes one failed request and those of its retries. */
  private requestsOf(failing: number, random: Random): number {
    if (this.requestsPerFailure === 1) return failing;
    let requests = failing;
    for (let one = 0; one < failing; one += 1) requests += random.failuresBefore(1 / this.requestsPerFailure);
    return requests;
  }
}

export function emptyErrorTraffic(samples = samplesPerRun): ErrorTraffic {
  return {
    canaryTotal: new Int32Array(samples),
    canaryBad: new Int32Array(samples),
    stableTotal: new Int32Array(samples),
    stableBad: new Int32Array(samples),
    evidence: new Float64Array(samples),
  };
}
