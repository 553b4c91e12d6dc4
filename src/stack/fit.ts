/** Which parts of a rollout's picture go where a terminal has too few rows for it. */
import type { ViewOptions } from './view.ts';

type Way = Pick<ViewOptions, 'bars' | 'storyLines'>;

/** The bars go first, then the oldest of the story; what happened last stays. */
const waysToFit: readonly Way[] = [
  { bars: true },
  {},
  ...[5, 4, 3, 2, 1].map((storyLines) => ({ storyLines })),
];

/** The first way in which `draw` needs no more than `rows`; where none does, its last line stays, and what is above it. */
export function fitting(draw: (way: Way) => string[], rows: number): string[] {
  let lines: string[] = [];
  for (const way of waysToFit) {
    lines = draw(way);
    if (lines.length <= rows) return lines;
  }
  return [...lines.slice(0, rows - 1), ...lines.slice(-1)];
}
