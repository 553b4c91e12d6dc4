/** What came of a rule in one cell and condition: how often it fired, how sure that is, and how soon. */
import { sampleSeconds } from './surroundings.ts';

export interface Outcome {
  readonly runs: number;
  readonly fired: number;
  /** Share of the rollouts in which it fired, with the 95 % interval of Wilson. */
  readonly rate: number;
  readonly low: number;
  readonly high: number;
  /**
   * Seconds from the start by which half and 90 % of the rollouts had been rolled back; null: not within 30 minutes.
   */
  readonly p50: number | null;
  readonly p90: number | null;
}

export function outcomeOf(firedAt: readonly number[]): Outcome {
  const seconds = firedAt.filter((at) => at > 0).map((at) => at * sampleSeconds);
  seconds.sort((a, b) => a - b);
  const runs = firedAt.length;
  const at = (share: number) => seconds[Math.max(1, Math.ceil(share * runs)) - 1] ?? null;
  const [low, high] = wilson(seconds.length, runs);
  const rate = runs === 0 ? 0 : seconds.length / runs;
  return { runs, fired: seconds.length, rate, low, high, p50: at(0.5), p90: at(0.9) };
}

/** Wilson's interval (1927) of a share, 95 % unless told. */
export function wilson(hits: number, tries: number, z = 1.959963984540054): readonly [number, number] {
  if (tries === 0) return [0, 1];
  const share = hits / tries;
  const square = (z * z) / tries;
  const middle = (share + square / 2) / (1 + square);
  const half = Math.sqrt(share * (1 - share) * square + (square * square) / 4) / (1 + square);
  return [hits === 0 ? 0 : middle - half, hits === tries ? 1 : middle + half];
}
