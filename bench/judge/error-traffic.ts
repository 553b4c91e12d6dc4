/** Simulates requests and errors of both arms, one count per sample, and what an oracle would learn from each. */
import { RateEstimate } from './estimating-oracle.ts';
import { type Evidence, emptyEvidence, told, type Worth, worthOf } from './evidence.ts';
import {
  emptyInstanceTraffic,
  InstanceDraws,
  type Instances,
  type InstanceTraffic,
} from './instance-traffic.ts';
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
  /** How instances differ; left out: they do not, and nobody tells them apart. */
  readonly instances?: Instances;
}

/** One run: a place for each sample. */
export interface ErrorTraffic {
  readonly canaryTotal: Int32Array;
  readonly canaryBad: Int32Array;
  readonly stableTotal: Int32Array;
  readonly stableBad: Int32Array;
  readonly instances: InstanceTraffic | null;
  readonly evidence: Evidence;
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
  private readonly worth: readonly Worth[];
  /** Failing and good ones of the sample that is being drawn. */
  private readonly canaryOperations = new Int32Array(2);
  private readonly stableOperations = new Int32Array(2);
  private readonly setting: ErrorSetting;
  private readonly requestsPerFailure: number;
  private readonly suspected: number;
  private readonly errors: readonly number[];
  private readonly byInstance: { readonly canary: InstanceDraws; readonly stable: InstanceDraws } | null;

  /** The canary fails `factor` times as often as stable (1: healthy); the oracle looks for `suspected` times. */
  constructor(setting: ErrorSetting, factor: number, suspected: number) {
    this.setting = setting;
    this.requestsPerFailure = setting.shape === 'bursty' ? bursty.requestsPerFailure : 1;
    const states = surroundingsOf[setting.shape].map((state) => ({
      requests: setting.rate * state.rateFactor * sampleSeconds,
      errors: setting.baseErrors * (state.trouble ? bursty.trouble.errorFactor : 1),
    }));
    this.suspected = suspected;
    this.errors = states.map(({ errors }) => errors);
    const share = setting.sharePercent / 100;
    this.byInstance = instanceDraws(setting, factor);
    this.canary = states.map(({ requests, errors }) => this.arm(requests * share, errors * factor));
    this.stable = states.map(({ requests, errors }) => this.arm(requests * (1 - share), errors));
    this.worth = states.map(({ errors }) =>
      worthOf(this.operations(errors * suspected), this.operations(errors), share),
    );
  }

  /** Writes a new run into `into`. */
  run(random: Random, into: ErrorTraffic): void {
    if (this.byInstance !== null) {
      this.runInstances(this.byInstance, random, into);
      return;
    }
    drawStates(this.setting.shape, random, this.states);
    const rate = this.newEstimate();
    for (let sample = 0; sample < samplesPerRun; sample += 1) {
      const state = this.states[sample] ?? 0;
      const canary = this.canary[state];
      const stable = this.stable[state];
      const worth = this.worth[state];
      if (canary === undefined || stable === undefined || worth === undefined) continue;
      const bad = this.draw(canary, random, this.canaryOperations);
      const stableBad = this.draw(stable, random, this.stableOperations);
      into.canaryTotal[sample] = bad + (this.canaryOperations[1] ?? 0);
      into.canaryBad[sample] = bad;
      into.stableTotal[sample] = stableBad + (this.stableOperations[1] ?? 0);
      into.stableBad[sample] = stableBad;
      into.evidence.known[sample] = told(worth.known, this.canaryOperations);
      into.evidence.learnt[sample] =
        told(worth.canary, this.canaryOperations) + told(worth.stable, this.stableOperations);
      into.evidence.estimated[sample] = this.estimatedBy(rate, state);
    }
  }

  private newEstimate(): RateEstimate {
    return new RateEstimate(this.operations(this.setting.baseErrors)[0]);
  }

  /** What the operations that were just drawn tell. */
  private estimatedBy(rate: RateEstimate, state: number): number {
    const errors = this.errors[state] ?? 0;
    const counts = ([bad = 0, good = 0]: Int32Array) => ({ bad, total: bad + good });
    return rate.learn(
      counts(this.canaryOperations),
      counts(this.stableOperations),
      this.suspected,
      (times) => this.operations(errors * times)[0],
    );
  }

  private runInstances(
    { canary, stable }: { readonly canary: InstanceDraws; readonly stable: InstanceDraws },
    random: Random,
    into: ErrorTraffic,
  ): void {
    const { instances, evidence } = into;
    const [worth] = this.worth;
    if (instances === null || worth === undefined) throw new Error('there is no room for instances');
    const rate = this.newEstimate();
    const [own, others] = [canary.drawLevels(random), stable.drawLevels(random)];
    for (let sample = 0; sample < samplesPerRun; sample += 1) {
      const one = canary.draw(own, random, sample, instances.canary);
      const other = stable.draw(others, random, sample, instances.stable);
      into.canaryTotal[sample] = one.total;
      into.canaryBad[sample] = one.bad;
      into.stableTotal[sample] = other.total;
      into.stableBad[sample] = other.bad;
      this.canaryOperations.set([one.bad, one.total - one.bad]);
      this.stableOperations.set([other.bad, other.total - other.bad]);
      evidence.known[sample] = told(worth.known, this.canaryOperations);
      evidence.learnt[sample] =
        told(worth.canary, this.canaryOperations) + told(worth.stable, this.stableOperations);
      evidence.estimated[sample] = this.estimatedBy(rate, 0);
    }
  }

  /** Draws the failing and the good operations of an arm; gives back the failed requests. */
  private draw(arm: Arm, random: Random, operations: Int32Array): number {
    const failing = arm.failing.sample(random);
    operations[0] = failing;
    operations[1] = arm.good.sample(random);
    return this.requestsOf(failing, random);
  }

  private arm(requests: number, errors: number): Arm {
    const bad = Math.min(errors, MOST_ERRORS);
    return {
      good: new Poisson(requests * (1 - bad)),
      failing: new Poisson((requests * bad) / this.requestsPerFailure),
    };
  }

  /** The shares of operations, retries not counted, that fail and that do not when this share of requests fails. */
  private operations(errors: number): readonly [number, number] {
    const bad = Math.min(errors, MOST_ERRORS);
    const failing = bad / this.requestsPerFailure;
    const all = failing + 1 - bad;
    return [failing / all, (1 - bad) / all];
  }

  /** Every operation that fails makes one failed request and those of its retries. */
  private requestsOf(failing: number, random: Random): number {
    if (this.requestsPerFailure === 1) return failing;
    let requests = failing;
    for (let one = 0; one < failing; one += 1) requests += random.failuresBefore(1 / this.requestsPerFailure);
    return requests;
  }
}

function instanceDraws({ instances, rate, sharePercent, baseErrors }: ErrorSetting, factor: number) {
  if (instances === undefined) return null;
  const requests = rate * sampleSeconds;
  const share = sharePercent / 100;
  return {
    canary: new InstanceDraws(instances, 'canary', requests * share, baseErrors * factor),
    stable: new InstanceDraws(instances, 'stable', requests * (1 - share), baseErrors),
  };
}

/** With room for instances where the setting has some. */
export function emptyErrorTraffic(
  samples = samplesPerRun,
  { instances }: Pick<ErrorSetting, 'instances'> = {},
): ErrorTraffic {
  return {
    instances: instances === undefined ? null : emptyInstanceTraffic(samples),
    canaryTotal: new Int32Array(samples),
    canaryBad: new Int32Array(samples),
    stableTotal: new Int32Array(samples),
    stableBad: new Int32Array(samples),
    evidence: emptyEvidence(samples),
  };
}
