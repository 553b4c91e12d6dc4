/**
 * Simulates latency histograms of both arms, counts per bucket and sample, and what an oracle would learn from each.
 */
import { upperTail } from '../../src/domain/analysis/stats/normal.ts';
import { type Evidence, emptyEvidence, told, type Worth, worthOf } from './evidence.ts';
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

export interface LatencySetting {
  readonly shape: Shape;
  /** Requests per second over both arms, in the long run. */
  readonly rate: number;
  /** The canary's share of the requests, in percent. */
  readonly sharePercent: number;
}

/** Upper bounds in milliseconds: the default buckets of Prometheus' client libraries; the last is open. */
export const bucketBoundsMs = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, Infinity] as const;
export const bucketCount = bucketBoundsMs.length;

/** One run: `bucketCount` places (not cumulated) for each sample. */
export interface LatencyTraffic {
  readonly canary: Int32Array;
  readonly stable: Int32Array;
  /** As for errors, with buckets in the place of failures. */
  readonly evidence: Evidence;
}

/** Healthy latency is log-normal: this median and this spread put p95 at 228 ms and p99 at 320 ms. */
const MEDIAN_MS = 100;
const SIGMA = 0.5;
/** Bursty only: so many requests, in groups, wait for up to a second whatever the version (a pause, a full pool). */
const STALLED = 0.003;
const STALL_BUCKET = bucketBoundsMs.indexOf(1_000);

interface Arm {
  readonly buckets: readonly Poisson[];
  readonly stalls: Poisson | null;
}

export class LatencySimulator {
  private readonly states = new Uint8Array(samplesPerRun);
  private readonly canary: readonly Arm[];
  private readonly stable: readonly Arm[];
  private readonly worth: readonly Worth[];
  private readonly shape: Shape;

  /** The canary takes `factor` times as long as stable at every quantile; the oracle looks for `suspected` times. */
  constructor(setting: LatencySetting, factor: number, suspected: number) {
    this.shape = setting.shape;
    const states = surroundingsOf[setting.shape].map((state) => ({
      requests: setting.rate * state.rateFactor * sampleSeconds,
      scale: state.trouble ? bursty.trouble.latencyFactor : 1,
    }));
    const share = setting.sharePercent / 100;
    this.canary = states.map(({ requests, scale }) => this.arm(requests * share, scale * factor));
    this.stable = states.map(({ requests, scale }) => this.arm(requests * (1 - share), scale));
    this.worth = states.map(({ scale }) =>
      worthOf(bucketShares(scale * suspected), bucketShares(scale), share),
    );
  }

  /** Writes a new run into `into`. */
  run(random: Random, into: LatencyTraffic): void {
    drawStates(this.shape, random, this.states);
    for (let sample = 0; sample < samplesPerRun; sample += 1) {
      const state = this.states[sample] ?? 0;
      const canary = this.canary[state];
      const stable = this.stable[state];
      const worth = this.worth[state];
      if (canary === undefined || stable === undefined || worth === undefined) continue;
      const offset = sample * bucketCount;
      drawBuckets(canary, random, into.canary, offset);
      drawBuckets(stable, random, into.stable, offset);
      into.evidence.known[sample] = told(worth.known, into.canary, offset);
      into.evidence.learnt[sample] =
        told(worth.canary, into.canary, offset) + told(worth.stable, into.stable, offset);
      // Nobody learns anything from stalls, which strike both arms alike.
      drawStalls(canary, random, into.canary, offset);
      drawStalls(stable, random, into.stable, offset);
    }
  }

  private arm(requests: number, scale: number): Arm {
    const stalled = this.shape === 'bursty' ? STALLED : 0;
    return {
      buckets: bucketShares(scale).map((share) => new Poisson(requests * (1 - stalled) * share)),
      stalls: stalled > 0 ? new Poisson((requests * stalled) / bursty.requestsPerFailure) : null,
    };
  }
}

function drawBuckets({ buckets }: Arm, random: Random, into: Int32Array, offset: number): void {
  for (let place = 0; place < bucketCount; place += 1)
    into[offset + place] = buckets[place]?.sample(random) ?? 0;
}

function drawStalls({ stalls }: Arm, random: Random, into: Int32Array, offset: number): void {
  const groups = stalls?.sample(random) ?? 0;
  const place = offset + STALL_BUCKET;
  for (let group = 0; group < groups; group += 1)
    into[place] = (into[place] ?? 0) + 1 + random.failuresBefore(1 / bursty.requestsPerFailure);
}

export function emptyLatencyTraffic(samples = samplesPerRun): LatencyTraffic {
  return {
    canary: new Int32Array(samples * bucketCount),
    stable: new Int32Array(samples * bucketCount),
    evidence: emptyEvidence(samples),
  };
}

/** The share of each bucket, for latencies `scale` times the healthy ones. */
function bucketShares(scale: number): number[] {
  const upTo = bucketBoundsMs.map((bound) =>
    bound === Infinity ? 1 : upperTail(-Math.log(bound / (MEDIAN_MS * scale)) / SIGMA),
  );
  return upTo.map((share, place) => Math.max(share - (upTo[place - 1] ?? 0), 1e-15));
}
