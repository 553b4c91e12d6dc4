/**
 * The results of every rule in one line each: how many cells it keeps, its worst, and how its delays compare with the
 * oracle's.
 */
import { type CellResult, MOST_FALSE } from './aims.ts';
import { idOf, worseFactors } from './cells.ts';
import { markdown, percentShown, worseShown } from './tables.ts';

/** `results` are of one kind. */
export function summaryTable(results: readonly CellResult[], rules: readonly string[]): string {
  const [first] = results;
  if (first === undefined) return '';
  const factors = worseFactors[first.cell.kind];
  const head = [
    'rule',
    'cells at 1 % false or less',
    'worst cell',
    ...factors.map((factor) => `delay ${worseShown(first.cell, factor)}`),
  ];
  const rows = rules.map((rule) => [
    rule,
    `${results.filter((result) => falseRate(result, rule) <= MOST_FALSE).length} of ${results.length}`,
    worst(results, rule),
    ...factors.map((factor) => againstOracle(results, rule, factor)),
  ]);
  return markdown(head, rows);
}

function falseRate({ outcomes }: CellResult, rule: string): number {
  return outcomes.get(1)?.[rule]?.rate ?? 0;
}

function worst(results: readonly CellResult[], rule: string): string {
  const [most] = results.toSorted((a, b) => falseRate(b, rule) - falseRate(a, rule));
  if (most === undefined || falseRate(most, rule) === 0) return 'none';
  return `${percentShown(falseRate(most, rule))} % (${idOf(most.cell)})`;
}

/** The geometric mean of median delays as multiples of the oracle's, and in how many of the cells that it finds. */
function againstOracle(results: readonly CellResult[], rule: string, factor: number): string {
  const findable = results.flatMap(({ outcomes }) => {
    const byRule = outcomes.get(factor);
    const oracle = byRule?.oracle?.p50 ?? null;
    return oracle === null ? [] : [{ oracle, delay: byRule?.[rule]?.p50 ?? null }];
  });
  const logs = findable.flatMap(({ oracle, delay }) => (delay === null ? [] : [Math.log(delay / oracle)]));
  if (logs.length === 0) return `- (0 of ${findable.length})`;
  const mean = Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
  return `${mean.toFixed(1)} (${logs.length} of ${findable.length})`;
}
