/** A picture of how often each rule rolls back a healthy canary: a row for each rule, a dot for each cell. */
import type { CellResult } from '../aims.ts';
import { idOf } from '../cells.ts';
import { colourOf, dot, dots, line, logarithmic, svg, text } from './svg.ts';

const LEFT = 130;
const RIGHT = 690;
const TOP = 56;
const ROW = 34;
/** Rates below are drawn here: none in 2,000 rollouts is not 0. */
const LOWEST = 0.0005;

export function falseRollbackPicture(
  results: readonly CellResult[],
  rules: readonly string[],
  what: string,
): string {
  const place = logarithmic(LOWEST, 1, LEFT + 10, RIGHT);
  const bottom = TOP + rules.length * ROW;
  const marks: readonly (readonly [number, string])[] = [
    [LOWEST, 'none'],
    [0.001, '0.1 %'],
    [0.01, '1 %'],
    [0.1, '10 %'],
    [1, '100 %'],
  ];
  const parts = [
    text({ x: 12, y: 22 }, `Healthy canaries rolled back within 30 minutes: ${what}`, 'h'),
    text({ x: 12, y: 40 }, 'One dot for each cell; filled: Poisson traffic, ring: bursty. Red: 1 %.', 's'),
    ...marks.flatMap(([rate, words]) => [
      line({ x: place(rate), y: TOP }, { x: place(rate), y: bottom }, rate === 0.01 ? 'l' : 'g'),
      text({ x: place(rate), y: bottom + 16 }, words, 's', 'middle'),
    ]),
  ];
  for (const [row, rule] of rules.entries()) {
    const middle = TOP + (row + 0.5) * ROW;
    parts.push(text({ x: 12, y: middle + 4 }, rule));
    const placed = results.flatMap(({ cell, outcomes }, number) => {
      const outcome = outcomes.get(1)?.[rule];
      if (outcome === undefined) return [];
      // Dots are spread a little, so that equal ones can be counted.
      const y = middle + (((number * 7) % 13) - 6) * 1.6;
      const says = `${idOf(cell)}: ${(outcome.rate * 100).toFixed(2)} %`;
      return [dot({ x: place(outcome.rate), y }, cell.shape === 'poisson', says)];
    });
    parts.push(dots(colourOf(rule), placed));
  }
  return svg(RIGHT + 30, bottom + 28, `Share of healthy canaries rolled back, by rule: ${what}`, parts);
}
