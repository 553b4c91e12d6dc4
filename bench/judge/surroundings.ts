/**
 * What surrounds both arms alike: whether traffic is busy or calm, and whether a common trouble is on, sample by
 * sample.
 */
import type { Random } from './random.ts';

export const sampleSeconds = 5;
/** Thirty minutes. */
export const samplesPerRun = 360;

export type Shape = 'poisson' | 'bursty';

/**
 * The bursty traffic of the bench. Each number can be seen in real services; none flatters a rule.
 * In the long run the rate of requests is the cell's, and trouble is on for 4.8 % of the time.
 */
export const bursty = {
  /** A failing operation is tried again: this many failed requests on average (geometric), all in one sample. */
  requestsPerFailure: 3,
  /** The rate of requests, as a factor, and how long each lasts on average (exponential). */
  calm: { factor: 0.6, meanSeconds: 120 },
  busy: { factor: 1.8, meanSeconds: 60 },
  /** A trouble that both arms share, such as a sick database: its mean distance and length (exponential). */
  trouble: { meanGapSeconds: 600, meanSeconds: 30, errorFactor: 10, latencyFactor: 1.5 },
} as const;

/** The four states that the surroundings can be in. */
interface Surroundings {
  readonly rateFactor: number;
  readonly trouble: boolean;
}

const { calm, busy, trouble } = bursty;

export const surroundingsOf: { readonly [S in Shape]: readonly Surroundings[] } = {
  poisson: [{ rateFactor: 1, trouble: false }],
  bursty: [
    { rateFactor: calm.factor, trouble: false },
    { rateFactor: busy.factor, trouble: false },
    { rateFactor: calm.factor, trouble: true },
    { rateFactor: busy.factor, trouble: true },
  ],
};

/** Fills `states` with the place in `surroundingsOf` of each sample; begins as in the long run, not always calm. */
export function drawStates(shape: Shape, random: Random, states: Uint8Array): void {
  if (shape === 'poisson') {
    states.fill(0);
    return;
  }
  let isBusy = random.chance(busy.meanSeconds / (busy.meanSeconds + calm.meanSeconds));
  let isTrouble = random.chance(trouble.meanSeconds / (trouble.meanSeconds + trouble.meanGapSeconds));
  for (let sample = 0; sample < states.length; sample += 1) {
    states[sample] = (isBusy ? 1 : 0) + (isTrouble ? 2 : 0);
    if (random.chance(sampleSeconds / (isBusy ? busy : calm).meanSeconds)) isBusy = !isBusy;
    const meanSeconds = isTrouble ? trouble.meanSeconds : trouble.meanGapSeconds;
    if (random.chance(sampleSeconds / meanSeconds)) isTrouble = !isTrouble;
  }
}
