/** The shape of a check that compares counters by the sequential test, of what it reads, and of what it keeps. */
import type { InstanceReading, Instances } from './instances.ts';
import type { Counts, CountsSample, Guard, Margin, SequentialState } from './sequential/types.ts';
import type { CheckBase } from './types.ts';

/** Counts of two arms: the canary's share of bad requests must be no higher than stable's by more than a margin. */
export interface CountsCheck extends CheckBase {
  readonly kind: 'counts';
  readonly counters: CounterQueries;
  /** Fewer requests of the canary since the stage began are no data; so are fewer of stable, where it is compared. */
  readonly minSamples: number;
  readonly margin: Margin;
  readonly guard: Guard | null;
  /** Which share verdicts show as the values of the arms, %. */
  readonly shows: 'bad' | 'good';
  /** The stage may end early once the canary is surely no worse than this; null: it soaks to its end. */
  readonly enough: Margin | null;
  /** This check's and this stage's part of the chance that the rollout takes back a good canary. */
  readonly alpha: number;
  /** The chance of error below which it is taken back without asking; above it, people are asked. */
  readonly rollbackAlpha: number;
}

/**
 * Where the counts come from; templates as in queries. Without `{{window}}` each is a selector of counters, whose raw
 * samples are read; with it, an expression that counts what happened in that time.
 */
export interface CounterQueries {
  /** Requests of one kind. */
  readonly part: string;
  readonly partIs: 'bad' | 'good';
  /** All requests. */
  readonly total: string;
  /** Where the latency that counts as slow is taken from, once a stage; `{{bound}}` in `part` stands for it. */
  readonly boundFrom?: BoundSource;
  /** Both are selectors of native histograms then, of which the part is what is slower than this. */
  readonly slowerThan?: number;
}

/** Stable's own latencies from before the first count: what is chosen by them is not judged by them. */
export interface BoundSource {
  /** Query of one arm's histogram in `{{window}}`: series by `le`, or one native histogram. */
  readonly histogram: string;
  /** The counters are native histograms themselves, without buckets by `le`. */
  readonly native?: true;
  /** Of stable's latencies, near which the bound is chosen: 0.95. */
  readonly quantile: number;
  /**
   * `share`: of requests slower than the bound. `mean`: of latencies up to the bound, each counted as its part of it;
   * then `part` and `total` are not asked.
   */
  readonly judges: 'share' | 'mean';
}

/** What both arms counted, from where the last look left off. */
export type CountsReading =
  | {
      readonly kind: 'counts';
      /** Since the anchor that the look was asked for. */
      readonly since: CountsSample;
      /** Where the next look begins to count. Somewhat in the past, so that samples which arrive late are still met. */
      readonly nextAnchorMs: number;
      /** What was counted since then already. */
      readonly sinceNext: CountsSample;
      /** The same by instance, where the source tells them apart. */
      readonly instances?: InstanceReading;
      /** The same requests by the other bounds of the check, in their order. */
      readonly others?: readonly BoundReading[];
    }
  | { readonly kind: 'no-data'; readonly reason: string }
  | { readonly kind: 'error'; readonly reason: string };

/** What was counted by another bound, from and to the same times. */
export interface BoundReading {
  readonly since: CountsSample;
  readonly sinceNext: CountsSample;
  readonly instances?: InstanceReading;
}

/** What the check has gathered in its stage; kept in its record. Plain JSON, of one size. */
export interface CountsEvidence {
  readonly anchorMs: number;
  /** Counted since the anchor, and known to the test already. */
  readonly sinceAnchor: CountsSample;
  readonly state: SequentialState;
  /** Counted by each instance up to the anchor. */
  readonly instances?: Instances;
  /**
   * The latency above which a request counts as slow, as its bucket is labelled; only where `boundFrom` asks for one.
   */
  readonly bound?: string;
  /** What is kept of each further bound; its test is in the `state`. */
  readonly others?: readonly BoundEvidence[];
}

interface BoundEvidence {
  readonly bound: string;
  readonly sinceAnchor: CountsSample;
  readonly instances?: Instances;
}

/** The numbers behind a verdict on counts. */
export interface Statistics {
  /** Evidence against `no worse`; 1 is none. */
  readonly eValue: number;
  /** At which `eValue` the check fails. */
  readonly failsAt: number;
  /** Of the interval, for all looks of the stage together: 0.995. */
  readonly confidence: number;
  /** Canary's share of bad requests minus stable's, %. */
  readonly difference: { readonly low: number; readonly high: number };
  /** Looks that counted anything. */
  readonly looks: number;
  /**
   * Variance of the counts as a multiple of that of independent requests; 1: no bursts, and instances that are alike.
   */
  readonly dispersion: number;
}

export const noCounts: Counts = { bad: 0, total: 0 };
