/** Streams of looks for the tests of the sequential test: seeded, so that every run is the same. */
import fc from 'fast-check';
import {
  begin,
  type CountsSample,
  type SequentialSettings,
  type SequentialState,
  step,
} from '../../../../../src/domain/analysis/sequential/index.ts';

export const settings: SequentialSettings = {
  alpha: 0.01,
  margin: { ratio: 1.05, difference: 0 },
  guard: null,
  enough: null,
};

export function fed(looks: readonly CountsSample[], by: SequentialSettings = settings): SequentialState {
  return looks.reduce<SequentialState>((state, one) => step(state, one, by), begin(by));
}

/** The place (from 1) of the look that rejects; null: none does. */
export function rejectedAt(looks: Iterable<CountsSample>, by: SequentialSettings = settings): number | null {
  let state = begin(by);
  let place = 0;
  for (const look of looks) {
    place += 1;
    state = step(state, look, by);
    if (state.peak >= -Math.log(by.alpha)) return place;
  }
  return null;
}

/** Uniform numbers in [0, 1) (mulberry32). */
export function uniform(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How many independent requests of `total` are bad: jumps from one to the next. */
export function binomial(total: number, share: number, random: () => number): number {
  if (share <= 0) return 0;
  let bad = 0;
  for (let at = skip(share, random); at < total; at += 1 + skip(share, random)) bad += 1;
  return bad;
}

function skip(share: number, random: () => number): number {
  return share >= 1 ? 0 : Math.floor(Math.log(1 - random()) / Math.log1p(-share));
}

const count = fc.nat({ max: 5_000 });
export const counts = fc
  .tuple(count, fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([total, share]) => ({ bad: Math.round(total * share), total }));
const look = fc.record({ canary: counts, stable: counts });
export const looks = fc.array(look, { maxLength: 30 });
