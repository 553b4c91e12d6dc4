/** A picture of the median delay of each rule: a panel for each rate of requests, a line for each rule. */
import { type CellResult, MOST_FALSE } from '../aims.ts';
import { type Cell, worseFactors } from '../cells.ts';
import { worseShown } from '../tables.ts';
import { colourOf, dot, dots, line, logarithmic, type Point, polyline, svg, text } from './svg.ts';

const PANEL = 190;
const HEIGHT = 210;
const LEFT = 62;
const TOP = 66;
const SHORTEST_S = 5;
const LONGEST_S = 1_800;

/** `results` are cells that differ in the rate of requests only. */
export function delayPicture(results: readonly CellResult[], rules: readonly string[], what: string): string {
  const place = logarithmic(SHORTEST_S, LONGEST_S, TOP + HEIGHT, TOP + 16);
  const width = LEFT + results.length * PANEL + 12;
  const marks = [5, 10, 30, 60, 300, 900, LONGEST_S];
  const parts = [
    text({ x: 12, y: 22 }, `Median time until a worse canary is rolled back: ${what}`, 'h'),
    ...legend(rules, width),
    ...marks.flatMap((seconds) => [
      line({ x: LEFT, y: place(seconds) }, { x: width - 12, y: place(seconds) }, 'g'),
      text({ x: LEFT - 6, y: place(seconds) + 3 }, secondsShown(seconds), 's', 'end'),
    ]),
    text({ x: LEFT - 6, y: TOP + 6 }, 'never', 's', 'end'),
    text(
      { x: 12, y: TOP + HEIGHT + 58 },
      'Dashed: the rule also rolls back more than 1 % of healthy canaries. Never: not half of them within 30 minutes.',
      's',
    ),
  ];
  for (const [column, result] of results.entries()) {
    const left = LEFT + column * PANEL;
    parts.push(line({ x: left, y: TOP }, { x: left, y: TOP + HEIGHT }, 'g'));
    parts.push(...panel(result, rules, left, place));
  }
  return svg(width, TOP + HEIGHT + 70, `Median detection delay by rule: ${what}`, parts);
}

function panel(
  { cell, outcomes }: CellResult,
  rules: readonly string[],
  left: number,
  place: (seconds: number) => number,
): string[] {
  const factors = worseFactors[cell.kind];
  const across = (step: number) => left + 22 + (step * (PANEL - 44)) / (factors.length - 1);
  const parts = factors.map((factor, step) =>
    text({ x: across(step), y: TOP + HEIGHT + 16 }, worseShown(cell, factor), 's', 'middle'),
  );
  parts.push(text({ x: left + PANEL / 2, y: TOP + HEIGHT + 34 }, `${cell.rate} requests/s`, '', 'middle'));
  for (const rule of rules) {
    const points: Point[] = [];
    const placed: string[] = [];
    for (const [step, factor] of factors.entries()) {
      const outcome = outcomes.get(factor)?.[rule];
      if (outcome === undefined) continue;
      const y = outcome.p50 === null ? TOP + 2 : place(outcome.p50);
      const says = `${rule}, ${pointShown(cell, factor)}: ${outcome.p50 ?? 'over 1800'} s`;
      points.push({ x: across(step), y });
      placed.push(dot({ x: across(step), y }, outcome.p50 !== null, says));
    }
    // A rule that is often wrong is no faster for being early.
    const dashed = (outcomes.get(1)?.[rule]?.rate ?? 0) > MOST_FALSE;
    parts.push(polyline(points, { colour: colourOf(rule), wide: rule === 'sluice', dashed }));
    parts.push(dots(colourOf(rule), placed));
  }
  return parts;
}

function pointShown(cell: Cell, factor: number): string {
  return `${cell.rate}/s ${worseShown(cell, factor)}`;
}

function legend(rules: readonly string[], width: number): string[] {
  const apart = Math.min(112, (width - 24) / rules.length);
  return rules.flatMap((rule, number) => {
    const x = 16 + number * apart;
    return [dots(colourOf(rule), [dot({ x, y: 42 }, true, rule)]), text({ x: x + 9, y: 46 }, rule)];
  });
}

function secondsShown(seconds: number): string {
  return seconds < 60 ? `${seconds} s` : `${seconds / 60} min`;
}
